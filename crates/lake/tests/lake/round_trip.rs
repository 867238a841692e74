//! Nothing of an event is lost.

use std::{net::SocketAddr, sync::Arc};

use proptest::{collection::vec, option, prelude::*};
use yagura_event::{
    Arg, ArgName, ArgValue, Credentials, Event, EventKind, Fd, FdKind, FlagSet, L4Protocol, Process, Role,
    Socket, Timestamp, User, to_ocsf,
};
use yagura_lake::StoredEvent;

use crate::make;

fn socket() -> impl Strategy<Value = Socket> {
    let role = prop_oneof![Just(Role::Client), Just(Role::Server), Just(Role::Unknown)];
    let protocol = prop_oneof![Just(L4Protocol::Tcp), Just(L4Protocol::Udp), Just(L4Protocol::Other)];
    let end = || option::of(any::<(std::net::IpAddr, u16)>().prop_map(SocketAddr::from));
    (protocol, role, end(), end(), any::<bool>(), any::<bool>()).prop_map(
        |(protocol, role, local, remote, connected, name_changed)| Socket {
            protocol,
            role,
            local,
            remote,
            connected,
            name_changed,
        },
    )
}

fn fd() -> impl Strategy<Value = Fd> {
    let kinds = vec![
        FdKind::File,
        FdKind::Directory,
        FdKind::Ipv4,
        FdKind::Unix,
        FdKind::Userfault,
        FdKind::IoUring,
        FdKind::Other,
    ];
    let inode = option::of(any::<(u64, u64)>());
    (any::<i64>(), prop::sample::select(kinds), ".*", option::of(".*"), inode, option::of(socket())).prop_map(
        |(number, kind, name, raw_name, inode, socket)| Fd {
            number,
            kind,
            name: name.into(),
            raw_name: raw_name.map(Into::into),
            inode,
            socket,
        },
    )
}

fn arg() -> impl Strategy<Value = Arg> {
    let value = prop_oneof![
        any::<i64>().prop_map(ArgValue::Int),
        any::<u64>().prop_map(ArgValue::Uint),
        any::<u64>().prop_map(ArgValue::Hex),
        ".*".prop_map(|text| ArgValue::Text(text.into())),
        ".*".prop_map(|text| ArgValue::Path(text.into())),
        any::<i64>().prop_map(ArgValue::Errno),
        (any::<u32>(), option::of("[a-z]*"))
            .prop_map(|(id, name)| ArgValue::Uid { id, name: name.map(Into::into) }),
        any::<u64>().prop_map(|bits| ArgValue::Flags(FlagSet::Open, bits)),
        any::<(std::net::IpAddr, u16)>().prop_map(|end| ArgValue::Address(end.into())),
        vec(any::<u8>(), 0..20).prop_map(|bytes| ArgValue::Bytes(bytes.into())),
    ];
    (prop::sample::select(ArgName::ALL), value).prop_map(|(name, value)| Arg { name, value })
}

fn process() -> impl Strategy<Value = Process> {
    (
        any::<(u64, u32, u32, u32)>(),
        any::<(u32, i64)>(),
        ".*",
        ".*",
        vec(".*", 0..3),
        option::of(any::<u32>()),
    )
        .prop_map(|((id, pid, vpid, tty), (sid, start), name, cwd, args, login)| Process {
            id,
            pid,
            vpid,
            tty,
            sid,
            start_time: Timestamp::from_nanos(start),
            name: name.into(),
            cwd: cwd.into(),
            args: args.into_iter().map(Into::into).collect(),
            credentials: Credentials {
                login: login.map(|id| User { id, ..User::default() }),
                ..Credentials::default()
            },
            ..Process::default()
        })
}

fn chain() -> impl Strategy<Value = Arc<Process>> {
    vec(process(), 1..4).prop_map(|chain| {
        let mut parent: Option<Arc<Process>> = None;
        for mut process in chain {
            process.parent = parent.into();
            parent = Some(Arc::new(process));
        }
        parent.expect("the chain has a process")
    })
}

