//! The records about the call itself: `SYSCALL`, `EXECVE`, `SOCKADDR`, `PROCTITLE`.

use std::net::SocketAddr;

use super::{AuditOptions, AuditRecord, encode};
use crate::{ArgName, ArgValue, Event, EventKind, FdKind, User};

/// What stands for an id that is not set.
const UNSET: u32 = u32::MAX;
/// The kernel keeps so many bytes of a process's title.
const TITLE_BYTES_MAX: usize = 128;

/// The record every call has; `items` is the number of its `PATH` records.
pub(super) fn syscall(event: &Event, number: u32, items: usize, options: &AuditOptions) -> AuditRecord {
    let mut record = AuditRecord::new("SYSCALL", event);
    let process = &*event.process;
    let ids = &process.credentials;
    record.field("arch", options.arch.code());
    record.field("syscall", number);
    record.field("success", if event.succeeded() { "yes" } else { "no" });
    record.field("exit", event.result);
    for (index, value) in arguments(event).into_iter().enumerate() {
        record.field(format!("a{index}"), format!("{:x}", value.unwrap_or(0)));
    }
    record.field("items", items);
    record.field("ppid", process.ppid);
    record.field("pid", event.tid);
    let login = ids.login.as_ref().map_or(UNSET, |login| login.id);
    let numbers = [
        ("auid", login),
        ("uid", ids.ruid),
        ("gid", ids.rgid),
        ("euid", ids.user.id),
        ("suid", ids.suid),
        ("fsuid", ids.user.id),
        ("egid", ids.group.id),
        ("sgid", ids.group.id),
        ("fsgid", ids.group.id),
    ];
    for (name, id) in numbers {
        record.field(name, id);
    }
    record.field("tty", encode::terminal(process.tty));
    record.field("ses", UNSET);
    record.field("comm", encode::text(process.name.as_bytes()));
    record.field("exe", encode::text(process.exe_file.path.as_bytes()));
    record.field("key", options.key.as_ref().map_or("(null)".to_owned(), |key| encode::text(key.as_bytes())));
    record.enriched.push(("ARCH".to_owned(), options.arch.name().to_owned()));
    record.enriched.push(("SYSCALL".to_owned(), event.kind.name().to_owned()));
    for (field, id) in numbers {
        let known = if field.ends_with("gid") {
            [Some(&ids.group), None]
        } else {
            [Some(&ids.user), ids.login.as_ref()]
        };
        record.enriched.push((field.to_ascii_uppercase(), name(id, known)));
    }
    record
}

fn name(id: u32, known: [Option<&User>; 2]) -> String {
    let found = known.into_iter().flatten().find(|user| user.id == id).and_then(|user| user.name.as_deref());
    match (id, found) {
        (UNSET, _) => "\"unset\"".to_owned(),
        (_, Some(name)) => format!("\"{name}\""),
        (0, None) => "\"root\"".to_owned(),
        (id, None) => format!("\"unknown({id})\""),
    }
}

/// The command line of a program that was started.
pub(super) fn execve(event: &Event) -> AuditRecord {
    let mut record = AuditRecord::new("EXECVE", event);
    let process = &*event.process;
    record.field("argc", process.args.len() + 1);
    let words = std::iter::once(&*process.exe).chain(process.args.iter().map(|word| &**word));
    for (index, word) in words.enumerate() {
        record.field(format!("a{index}"), encode::text(word.as_bytes()));
    }
    record
}

/// The command line as one value, its words parted by NUL.
pub(super) fn proctitle(event: &Event) -> AuditRecord {
    let mut record = AuditRecord::new("PROCTITLE", event);
    let process = &*event.process;
    let mut title = process.exe.as_bytes().to_vec();
    for word in process.args.iter() {
        title.push(0);
        title.extend(word.as_bytes());
        if title.len() > TITLE_BYTES_MAX {
            break;
        }
    }
    title.truncate(TITLE_BYTES_MAX);
    record.field("proctitle", encode::text(&title));
    record
}

/// The address a call was given.
pub(super) fn sockaddr(event: &Event) -> Option<AuditRecord> {
    use EventKind as K;
    let fd = event.fd.as_ref()?;
    let address = match event.kind {
        K::Bind => fd.socket.as_ref().and_then(|socket| socket.local),
        K::Connect | K::Sendto | K::Sendmsg | K::Accept | K::Accept4 => {
            fd.socket.as_ref().and_then(|socket| socket.remote)
        }
        _ => return None,
    };
    let (bytes, told) = match (fd.kind, address) {
        (FdKind::Unix, _) if !fd.name.is_empty() => {
            // AF_UNIX, the path and its end.
            let mut bytes = vec![1, 0];
            bytes.extend(fd.name.as_bytes());
            bytes.push(0);
            (bytes, format!("{{ saddr_fam=local path={} }}", fd.name))
        }
        (FdKind::Ipv4 | FdKind::Ipv6, Some(address)) => (inet(address), inet_told(address)),
        _ => return None,
    };
    let mut record = AuditRecord::new("SOCKADDR", event);
    record.field("saddr", encode::hex(&bytes));
    record.enriched.push(("SADDR".to_owned(), told));
    Some(record)
}

