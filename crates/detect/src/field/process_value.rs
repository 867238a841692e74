//! Values that depend on the process alone: `proc.*`, `thread.*`, `user.*`, `group.*`, `container.*`, `k8s.*`.
//!
//! INVARIANT: nothing here reads the event. The matcher keeps these answers for the process's id.

use std::borrow::Cow;

use yagura_event::{Container, Mount, Process, capability_names};

use super::{Field, FieldArg, Value};
use crate::matcher::glob;

/// What Falco prints for a user it cannot name, and compares.
const UNKNOWN: &str = "<NA>";

pub(super) fn value<'e>(field: Field, arg: &FieldArg, process: &'e Process) -> Option<Value<'e>> {
    use Field as F;
    let parent = || process.parent.get().map(|parent| &**parent);
    let own = |index: &FieldArg| match index {
        FieldArg::Index(level) => process.ancestor(*level as usize),
        _ => Some(process),
    };
    Some(match field {
        F::ProcName => Value::text(&process.name),
        F::ProcPname => Value::text(&parent()?.name),
        F::ProcAname => Value::text(&own(arg)?.name),
        F::ProcExe => Value::text(&process.exe),
        F::ProcPexe => Value::text(&parent()?.exe),
        F::ProcAexe => Value::text(&own(arg)?.exe),
        F::ProcExepath => Value::text(&process.exe_file.path),
        F::ProcPexepath => Value::text(&parent()?.exe_file.path),
        F::ProcAexepath => Value::text(&own(arg)?.exe_file.path),
        F::ProcCmdline => Value::text(&process.cmdline),
        F::ProcPcmdline => Value::text(&parent()?.cmdline),
        F::ProcAcmdline => Value::text(&own(arg)?.cmdline),
        F::ProcArgs => match arg {
            FieldArg::Index(index) => Value::text(process.args.get(*index as usize)?),
            _ => Value::Text(arguments(process)),
        },
        F::ProcAargs => Value::Text(arguments(own(arg)?)),
        F::ProcExeline => Value::owned(Process::join_cmdline(&process.exe, &process.args).to_string()),
        F::ProcCmdnargs => Value::Number(process.args.len() as i64),
        F::ProcCmdlenargs => Value::Number(process.args.iter().map(|arg| arg.len() as i64).sum()),
        F::ProcEnv => return environment(arg, process),
        F::ProcAenv => return environment(&FieldArg::None, own(arg)?),
        F::ProcCwd => Value::text(&process.cwd),
        F::ProcTty => Value::Number(process.tty.into()),
        F::ProcPid => Value::Number(process.pid.into()),
        F::ProcPpid => Value::Number(process.ppid.into()),
        F::ProcApid => Value::Number(own(arg)?.pid.into()),
        F::ProcVpid => Value::Number(process.vpid.into()),
        F::ProcPvpid => Value::Number(parent()?.vpid.into()),
        F::ProcSid => Value::Number(process.sid.into()),
        F::ProcVpgid => Value::Number(process.vpgid.into()),
        F::ProcPgid => Value::Number(process.pgid.into()),
        F::ProcLoginshellid => Value::Number(login_shell(process)?.into()),
        F::ProcPidTs => Value::Number(process.start_time.nanos()),
        F::ProcPpidTs => Value::Number(parent()?.start_time.nanos()),
        F::ProcIsSidLeader => Value::Truth(process.vsid == process.vpid),
        F::ProcIsVpgidLeader => Value::Truth(process.vpgid == process.vpid),
        F::ProcIsPgidLeader => Value::Truth(process.pgid == process.pid),
        F::ProcSname | F::ProcSidExe | F::ProcSidExepath => {
            leader_value(field, leader(process, |it| it.sid, |it| it.pid))
        }
        F::ProcPgidName | F::ProcPgidExe | F::ProcPgidExepath => {
            leader_value(field, leader(process, |it| it.pgid, |it| it.pid))
        }
        F::ProcVpgidName | F::ProcVpgidExe | F::ProcVpgidExepath => {
            leader_value(field, leader(process, |it| it.vpgid, |it| it.vpid))
        }
        F::ThreadCapPermitted => Value::owned(capability_names(process.credentials.cap_permitted)),
        F::ThreadCapInheritable => Value::owned(capability_names(process.credentials.cap_inheritable)),
        F::ThreadCapEffective => Value::owned(capability_names(process.credentials.cap_effective)),
        F::ThreadCgroups | F::ThreadCgroup => Value::text(&process.cgroup),
        _ => {
            return exe_file(field, process)
                .or_else(|| user(field, process))
                .or_else(|| container(field, arg, process));
        }
    })
}