fn event() -> impl Strategy<Value = Event> {
    let kind = prop::sample::select(EventKind::ALL);
    // Within the years in which every time has an hour of its own.
    let time = 0..4_000_000_000_000_000_000_i64;
    let data = option::of(vec(any::<u8>(), 0..30));
    (any::<(u64, i64, u32, u32)>(), time, kind, chain(), option::of(fd()), vec(arg(), 0..6), data).prop_map(
        |((number, result, cpu, tid), time, kind, process, fd, args, data)| Event {
            number,
            time: Timestamp::from_nanos(time),
            kind,
            result,
            cpu,
            tid,
            process,
            fd,
            args: args.into_iter().collect(),
            data: data.map(Into::into),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_come_back_as_they_were_from_memory_log_and_file(
        mut events in vec(event(), 1..20),
    ) {
        for (number, event) in (0_u64..).zip(&mut events) {
            event.number = u64::MAX - number;
        }
        let runtime = make::runtime();
        let dir = tempfile::tempdir().expect("a directory");
        let mut lake = make::open(dir.path());
        let stored: Vec<_> = events.iter().map(|event| StoredEvent { event, rules: &["a rule", "b"] }).collect();
        lake.append(&stored).expect("appended");
        for stage in ["memory", "log", "file"] {
            match stage {
                "log" => {
                    drop(lake);
                    lake = make::open(dir.path());
                }
                "file" => lake.seal().expect("sealed"),
                _ => {}
            }
            for event in &events {
                let back = runtime.block_on(lake.event_rebuild(event.time, event.number));
                let back = back.expect("read").expect("it is there");
                prop_assert_eq!(&back.event, event, "from {}", stage);
                prop_assert_eq!(&back.host, "web-1");
                prop_assert_eq!(&back.rules, &["a rule", "b"]);
            }
        }
    }
}

#[test]
fn the_environment_is_kept_with_the_exec_and_with_what_a_rule_matched() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = make::open(dir.path());
    let bash = make::bash();
    let kinds = [EventKind::Execve, EventKind::ProcExit, EventKind::Open, EventKind::Open];
    let events: Vec<Event> = (1_u64..)
        .zip(kinds)
        .map(|(number, kind)| Event { kind, ..make::open_file(number, &bash, "/etc/shadow") })
        .collect();
    let rules: [&[&str]; 4] = [&[], &[], &[], &["a rule"]];
    let stored: Vec<_> =
        events.iter().zip(rules).map(|(event, rules)| StoredEvent { event, rules }).collect();
    lake.append(&stored).expect("appended");
    for (event, is_kept) in events.iter().zip([true, false, false, true]) {
        let back = make::runtime().block_on(lake.event_rebuild(event.time, event.number));
        let back = back.expect("read").expect("it is there").event;
        assert_eq!(!back.process.env.is_empty(), is_kept, "{} {}", event.kind.name(), event.number);
        assert_eq!(back.process.args, bash.args);
    }
}

#[derive(Default)]
struct Seen {
    numbers: Vec<u64>,
    enough: usize,
}

impl yagura_lake::EventSink for Seen {
    fn event(&mut self, rebuilt: yagura_lake::RebuiltEvent) -> bool {
        self.numbers.push(rebuilt.event.number);
        self.numbers.len() != self.enough
    }

    fn broken(&mut self, reason: &str) {
        panic!("{reason}");
    }
}

#[test]
fn a_scan_meets_every_event_since_a_time_once_until_it_has_enough() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = make::open(dir.path());
    let events: Vec<_> =
        (0..500).map(|number| make::open_file(number, &make::bash(), &format!("/tmp/{number}"))).collect();
    make::append(&lake, &events[..250]).expect("appended");
    lake.seal().expect("sealed");
    make::append(&lake, &events[250..]).expect("appended");
    let scan = |since: Timestamp, enough: usize| {
        let make = || Seen { enough, ..Seen::default() };
        let scan = lake.event_scan(since, yagura_lake::QueryLimits::default(), make);
        let mut numbers = make::runtime().block_on(scan).expect("scanned").numbers;
        numbers.sort_unstable();
        numbers
    };
    let numbers = |events: &[yagura_event::Event]| -> Vec<u64> {
        let mut numbers: Vec<u64> = events.iter().map(|event| event.number).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(scan(Timestamp::default(), 0), numbers(&events));
    assert_eq!(scan(events[300].time, 0), numbers(&events[300..]));
    assert_eq!(scan(Timestamp::default(), 7).len(), 7);
}

#[test]
fn the_ocsf_form_is_the_same_but_for_secrets_of_ancestors() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = make::open(dir.path());
    let events =
        [make::open_file(1, &make::bash(), "/etc/shadow"), make::connect(2, &make::bash(), "10.9.8.7:443")];
    make::append(&lake, &events).expect("appended");
    for event in &events {
        let back = make::runtime().block_on(lake.event_get(event.time, event.number)).expect("read");
        assert_eq!(back, Some(to_ocsf(event, "web-1")));
    }
    let nothing = make::runtime().block_on(lake.event_get(Timestamp::from_nanos(1), 1)).expect("read");
    assert_eq!(nothing, None);
}
