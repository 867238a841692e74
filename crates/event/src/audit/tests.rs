//! Events against the lines that auditd 3.0.9 wrote of the same acts on Linux 6.18, less what an event cannot know.

use std::sync::Arc;

use super::*;
use crate::{
    Arg, ArgName, ArgValue, Credentials, ExeFile, Fd, FdKind, FlagSet, L4Protocol, Process, Role, Socket,
    User,
};

fn process() -> Process {
    let user = User { id: 12345, ..User::default() };
    let group = User { name: Some("root".into()), ..User::default() };
    Process {
        pid: 14611,
        ppid: 14570,
        name: "python3".into(),
        exe: "python3".into(),
        args: ["act.py".into()].into(),
        exe_file: ExeFile {
            path: "/usr/bin/python3.11".into(),
            device: 0xfe0_0000,
            inode: 247_145,
            ..ExeFile::default()
        },
        cwd: "/tmp".into(),
        credentials: Credentials { user, group, ruid: 12345, suid: 12345, ..Credentials::default() },
        ..Process::default()
    }
}

fn event(kind: EventKind, result: i64, args: &[(ArgName, ArgValue)]) -> Event {
    Event {
        number: 13,
        time: Timestamp::from_nanos(1_795_587_623_038_999_999),
        kind,
        result,
        cpu: 0,
        tid: 14611,
        process: Arc::new(process()),
        fd: None,
        args: args.iter().map(|(name, value)| Arg { name: *name, value: value.clone() }).collect(),
        data: None,
    }
}

fn file(name: &str, inode: Option<(u64, u64)>, number: i64) -> Fd {
    Fd { number, kind: FdKind::File, name: name.into(), raw_name: Some(name.into()), inode, socket: None }
}

fn path(text: &str) -> ArgValue {
    ArgValue::Path(text.into())
}

fn options(enriched: bool) -> AuditOptions {
    AuditOptions { arch: AuditArch::X86_64, key: Some("yagura".to_owned()), enriched }
}

/// The lines, without what they all begin with.
fn lines(event: &Event) -> Vec<String> {
    let records = audit_records(event, &options(false));
    let lines = records.iter().map(|record| record.line(false));
    lines.map(|line| line.replace(" msg=audit(1795587623.038:13):", "")).collect()
}

#[test]
fn a_refused_open_reads_as_auditd_wrote_it() {
    let mut event = event(
        EventKind::Openat,
        -13,
        &[
            (ArgName::Dirfd, ArgValue::Fd(-100)),
            (ArgName::Flags, ArgValue::Flags(FlagSet::Open, 0x8_0000)),
            (ArgName::Mode, ArgValue::Flags(FlagSet::Mode, 0)),
        ],
    );
    event.fd = Some(file("/etc/shadow", Some((0xfe0_0000, 737)), -1));
    assert_eq!(
        lines(&event),
        [
            "type=SYSCALL arch=c000003e syscall=257 success=no exit=-13 a0=ffffff9c a1=0 a2=80000 a3=0 items=1 ppid=14570 \
             pid=14611 auid=4294967295 uid=12345 gid=0 euid=12345 suid=12345 fsuid=12345 egid=0 sgid=0 fsgid=0 tty=(none) \
             ses=4294967295 comm=\"python3\" exe=\"/usr/bin/python3.11\" key=\"yagura\"",
            "type=CWD cwd=\"/tmp\"",
            "type=PATH item=0 name=\"/etc/shadow\" inode=737 dev=fe:00 nametype=NORMAL",
            "type=PROCTITLE proctitle=707974686F6E33006163742E7079",
        ]
    );
    let enriched = audit_records(&event, &options(true))[0].line(true);
    assert!(
        enriched.ends_with(
            "key=\"yagura\"\u{1d}ARCH=x86_64 SYSCALL=openat AUID=\"unset\" UID=\"unknown(12345)\" GID=\"root\" \
             EUID=\"unknown(12345)\" SUID=\"unknown(12345)\" FSUID=\"unknown(12345)\" EGID=\"root\" SGID=\"root\" \
             FSGID=\"root\""
        ),
        "{enriched}"
    );
}

#[test]
fn a_made_file_has_its_folder_and_an_odd_name_in_hexadecimal() {
    let flags = ArgValue::Flags(FlagSet::Open, 0x8_0041 | 1 << 32);
    let mode = ArgValue::Flags(FlagSet::Mode, 0o600);
    let mut event = event(
        EventKind::Openat,
        3,
        &[(ArgName::Dirfd, ArgValue::Fd(-100)), (ArgName::Flags, flags), (ArgName::Mode, mode)],
    );
    event.fd = Some(file("/tmp/a \"b", Some((0xfe0_0000, 10_010_771)), 3));
    let lines = lines(&event);
    assert!(lines[0].contains(" exit=3 a0=ffffff9c a1=0 a2=80041 a3=180 items=2 "), "{}", lines[0]);
    assert_eq!(lines[2], "type=PATH item=0 name=\"/tmp/\" nametype=PARENT");
    assert_eq!(lines[3], "type=PATH item=1 name=2F746D702F61202262 inode=10010771 dev=fe:00 nametype=CREATE");
}