fn exe_file(field: Field, process: &Process) -> Option<Value<'static>> {
    let file = &process.exe_file;
    Some(match field {
        Field::ProcIsExeWritable => Value::Truth(file.writable),
        Field::ProcIsExeUpperLayer => Value::Truth(file.upper_layer),
        Field::ProcIsExeLowerLayer => Value::Truth(file.lower_layer),
        Field::ProcIsExeFromMemfd => Value::Truth(file.memfd),
        Field::ProcExeIno => Value::Number(file.inode.cast_signed()),
        Field::ProcExeInoCtime => Value::Number(file.ctime.nanos()),
        Field::ProcExeInoMtime => Value::Number(file.mtime.nanos()),
        Field::ProcExeInoCtimeProcStart => {
            Value::Number(process.start_time.nanos().saturating_sub(file.ctime.nanos()))
        }
        _ => return None,
    })
}

fn user<'e>(field: Field, process: &'e Process) -> Option<Value<'e>> {
    let credentials = &process.credentials;
    let user = &credentials.user;
    // Root has a name and a home even where no file says so.
    let known = |text: &'e Option<std::sync::Arc<str>>, root: &'static str, id: u32| {
        Value::text(text.as_deref().unwrap_or(if id == 0 { root } else { UNKNOWN }))
    };
    Some(match field {
        Field::UserUid => Value::Number(user.id.into()),
        Field::UserName => known(&user.name, "root", user.id),
        Field::UserHomedir => known(&user.home, "/root", user.id),
        Field::UserShell => Value::text(user.shell.as_deref().unwrap_or(UNKNOWN)),
        Field::UserLoginuid => Value::Number(credentials.login.as_ref().map_or(-1, |login| login.id.into())),
        Field::UserLoginname => match &credentials.login {
            Some(login) => known(&login.name, "root", login.id),
            None => Value::text(UNKNOWN),
        },
        Field::GroupGid => Value::Number(credentials.group.id.into()),
        Field::GroupName => known(&credentials.group.name, "root", credentials.group.id),
        _ => return None,
    })
}

fn container<'e>(field: Field, arg: &FieldArg, process: &'e Process) -> Option<Value<'e>> {
    use Field as F;
    let Some(it) = process.container.as_deref() else {
        // On the host the container plugin knows these four words only.
        return match field {
            F::ContainerId | F::ContainerFullId | F::ContainerName | F::ContainerType => {
                Some(Value::text("host"))
            }
            _ => None,
        };
    };
    let text = |text: &'e Option<String>| text.as_deref().map(Value::text);
    let key = |arg: &FieldArg| match arg {
        FieldArg::Key(key) => key.to_string(),
        FieldArg::Index(index) => index.to_string(),
        FieldArg::None | FieldArg::Argument(_) => String::new(),
    };
    Some(match field {
        F::ContainerId => Value::text(it.short_id()),
        F::ContainerFullId => Value::text(&it.id),
        F::ContainerName => return text(&it.name),
        F::ContainerImage => return text(&it.image),
        F::ContainerImageId => return text(&it.image_id),
        F::ContainerImageRepository => return text(&it.image_repository),
        F::ContainerImageTag => return text(&it.image_tag),
        F::ContainerImageDigest => return text(&it.image_digest),
        F::ContainerType => Value::text(&it.runtime),
        F::ContainerPrivileged => Value::Truth(it.privileged?),
        F::ContainerHostPid => Value::Truth(it.host_pid?),
        F::ContainerHostNetwork => Value::Truth(it.host_network?),
        F::ContainerHostIpc => Value::Truth(it.host_ipc?),
        F::ContainerStartTs => Value::Number(it.created?.nanos()),
        F::ContainerIp | F::K8sPodIp => return text(&it.ip),
        F::ContainerMounts => Value::owned(it.mounts.iter().map(mount_text).collect::<Vec<_>>().join(",")),
        F::ContainerLabel => Value::text(it.labels.get(&key(arg))?),
        F::ContainerLabels => Value::owned(labels(&it.labels)),
        F::K8sNsName => return text(&it.pod_namespace),
        F::K8sPodName => return text(&it.pod_name),
        F::K8sPodId | F::K8sPodUid => return text(&it.pod_uid),
        F::K8sPodSandboxId => {
            let id = it.pod_sandbox_id.as_deref()?;
            Value::text(id.get(..12).unwrap_or(id))
        }
        F::K8sPodFullSandboxId => return text(&it.pod_sandbox_id),
        F::K8sPodLabel => Value::text(it.pod_labels.get(&key(arg))?),
        F::K8sPodLabels => Value::owned(labels(&it.pod_labels)),
        F::ContainerMount
        | F::ContainerMountSource
        | F::ContainerMountDest
        | F::ContainerMountMode
        | F::ContainerMountRdwr
        | F::ContainerMountPropagation => mount(field, arg, it),
        _ => return None,
    })
}

