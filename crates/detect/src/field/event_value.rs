//! Values that depend on the event: `evt.*`, `fd.*`, `fs.path.*`, and what needs the event's time.

use std::{borrow::Cow, net::SocketAddr};

use yagura_event::{
    Arg, ArgName, ArgValue, Event, EventKind, Fd, FdKind, OcsfClass, Socket, flags::errno_name,
};

use super::{Field, FieldArg, Value};

const ACCESS: u64 = 0o3;
const O_CREAT: u64 = 0o100;
const O_TMPFILE: u64 = 0o20_000_000;
const O_F_CREATED: u64 = 1 << 32;
const FD_UPPER_LAYER: u64 = 1 << 33;
const FD_LOWER_LAYER: u64 = 1 << 34;

pub(super) fn value<'e>(field: Field, arg: &FieldArg, event: &'e Event) -> Option<Value<'e>> {
    use Field as F;
    let nanos = event.time.nanos();
    Some(match field {
        F::EvtNum => Value::Number(event.number.cast_signed()),
        F::EvtType | F::SyscallType => Value::text(event.kind.name()),
        F::EvtTypeIs => match arg {
            FieldArg::Key(name) => Value::Number((**name == *event.kind.name()).into()),
            _ => return None,
        },
        F::EvtDir => Value::text("<"),
        F::EvtSource => Value::text("syscall"),
        F::EvtIsAsync | F::EvtIsWait => Value::Truth(false),
        F::EvtCategory => Value::text(category(event.kind)),
        F::EvtCpu => Value::Number(event.cpu.into()),
        F::EvtArg => return argument(arg, event),
        F::EvtRawarg => return raw_argument(arg, event),
        F::EvtArgs | F::EvtInfo => Value::owned(arguments(event)),
        F::EvtBuffer => Value::Bytes(Cow::Borrowed(event.data.as_deref()?)),
        F::EvtRes => Value::Text(result_text(event.result)),
        F::EvtRawres => Value::Number(event.result),
        F::EvtFailed => Value::Truth(!event.succeeded()),
        F::EvtRawtime => Value::Number(nanos),
        F::EvtRawtimeS => Value::Number(nanos.div_euclid(1_000_000_000)),
        F::EvtRawtimeNs => Value::Number(nanos.rem_euclid(1_000_000_000)),
        F::EvtTime | F::EvtOutputtime => Value::owned(time_text(event, "%H:%M:%S%.9f")),
        F::EvtTimeS => Value::owned(time_text(event, "%H:%M:%S")),
        F::EvtTimeIso => Value::owned(time_text(event, "%Y-%m-%dT%H:%M:%S%.9f+0000")),
        F::EvtDatetime => Value::owned(time_text(event, "%Y-%m-%d %H:%M:%S%.9f")),
        F::EvtDatetimeS => Value::owned(time_text(event, "%Y-%m-%d %H:%M:%S")),
        F::EvtIsOpenRead => Value::Truth(is_open(event.kind) && matches!(open_flags(event)? & ACCESS, 0 | 2)),
        F::EvtIsOpenWrite => {
            Value::Truth(is_open(event.kind) && matches!(open_flags(event)? & ACCESS, 1 | 2))
        }
        F::EvtIsOpenCreate => Value::Truth(is_open(event.kind) && open_flags(event)? & O_F_CREATED != 0),
        F::EvtIsOpenExec => Value::Truth(creates_executable(event)),
        F::EvtAbspath => return absolute_path(arg, event),
        F::EvtAround => return None,
        F::ThreadTid => Value::Number(event.tid.into()),
        F::ThreadIsmain => Value::Truth(event.tid == event.process.pid),
        F::ThreadVtid => {
            Value::Number((event.tid == event.process.pid).then_some(event.process.vpid)?.into())
        }
        F::ThreadNametid => Value::owned(format!("{}{}", event.process.name, event.tid)),
        F::ProcDuration => Value::Number(nanos.saturating_sub(event.process.start_time.nanos())),
        F::ProcPpidDuration => {
            Value::Number(nanos.saturating_sub(event.process.parent.get()?.start_time.nanos()))
        }
        F::ContainerDuration => {
            Value::Number(nanos.saturating_sub(event.process.container.as_ref()?.created?.nanos()))
        }
        F::FsPathName
        | F::FsPathNameraw
        | F::FsPathSource
        | F::FsPathSourceraw
        | F::FsPathTarget
        | F::FsPathTargetraw => return path_argument(field, event),
        _ => return descriptor(field, event).or_else(|| io_value(field, event)),
    })
}