// `struct sockaddr_in` and `sockaddr_in6`: the family in the machine's order, the port in the network's.
fn inet(address: SocketAddr) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(28);
    match address {
        SocketAddr::V4(address) => {
            bytes.extend([2, 0]);
            bytes.extend(address.port().to_be_bytes());
            bytes.extend(address.ip().octets());
            bytes.extend([0; 8]);
        }
        SocketAddr::V6(address) => {
            bytes.extend([10, 0]);
            bytes.extend(address.port().to_be_bytes());
            bytes.extend(address.flowinfo().to_le_bytes());
            bytes.extend(address.ip().octets());
            bytes.extend(address.scope_id().to_le_bytes());
        }
    }
    bytes
}

fn inet_told(address: SocketAddr) -> String {
    let family = if address.is_ipv4() { "inet" } else { "inet6" };
    format!("{{ saddr_fam={family} laddr={} lport={} }}", address.ip(), address.port())
}

// What is known of the call's first four arguments.
fn arguments(event: &Event) -> [Option<u64>; 4] {
    use ArgName as A;
    use EventKind as K;
    let of = |name: ArgName| event.arg(name).and_then(low);
    let fd = || event.fd.as_ref().filter(|fd| fd.number >= 0).map(|fd| u64::from(fd.number as u32));
    match event.kind {
        K::Open => [None, of(A::Flags), of(A::Mode), None],
        K::Openat => [of(A::Dirfd), None, of(A::Flags), of(A::Mode)],
        K::Openat2 => [of(A::Dirfd), None, None, None],
        K::Creat | K::Mkdir | K::Chmod | K::Mknod => [None, of(A::Mode), None, None],
        K::Unlinkat => [of(A::Dirfd), None, of(A::Flags), None],
        K::Mkdirat | K::Fchmodat | K::Mknodat => [of(A::Dirfd), None, of(A::Mode), None],
        K::Renameat | K::Renameat2 => [of(A::Olddirfd), None, of(A::Newdirfd), None],
        K::Linkat => [of(A::Olddir), None, of(A::Newdir), None],
        K::Symlinkat => [None, of(A::Linkdirfd), None, None],
        K::Fchmod => [fd(), of(A::Mode), None, None],
        K::Chown | K::Lchown => [None, of(A::Uid), of(A::Gid), None],
        K::Fchown => [fd(), of(A::Uid), of(A::Gid), None],
        K::Fchownat => [of(A::Dirfd), None, of(A::Uid), of(A::Gid)],
        K::Truncate => [None, of(A::Length), None, None],
        K::Ftruncate => [fd(), of(A::Length), None, None],
        K::Socket => [of(A::Domain), of(A::Type), of(A::Proto), None],
        K::Connect | K::Bind | K::Accept | K::Accept4 | K::Sendto | K::Sendmsg | K::Recvfrom | K::Recvmsg => {
            [of(A::Fd).or_else(fd), None, None, None]
        }
        K::Listen => [of(A::Fd), of(A::Backlog), None, None],
        K::Dup | K::Dup2 | K::Dup3 => [of(A::Oldfd), of(A::Newfd), of(A::Flags), None],
        K::Setuid | K::Setfsuid => [of(A::Uid), None, None, None],
        K::Setgid | K::Setfsgid => [of(A::Gid), None, None, None],
        K::Setreuid | K::Setresuid => [of(A::Ruid), of(A::Euid), of(A::Suid), None],
        K::Setregid | K::Setresgid => [of(A::Rgid), of(A::Egid), of(A::Sgid), None],
        K::Setpgid => [of(A::Pid), of(A::Pgid), None, None],
        K::Kill | K::Tkill => [of(A::Pid), of(A::Sig), None, None],
        K::Tgkill => [of(A::Pid), of(A::Tid), of(A::Sig), None],
        K::Ptrace => [of(A::Request), of(A::Pid), of(A::Addr), of(A::Data)],
        K::Setns => [of(A::Fd), of(A::Nstype), None, None],
        K::Unshare => [of(A::Flags), None, None, None],
        K::Umount2 => [None, of(A::Flags), None, None],
        K::Mount => [None, None, None, of(A::Flags)],
        K::Mprotect => [of(A::Addr), of(A::Length), of(A::Prot), None],
        K::Mmap => [of(A::Addr), of(A::Length), of(A::Prot), of(A::Flags)],
        K::Personality => [of(A::Persona), None, None, None],
        K::Prctl => [of(A::Option), of(A::Arg2Int), None, None],
        K::MemfdCreate => [None, of(A::Flags), None, None],
        K::FinitModule => [of(A::Fd).or_else(fd), None, None, None],
        K::Bpf => [of(A::Cmd), None, None, None],
        K::IoUringSetup => [of(A::Entries), None, None, None],
        _ => [None; 4],
    }
}

// As the register held it: ids and descriptors are 32 bits wide, and flags above those are none of the kernel's.
fn low(value: &ArgValue) -> Option<u64> {
    let number = value.number()?;
    Some(match value {
        ArgValue::Hex(_) | ArgValue::Uint(_) => number.cast_unsigned(),
        _ => u64::from(number as u32),
    })
}
