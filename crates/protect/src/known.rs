//! What is exact at which place: the only file that says so.

use std::sync::Arc;

use smallvec::smallvec;
use yagura_detect::{
    Field, FieldArg, FieldRef,
    enforce::{Support, all_fields, holds},
    ir::{NumberTest, Predicate, Term, Test},
};
use yagura_event::{Arg, ArgName, ArgValue, Event, EventKind, Fd, FdKind, Process, Timestamp};

/// An event of this kind that succeeds: what is asked of a result is answered with it.
pub(crate) fn template(kind: EventKind, process: Arc<Process>, fd: Option<Fd>) -> Event {
    Event {
        number: 0,
        time: Timestamp::default(),
        kind,
        result: 0,
        cpu: 0,
        tid: process.pid,
        process,
        fd,
        args: smallvec![Arg { name: ArgName::Res, value: ArgValue::Errno(0) }],
        data: None,
    }
}

/// A file that is opened; which number it gets is not known.
pub(crate) fn opened(kind: FdKind, path: &str) -> Fd {
    Fd { number: 0, kind, name: path.into(), raw_name: None, inode: None, socket: None }
}

// The act is judged as if it succeeded: whether it would is not known before.
fn is_result(predicate: &Predicate) -> bool {
    let Term::Field(field) = &predicate.term else { return false };
    match (field.field, &field.arg) {
        (Field::EvtRes | Field::EvtFailed, _) => true,
        (Field::EvtArg, FieldArg::Argument(ArgName::Res)) => true,
        // Which number a descriptor gets is not known, but that it gets one.
        (Field::EvtRawres | Field::FdNum, _) => is_not_negative(&predicate.test),
        _ => false,
    }
}

fn is_not_negative(test: &Test) -> bool {
    matches!(
        test,
        Test::Number(NumberTest::GreaterOrEqual, 0)
            | Test::Number(NumberTest::Greater, -1)
            | Test::Number(NumberTest::Less, 0)
    )
}

/// Tests that a program's beginning decides by itself: those of the result, and of a file or connection, which it has
/// none of.
pub(crate) fn fixed_of_exec(predicate: &Predicate) -> Option<bool> {
    let of_fd = |field: &FieldRef| field.field.name().starts_with("fd.");
    let decided = is_result(predicate) || all_fields(predicate, &of_fd);
    decided.then(|| holds(predicate, &template(EventKind::Execve, Arc::default(), None)))
}

/// Tests of a connection's result.
pub(crate) fn fixed_of_connect(predicate: &Predicate) -> Option<bool> {
    is_result(predicate).then(|| holds(predicate, &template(EventKind::Connect, Arc::default(), None)))
}

/// Whether the gate knows the outcome of a test before a program runs; `keeps_user`: its file does not change who runs
/// it.
pub(crate) fn known_before_exec(predicate: &Predicate, keeps_user: bool) -> bool {
    fixed_of_exec(predicate).is_some()
        || all_fields(predicate, &|field| {
            of_family(field)
                || match field.field {
                    Field::ProcExepath | Field::ProcExeIno => true,
                    Field::UserUid | Field::UserName | Field::GroupGid | Field::GroupName => keeps_user,
                    _ => false,
                }
        })
}

/// Whether the gate knows the outcome of a test before a file is opened; `flags`: how it is opened is known.
pub(crate) fn known_before_open(predicate: &Predicate, flags: bool) -> bool {
    is_result(predicate)
        || all_fields(predicate, &|field| {
            of_family(field)
                || match field.field {
                    Field::ProcName
                    | Field::ProcExepath
                    | Field::UserUid
                    | Field::UserName
                    | Field::GroupGid
                    | Field::GroupName
                    | Field::FdName
                    | Field::FdDirectory
                    | Field::FdFilename
                    | Field::FdType
                    | Field::FdTypechar
                    | Field::FdIno => true,
                    Field::EvtIsOpenRead | Field::EvtIsOpenWrite => flags,
                    _ => false,
                }
        })
}

// What an exec leaves as it is: the parents, the container, where and how the process was started.
fn of_family(field: &FieldRef) -> bool {
    use Field as F;
    match field.field {
        F::ProcPname
        | F::ProcPexepath
        | F::ProcCwd
        | F::ProcTty
        | F::ProcPid
        | F::ProcPpid
        | F::ProcVpid
        | F::ProcSid
        | F::ProcPgid
        | F::ProcVpgid
        | F::ProcIsSidLeader
        | F::ProcIsPgidLeader
        | F::ProcIsVpgidLeader
        | F::UserLoginuid
        | F::ContainerId
        | F::ContainerFullId
        | F::ContainerName
        | F::ContainerImage
        | F::ContainerImageId
        | F::ContainerImageRepository
        | F::ContainerImageTag
        | F::ContainerImageDigest
        | F::ContainerType
        | F::ContainerPrivileged
        | F::ContainerHostPid
        | F::ContainerHostNetwork
        | F::ContainerHostIpc
        | F::ContainerMount
        | F::ContainerMounts
        | F::ContainerMountSource
        | F::ContainerMountDest
        | F::ContainerMountMode
        | F::ContainerMountRdwr
        | F::ContainerMountPropagation
        | F::ContainerLabel
        | F::ContainerLabels
        | F::K8sNsName
        | F::K8sPodName
        | F::K8sPodUid
        | F::K8sPodId
        | F::K8sPodLabel
        | F::K8sPodLabels => true,
        // All ancestors, or one of them; number 0 is the process itself.
        F::ProcAname | F::ProcAexepath => field.arg != FieldArg::Index(0),
        _ => false,
    }
}

/// What the gate can do with a test, asked before there is an act: for plans.
pub(crate) fn gate_support(kind: EventKind, predicate: &Predicate) -> Support {
    match kind {
        EventKind::Execve => match fixed_of_exec(predicate) {
            Some(value) => Support::Fixed(value),
            None if known_before_exec(predicate, true) => Support::Tests,
            None => Support::Unknown,
        },
        kind if is_result(predicate) => {
            Support::Fixed(holds(predicate, &template(kind, Arc::default(), Some(opened(FdKind::File, "")))))
        }
        kind if known_before_open(predicate, kind != EventKind::Openat2) => Support::Tests,
        _ => Support::Unknown,
    }
}