fn time_text(event: &Event, format: &str) -> String {
    event.time.to_datetime().format(format).to_string()
}

fn category(kind: EventKind) -> &'static str {
    match kind.class() {
        OcsfClass::FileSystemActivity => "file",
        OcsfClass::NetworkActivity => "net",
        OcsfClass::ProcessActivity => "process",
        OcsfClass::MemoryActivity => "memory",
        _ => "system",
    }
}

fn result_text(result: i64) -> Cow<'static, str> {
    if result >= 0 {
        return Cow::Borrowed("SUCCESS");
    }
    errno_name(result.saturating_neg())
        .map_or_else(|| result.saturating_neg().to_string().into(), Cow::Borrowed)
}

fn argument<'e>(arg: &FieldArg, event: &'e Event) -> Option<Value<'e>> {
    argument_text(find_argument(arg, event)?, event)
}

fn find_argument<'e>(arg: &FieldArg, event: &'e Event) -> Option<&'e ArgValue> {
    match arg {
        FieldArg::Argument(name) => event.arg(*name),
        FieldArg::Index(index) => event.args.get(*index as usize).map(|arg| &arg.value),
        FieldArg::None | FieldArg::Key(_) => None,
    }
}

fn argument_text<'e>(value: &'e ArgValue, event: &'e Event) -> Option<Value<'e>> {
    Some(match value {
        ArgValue::Text(text) | ArgValue::Path(text) => Value::text(text),
        ArgValue::Uid { name: Some(name), .. } | ArgValue::Gid { name: Some(name), .. } => Value::text(name),
        ArgValue::Flags(set, bits) => Value::Flags(*set, *bits),
        ArgValue::Errno(result) if *result < 0 => Value::Text(result_text(*result)),
        ArgValue::Fd(number) => match described(*number, event) {
            Some(text) => Value::owned(text),
            None => Value::owned(number.to_string()),
        },
        other => Value::owned(other.render()),
    })
}

// A descriptor reads as what it refers to, for example `<f>/etc/passwd`.
fn described(number: i64, event: &Event) -> Option<String> {
    let fd = event.fd.as_ref().filter(|fd| fd.number == number && number >= 0)?;
    Some(format!("<{}>{}", fd.kind.falco_typechar(), fd.name))
}

fn raw_argument<'e>(arg: &FieldArg, event: &'e Event) -> Option<Value<'e>> {
    let value = find_argument(arg, event)?;
    match value {
        ArgValue::Text(text) | ArgValue::Path(text) => Some(Value::text(text)),
        ArgValue::Bytes(bytes) => Some(Value::Bytes(Cow::Borrowed(bytes))),
        ArgValue::Address(address) => Some(Value::Address(address.ip())),
        ArgValue::Hex(number) => Some(Value::Hex(number.cast_signed())),
        number => number.number().map(Value::Number),
    }
}

fn arguments(event: &Event) -> String {
    let one = |arg: &Arg| {
        let text = match &arg.value {
            ArgValue::Fd(number) => described(*number, event)
                .map_or_else(|| number.to_string(), |text| format!("{number}({text})")),
            other => other.render(),
        };
        format!("{}={text}", arg.name.name())
    };
    event.args.iter().map(one).collect::<Vec<_>>().join(" ")
}

const fn is_open(kind: EventKind) -> bool {
    matches!(kind, EventKind::Open | EventKind::Openat | EventKind::Openat2)
}

fn open_flags(event: &Event) -> Option<u64> {
    match event.arg(ArgName::Flags) {
        Some(ArgValue::Flags(_, bits)) => Some(*bits),
        _ => None,
    }
}

fn creates_executable(event: &Event) -> bool {
    let creates = match event.kind {
        EventKind::Creat => true,
        kind if is_open(kind) => open_flags(event).is_some_and(|flags| flags & (O_CREAT | O_TMPFILE) != 0),
        _ => false,
    };
    let mode = event.arg(ArgName::Mode).and_then(ArgValue::number).unwrap_or(0);
    creates && mode & 0o111 != 0
}

fn text_argument(event: &Event, name: ArgName) -> Option<&str> {
    match event.arg(name)? {
        ArgValue::Text(text) | ArgValue::Path(text) => Some(text),
        _ => None,
    }
}