// A mount is named by number, or by a glob over its source (over its destination where the source is asked for). The
// container plugin answers `N/A` where there is none, and rules compare with that.
fn mount<'e>(field: Field, arg: &FieldArg, container: &'e Container) -> Value<'e> {
    let found = match arg {
        FieldArg::Index(index) => container.mounts.get(*index as usize),
        FieldArg::Key(pattern) => container.mounts.iter().find(|mount| {
            let path = if field == Field::ContainerMountSource { &mount.dest } else { &mount.source };
            glob::matches(pattern, path, false)
        }),
        FieldArg::None | FieldArg::Argument(_) => None,
    };
    let Some(mount) = found else { return Value::text("N/A") };
    match field {
        Field::ContainerMountSource => Value::text(&mount.source),
        Field::ContainerMountDest => Value::text(&mount.dest),
        Field::ContainerMountMode => Value::text(&mount.mode),
        Field::ContainerMountRdwr => Value::text(if mount.rdwr { "true" } else { "false" }),
        Field::ContainerMountPropagation => Value::text(&mount.propagation),
        _ => Value::owned(mount_text(mount)),
    }
}

fn mount_text(mount: &Mount) -> String {
    format!("{}:{}:{}:{}:{}", mount.source, mount.dest, mount.mode, mount.rdwr, mount.propagation)
}

fn labels(labels: &std::collections::BTreeMap<String, String>) -> String {
    labels.iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join(", ")
}

// The command line holds the arguments already, unless somebody made it of other parts.
fn arguments(process: &Process) -> Cow<'_, str> {
    let length: usize = process.args.iter().map(|arg| arg.len() + 1).sum();
    if process.args.is_empty() {
        return Cow::Borrowed("");
    }
    match process.cmdline.strip_prefix(&*process.name).and_then(|rest| rest.strip_prefix(' ')) {
        Some(rest) if rest.len() + 1 == length => Cow::Borrowed(rest),
        _ => Cow::Owned(process.args.join(" ")),
    }
}

fn environment<'e>(arg: &FieldArg, process: &'e Process) -> Option<Value<'e>> {
    let name = match arg {
        FieldArg::Key(name) => &**name,
        FieldArg::None | FieldArg::Index(_) | FieldArg::Argument(_) => {
            return Some(Value::owned(process.env.join(" ")));
        }
    };
    process
        .env
        .iter()
        .find_map(|entry| entry.strip_prefix(name)?.strip_prefix('='))
        .map(|text| Value::text(text.trim()))
}

fn login_shell(process: &Process) -> Option<u32> {
    std::iter::once(process)
        .chain(process.ancestors())
        .filter(|it| it.name.ends_with("sh"))
        .last()
        .map(|it| it.pid)
}

// The leader itself where it is an ancestor, else the eldest ancestor of the same group.
fn leader(process: &Process, group: fn(&Process) -> u32, id: fn(&Process) -> u32) -> &Process {
    let wanted = group(process);
    let mut eldest = process;
    for it in std::iter::once(process).chain(process.ancestors()).take_while(|it| group(it) == wanted) {
        eldest = it;
        if id(it) == wanted {
            break;
        }
    }
    eldest
}

fn leader_value(field: Field, leader: &Process) -> Value<'_> {
    match field {
        Field::ProcSname | Field::ProcPgidName | Field::ProcVpgidName => Value::text(&leader.name),
        Field::ProcSidExe | Field::ProcPgidExe | Field::ProcVpgidExe => Value::text(&leader.exe),
        _ => Value::text(&leader.exe_file.path),
    }
}
