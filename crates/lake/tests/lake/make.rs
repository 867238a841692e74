//! Events for the tests.

use std::{path::Path, sync::Arc};

use yagura_event::{
    Arg, ArgName, ArgValue, Container, Event, EventKind, Fd, FdKind, FlagSet, L4Protocol, Process, Role,
    Socket, Timestamp,
};
use yagura_lake::{Lake, LakeError, LakeOptions, QueryLimits, QueryResult, StoredEvent};

/// 2023-11-14T22:13:20Z
pub(crate) const START: i64 = 1_700_000_000_000_000_000;
pub(crate) const SECOND: i64 = 1_000_000_000;

pub(crate) fn options() -> LakeOptions {
    LakeOptions { host: "web-1".to_owned(), ..LakeOptions::default() }
}

pub(crate) fn open(dir: &Path) -> Lake {
    Lake::open(dir, options()).expect("the lake opens")
}

/// bash below sshd, in a container.
pub(crate) fn bash() -> Arc<Process> {
    let sshd = Process {
        id: 1,
        pid: 10,
        name: "sshd".into(),
        cmdline: "sshd -D".into(),
        env: ["SECRET=1".into()].into(),
        ..Process::default()
    };
    let container = Container {
        id: "0123456789abcdef".to_owned(),
        image: Some("docker.io/library/nginx:1.27".to_owned()),
        pod_name: Some("web-0".to_owned()),
        ..Container::default()
    };
    Arc::new(Process {
        id: 2,
        pid: 42,
        vpid: 7,
        name: "bash".into(),
        exe: "/bin/bash".into(),
        args: ["-c".into(), "cat \"日本\"".into()].into(),
        cmdline: "bash -c cat \"日本\"".into(),
        env: ["HOME=/root".into()].into(),
        cwd: "/root".into(),
        start_time: Timestamp::from_nanos(START - 1),
        container: Some(Arc::new(container)),
        parent: Arc::new(sshd).into(),
        ..Process::default()
    })
}

/// `cat` opens a file; `number` seconds after the start.
pub(crate) fn open_file(number: u64, process: &Arc<Process>, path: &str) -> Event {
    Event {
        number,
        time: Timestamp::from_nanos(START + number as i64 * SECOND),
        kind: EventKind::Openat,
        result: 3,
        cpu: 1,
        tid: process.pid,
        process: Arc::clone(process),
        fd: Some(Fd {
            number: 3,
            kind: FdKind::File,
            name: path.into(),
            raw_name: Some("../x".into()),
            inode: Some((8, u64::MAX)),
            socket: None,
        }),
        args: [
            Arg { name: ArgName::Name, value: ArgValue::Path(path.into()) },
            Arg { name: ArgName::Flags, value: ArgValue::Flags(FlagSet::Open, 0o2000000) },
            Arg { name: ArgName::Dirfd, value: ArgValue::Fd(-100) },
        ]
        .into_iter()
        .collect(),
        data: None,
    }
}

pub(crate) fn connect(number: u64, process: &Arc<Process>, to: &str) -> Event {
    let remote = to.parse().expect("an address");
    let socket = Socket {
        protocol: L4Protocol::Tcp,
        role: Role::Client,
        local: Some(([10, 0, 0, 1], 5000).into()),
        remote: Some(remote),
        connected: true,
        name_changed: false,
    };
    let fd = Fd {
        number: 4,
        kind: FdKind::Ipv4,
        name: socket.tuple().into(),
        raw_name: None,
        inode: None,
        socket: Some(socket),
    };
    Event { kind: EventKind::Connect, fd: Some(fd), result: -111, ..open_file(number, process, "/") }
}

pub(crate) fn append(lake: &Lake, events: &[Event]) -> Result<(), LakeError> {
    let stored: Vec<StoredEvent<'_>> = events.iter().map(|event| StoredEvent { event, rules: &[] }).collect();
    lake.append(&stored)
}

/// `count` openings of files, numbered from `first`.
pub(crate) fn files(first: u64, count: u64) -> Vec<Event> {
    let process = bash();
    (first..first + count)
        .map(|number| open_file(number, &process, &format!("/etc/{}", number % 7)))
        .collect()
}

pub(crate) fn query(lake: &Lake, sql: &str) -> Result<QueryResult, LakeError> {
    query_within(lake, sql, QueryLimits::default())
}

pub(crate) fn query_within(lake: &Lake, sql: &str, limits: QueryLimits) -> Result<QueryResult, LakeError> {
    runtime().block_on(lake.query(sql, limits))
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// The only cell of the answer, as text.
pub(crate) fn answer(lake: &Lake, sql: &str) -> String {
    let result = query(lake, sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert_eq!(result.rows.len(), 1, "{sql}");
    match &result.rows[0][0] {
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// How many rows there are, and how many different ones: equal where nothing is there twice.
pub(crate) fn counts(lake: &Lake) -> (u64, u64) {
    let result = query(lake, "SELECT count(*), count(DISTINCT number) FROM events").expect("counts");
    let number = |cell: usize| result.rows[0][cell].as_u64().expect("a number");
    (number(0), number(1))
}