fn absolute_path<'e>(arg: &FieldArg, event: &'e Event) -> Option<Value<'e>> {
    let side = match arg {
        FieldArg::Key(key) => &**key,
        _ => "",
    };
    let names: &[ArgName] = match side {
        "src" => &[ArgName::Oldpath, ArgName::Target],
        "dst" => &[ArgName::Newpath, ArgName::Linkpath],
        _ => &[ArgName::Path, ArgName::Name, ArgName::Newpath, ArgName::Linkpath, ArgName::Filename],
    };
    let text = names.iter().find_map(|name| text_argument(event, *name))?;
    Some(absolute(text, event))
}

fn absolute<'e>(path: &'e str, event: &'e Event) -> Value<'e> {
    if path.starts_with('/') {
        return Value::text(path);
    }
    Value::owned(format!("{}/{path}", event.process.cwd.trim_end_matches('/')))
}

fn path_argument(field: Field, event: &Event) -> Option<Value<'_>> {
    use EventKind as K;
    let (single, source, target): (&[ArgName], &[ArgName], &[ArgName]) = match event.kind {
        K::Rename | K::Renameat | K::Renameat2 | K::Link | K::Linkat => {
            (&[], &[ArgName::Oldpath], &[ArgName::Newpath])
        }
        K::Symlink | K::Symlinkat => (&[], &[ArgName::Target], &[ArgName::Linkpath]),
        _ => (&[ArgName::Path, ArgName::Name, ArgName::Filename], &[], &[]),
    };
    let (names, raw) = match field {
        Field::FsPathName => (single, false),
        Field::FsPathNameraw => (single, true),
        Field::FsPathSource => (source, false),
        Field::FsPathSourceraw => (source, true),
        Field::FsPathTarget => (target, false),
        _ => (target, true),
    };
    if field == Field::FsPathName
        && let Some(fd) = event.fd.as_ref().filter(|fd| matches!(fd.kind, FdKind::File | FdKind::Directory))
    {
        return Some(Value::text(&fd.name));
    }
    let text = names.iter().find_map(|name| text_argument(event, *name))?;
    Some(if raw { Value::text(text) } else { absolute(text, event) })
}

// What is counted, and what concerns the data that is read or written.
fn io_value(field: Field, event: &Event) -> Option<Value<'_>> {
    use EventKind as K;
    let reads = matches!(event.kind, K::Recvfrom | K::Recvmsg | K::Recvmmsg | K::ProcessVmReadv);
    let writes = matches!(event.kind, K::Sendto | K::Sendmsg | K::Sendmmsg | K::ProcessVmWritev);
    let bytes = |wanted: bool| (wanted && event.succeeded()).then_some(Value::Number(event.result));
    let failed = |class: Option<OcsfClass>| {
        Value::Number((!event.succeeded() && class.is_none_or(|class| event.kind.class() == class)).into())
    };
    Some(match field {
        Field::EvtIsIo => Value::Truth(reads || writes),
        Field::EvtIsIoRead => Value::Truth(reads),
        Field::EvtIsIoWrite => Value::Truth(writes),
        Field::EvtIoDir if reads => Value::text("r"),
        Field::EvtIoDir if writes => Value::text("w"),
        Field::EvtBuflen | Field::EvtBuflenNet => return bytes(reads || writes),
        Field::EvtBuflenIn | Field::EvtBuflenNetIn => return bytes(reads),
        Field::EvtBuflenOut | Field::EvtBuflenNetOut => return bytes(writes),
        Field::EvtIsSyslog => {
            Value::Truth(writes && event.fd.as_ref().is_some_and(|fd| &*fd.name == "/dev/log"))
        }
        Field::EvtCount | Field::EvtCountExit => Value::Number(1),
        Field::EvtCountError => failed(None),
        Field::EvtCountErrorFile => failed(Some(OcsfClass::FileSystemActivity)),
        Field::EvtCountErrorNet => failed(Some(OcsfClass::NetworkActivity)),
        Field::EvtCountErrorMemory => failed(Some(OcsfClass::MemoryActivity)),
        Field::EvtCountErrorOther => {
            let known = matches!(
                event.kind.class(),
                OcsfClass::FileSystemActivity | OcsfClass::NetworkActivity | OcsfClass::MemoryActivity
            );
            Value::Number((!event.succeeded() && !known).into())
        }
        _ => return None,
    })
}