/// A call, its number, and the names it was given, each with what it is to the call.
#[test]
fn every_name_of_a_call_is_told_in_auditds_order() {
    use ArgName as A;
    use EventKind as K;
    for (kind, args, number, names) in [
        (
            K::Rename,
            vec![(A::Oldpath, path("/tmp/a")), (A::Newpath, path("/tmp/c d"))],
            "82",
            "\"/tmp/\" PARENT, \"/tmp/\" PARENT, \"/tmp/a\" DELETE, 2F746D702F632064 CREATE",
        ),
        (K::Unlink, vec![(A::Path, path("/tmp/x"))], "87", "\"/tmp/\" PARENT, \"/tmp/x\" DELETE"),
        (K::Mkdir, vec![(A::Path, path("/qqd"))], "83", "\"/\" PARENT, \"/qqd\" CREATE"),
        (K::Rmdir, vec![(A::Path, path("/tmp/d/"))], "84", "\"/tmp/\" PARENT, \"/tmp/d/\" DELETE"),
        (
            K::Symlink,
            vec![(A::Target, ArgValue::Text("/etc/passwd".into())), (A::Linkpath, path("/tmp/qql"))],
            "88",
            "\"/tmp/\" PARENT, \"/etc/passwd\" UNKNOWN, \"/tmp/qql\" CREATE",
        ),
        (
            K::Linkat,
            vec![(A::Oldpath, path("/a")), (A::Newpath, path("/b"))],
            "265",
            "\"/a\" NORMAL, \"/\" PARENT, \"/b\" CREATE",
        ),
        (K::Chmod, vec![(A::Filename, path("/a"))], "90", "\"/a\" NORMAL"),
        (K::Kill, vec![(A::Pid, ArgValue::Pid(1))], "62", ""),
    ] {
        let records = audit_records(&event(kind, 0, &args), &options(false));
        let get = |record: &AuditRecord, name| record.get(name).unwrap_or_default().to_owned();
        assert_eq!(get(&records[0], "syscall"), number, "{kind}");
        let paths: Vec<_> = records.iter().filter(|record| record.kind == "PATH").collect();
        assert_eq!(get(&records[0], "items"), paths.len().to_string());
        let told: Vec<String> = paths
            .iter()
            .map(|record| format!("{} {}", get(record, "name"), get(record, "nametype")))
            .collect();
        assert_eq!(told.join(", "), names, "{kind}");
        assert_eq!(records.iter().any(|record| record.kind == "CWD"), !names.is_empty());
    }
}

#[test]
fn a_connection_has_its_address() {
    let mut event = event(EventKind::Connect, -111, &[(ArgName::Fd, ArgValue::Fd(3))]);
    let mut connect = |remote: &str, kind| {
        let socket = Socket {
            protocol: L4Protocol::Tcp,
            role: Role::Client,
            local: None,
            remote: remote.parse().ok(),
            connected: false,
            name_changed: true,
        };
        event.fd = Some(Fd { kind, inode: None, socket: Some(socket), ..file("x", None, 3) });
        let records = audit_records(&event, &options(true));
        assert_eq!((records[0].get("syscall"), records[0].get("a0")), (Some("42"), Some("3")));
        assert_eq!(records[1].kind, "SOCKADDR");
        (records[1].get("saddr").map(str::to_owned), records[1].get("SADDR").map(str::to_owned))
    };
    assert_eq!(
        connect("127.0.0.1:9", FdKind::Ipv4),
        (
            Some("020000097F0000010000000000000000".to_owned()),
            Some("{ saddr_fam=inet laddr=127.0.0.1 lport=9 }".to_owned())
        )
    );
    let (six, _) = connect("[::1]:443", FdKind::Ipv6);
    assert_eq!(six.as_deref(), Some("0A0001BB000000000000000000000000000000000000000100000000"));
}

#[test]
fn a_started_program_has_its_words() {
    let filename = path("/usr/bin/python3.11");
    let mut event = event(EventKind::Execve, 0, &[(ArgName::Filename, filename)]);
    Arc::make_mut(&mut event.process).args = ["a b", "x", "é", ""].map(Into::into).into();
    let lines = lines(&event);
    assert!(
        lines[0].starts_with("type=SYSCALL arch=c000003e syscall=59 success=yes exit=0 "),
        "{}",
        lines[0]
    );
    assert_eq!(lines[1], "type=EXECVE argc=5 a0=\"python3\" a1=612062 a2=\"x\" a3=C3A9 a4=\"\"");
    assert_eq!(
        lines[3],
        "type=PATH item=0 name=\"/usr/bin/python3.11\" inode=247145 dev=fe:00 nametype=NORMAL"
    );
}

#[test]
fn numbers_follow_the_machine_and_what_is_no_call_has_no_record() {
    let arm = AuditOptions { arch: AuditArch::Aarch64, key: None, enriched: false };
    let open = audit_records(&event(EventKind::Openat, 3, &[]), &arm);
    assert_eq!((open[0].get("arch"), open[0].get("syscall")), (Some("c00000b7"), Some("56")));
    assert_eq!(open[0].get("key"), Some("(null)"));
    assert!(audit_records(&event(EventKind::Open, 3, &[]), &arm).is_empty());
    assert!(audit_records(&event(EventKind::ProcExit, 0, &[]), &options(false)).is_empty());
}

#[test]
fn terminals_have_their_names() {
    for (number, name) in
        [(0, "(none)"), (34_816, "pts0"), (34_823, "pts7"), (1_025, "tty1"), (1_088, "ttyS0")]
    {
        assert_eq!(encode::terminal(number), name);
    }
}