fn descriptor(field: Field, event: &Event) -> Option<Value<'_>> {
    use Field as F;
    let fd = event.fd.as_ref()?;
    Some(match field {
        F::FdNum => Value::Number(fd.number),
        F::FdType => Value::text(fd.kind.falco_type()),
        F::FdTypechar => Value::text(fd.kind.falco_typechar()),
        F::FdName => Value::text(&fd.name),
        F::FdNameraw => Value::text(fd.raw_name.as_deref().unwrap_or(&fd.name)),
        F::FdDirectory => Value::text(directory(fd, last_slash)?),
        F::FdFilename => Value::text(filename(fd, last_slash)?),
        F::FdUid => Value::owned(format!("{}{}", event.tid, fd.number)),
        F::FdContainername => Value::owned(format!("{}:{}", container_id(event), fd.name)),
        F::FdContainerdirectory => {
            Value::owned(format!("{}:{}", container_id(event), directory(fd, last_slash)?))
        }
        F::FdSockfamily if fd.kind.is_inet() => Value::text("ip"),
        F::FdSockfamily if fd.kind == FdKind::Unix => Value::text("unix"),
        F::FdConnected => Value::Truth(fd.socket.as_ref().is_some_and(|socket| socket.connected)),
        F::FdNameChanged => Value::Truth(fd.socket.as_ref().is_some_and(|socket| socket.name_changed)),
        F::FdDev => Value::Hex(fd.inode?.0.cast_signed()),
        // The kernel's own packing of device numbers (linux/kdev_t.h): 20 bits of minor.
        F::FdDevMajor => Value::Number((fd.inode?.0 >> 20).cast_signed()),
        F::FdDevMinor => Value::Number((fd.inode?.0 & 0xf_ffff).cast_signed()),
        F::FdIno => Value::Number(fd.inode?.1.cast_signed()),
        F::FdIsUpperLayer => Value::Truth(open_flags(event)? & FD_UPPER_LAYER != 0),
        F::FdIsLowerLayer => Value::Truth(open_flags(event)? & FD_LOWER_LAYER != 0),
        _ => return socket_value(field, fd.socket.as_ref().filter(|_| fd.kind.is_inet())?),
    })
}

fn socket_value(field: Field, socket: &Socket) -> Option<Value<'static>> {
    use Field as F;
    let address = |end: Option<SocketAddr>| Some(Value::Address(end?.ip()));
    let port = |end: Option<SocketAddr>| Some(Value::Number(end?.port().into()));
    match field {
        F::FdL4proto => Some(Value::text(socket.protocol.name())),
        F::FdIsServer => Some(Value::Truth(socket.role == yagura_event::Role::Server)),
        F::FdCip | F::FdCnet => address(socket.client()),
        F::FdSip | F::FdSnet => address(socket.server()),
        F::FdLip | F::FdLnet => address(socket.local),
        F::FdRip | F::FdRnet => address(socket.remote),
        F::FdCport => port(socket.client()),
        F::FdSport => port(socket.server()),
        F::FdLport => port(socket.local),
        F::FdRport => port(socket.remote),
        _ => None,
    }
}

/// Both ends of the event's IP socket.
pub(super) fn both_ends(event: &Event) -> [Option<SocketAddr>; 2] {
    event
        .fd
        .as_ref()
        .filter(|fd| fd.kind.is_inet())
        .and_then(|fd| fd.socket.as_ref())
        .map_or([None, None], |socket| [socket.local, socket.remote])
}

fn container_id(event: &Event) -> &str {
    event.process.container.as_ref().map_or("host", |container| container.short_id())
}

fn last_slash(name: &str) -> Option<usize> {
    name.rfind('/')
}

/// The folder of a file; `slash` finds the last slash of a name.
pub(super) fn directory(fd: &Fd, slash: impl FnOnce(&str) -> Option<usize>) -> Option<&str> {
    match fd.kind {
        FdKind::Directory => Some(&fd.name),
        FdKind::File => Some(match slash(&fd.name) {
            None | Some(0) => "/",
            Some(end) if end + 1 < fd.name.len() => &fd.name[..end],
            Some(_) => &fd.name,
        }),
        _ => None,
    }
}

/// The name of a file without its folder; `slash` finds the last slash of a name.
pub(super) fn filename(fd: &Fd, slash: impl FnOnce(&str) -> Option<usize>) -> Option<&str> {
    if fd.kind != FdKind::File {
        return None;
    }
    Some(match slash(&fd.name) {
        Some(slash) if slash + 1 < fd.name.len() => &fd.name[slash + 1..],
        Some(_) => &fd.name,
        None => "/",
    })
}
