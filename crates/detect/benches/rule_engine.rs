//! Events per second and core through the rule engine, with the community's rules and with two thousand rules.
//!
//! `cargo bench -p yagura-detect`. Events come from the recording in `YAGURA_RECORDING`, or are made here: the same ones
//! every time, of some thousand processes that exec, open, connect and so on (`YAGURA_EVENTS` of them). Every pass starts with an empty memory of
//! processes. Community rules come from `YAGURA_CORPORA` (or `../shared/corpora` beside the checkout).

use std::{
    fmt::Write as _,
    io::BufReader,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use yagura_detect::{Engine, EngineOptions, RuleSet, SourceFile, falco};
use yagura_event::{
    Arg, ArgName, ArgValue, Container, Event, EventKind, ExeFile, Fd, FdKind, FlagSet, L4Protocol, Process,
    RecordingReader, Role, Socket, Timestamp, User,
};

const EVENTS: usize = 200_000;
const PROCESSES: usize = 4_000;
const MEASURE: Duration = Duration::from_secs(3);

fn main() {
    let events = recorded().unwrap_or_else(|| Mix::new().events());
    let processes: std::collections::HashSet<u64> = events.iter().map(|event| event.process.id).collect();
    println!("input: {} events of {} processes", events.len(), processes.len());
    if let Some(files) = community() {
        measure("community", &load(&files), &events);
    }
    let mut files = community().unwrap_or_default();
    let have = load(&files).rules().len();
    files.push(SourceFile::new("synthetic.yaml", synthetic(2_000 - have)));
    measure("2,000 rules", &load(&files), &events);
}

fn load(files: &[SourceFile]) -> RuleSet {
    let loaded = falco::load(files, &falco::LoadOptions::default());
    for diagnostic in &loaded.diagnostics {
        println!("{}: {}", diagnostic.file, diagnostic.message);
    }
    loaded.rules
}

fn measure(title: &str, rules: &RuleSet, events: &[Event]) {
    let begin = Instant::now();
    let engine = Arc::new(Engine::compile(rules, &EngineOptions::default()));
    let compiled = begin.elapsed();
    let enabled = rules.rules().iter().filter(|rule| rule.enabled).count();
    let mut matcher = engine.matcher();
    let (cold, alerts) = passes(|| {
        matcher.forget();
        let before = cpu_seconds();
        let alerts = events.iter().map(|event| matcher.matches(event).len()).sum();
        (cpu_seconds() - before, alerts)
    });
    // A sensor hands over events that it has just made: they are in the processor's cache.
    let (fresh, _) = passes(|| {
        matcher.forget();
        let (mut seconds, mut alerts) = (0.0, 0);
        for chunk in events.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            let before = cpu_seconds();
            alerts += chunk.iter().map(|event| matcher.matches(event).len()).sum::<usize>();
            seconds += cpu_seconds() - before;
        }
        (seconds, alerts)
    });
    let rate = |seconds: f64| events.len() as f64 / seconds / 1e6;
    println!(
        "{title}: {enabled} enabled rules, compiled in {compiled:.0?}; M events/s/core: {:.2} fresh from their maker, {:.2} \
         read from a large memory; {alerts} alerts a pass",
        rate(fresh),
        rate(cold),
    );
}

// Events made at a time.
const CHUNK: usize = 1_000;

// The best of several passes, in seconds: what others do on a shared machine makes passes slower, never faster.
fn passes(mut pass: impl FnMut() -> (f64, usize)) -> (f64, usize) {
    let begin = Instant::now();
    let (mut best, mut alerts, mut count) = (f64::MAX, 0, 0);
    while begin.elapsed() < MEASURE || count < 3 {
        let (seconds, found) = pass();
        best = best.min(seconds);
        (alerts, count) = (found, count + 1);
    }
    (best, alerts)
}

// Seconds this thread was on a processor: what others do on a shared machine does not count.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn recorded() -> Option<Vec<Event>> {
    let path = std::env::var_os("YAGURA_RECORDING")?;
    let file = std::fs::File::open(path).expect("YAGURA_RECORDING can be read");
    Some(RecordingReader::new(BufReader::new(file)).filter_map(Result::ok).collect())
}

fn community() -> Option<Vec<SourceFile>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = std::env::var_os("YAGURA_CORPORA").map_or(beside, PathBuf::from).join("falco-rules");
    ["falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"]
        .iter()
        .map(|name| Some(SourceFile::new(*name, std::fs::read_to_string(folder.join(name)).ok()?)))
        .collect()
}

// Rules of the shapes users write, each about something else.
fn synthetic(count: usize) -> String {
    let mut text = String::from(
        "- macro: x_exec\n  condition: (evt.type in (execve, execveat))\n- macro: x_open\n  condition: (evt.type in \
         (open, openat, openat2) and fd.typechar = 'f' and fd.num >= 0)\n",
    );
    for n in 0..count {
        let condition = match n % 10 {
            0 => format!(
                "x_open and evt.is_open_write = true and fd.name startswith /srv/app{n}/conf and not proc.name in (a{n}, b{n})"
            ),
            1 => format!("x_exec and proc.name in (tool{n}, util{n}) and not proc.pname in (sh{n}, cron)"),
            2 => format!(
                "x_open and evt.is_open_read = true and fd.name in (/opt/secret{n}/key, /opt/secret{n}/pin)"
            ),
            3 => format!("x_exec and proc.cmdline contains \"--flag{n}\" and proc.tty != 0"),
            4 => format!(
                "evt.type = connect and fd.sport in ({}, {}) and not fd.sip = 10.9.8.7",
                20_000 + n,
                40_000 + n
            ),
            5 => format!("x_open and fd.filename endswith .ext{n} and container.id != host"),
            6 => format!("x_exec and proc.exepath startswith /opt/vendor{n}/ and user.uid = 0"),
            7 => format!("evt.type in (unlink, unlinkat, rename, renameat) and evt.args contains archive{n}"),
            8 => format!("x_exec and proc.aname in (agent{n}, daemon{n}) and proc.args contains \"-x{n}\""),
            _ => format!(
                "x_open and fd.name glob \"/var/lib/svc{n}/*/token\" and not proc.exepath = /usr/bin/svc{n}"
            ),
        };
        let _ = writeln!(
            text,
            "- rule: synthetic {n}\n  desc: d\n  condition: >\n    {condition}\n  output: x %proc.name\n  priority: NOTICE"
        );
    }
    text
}

// A deterministic stream of events like that of a busy host: mostly opens, some execs, some network.
struct Mix {
    state: u64,
    number: u64,
    processes: Vec<Arc<Process>>,
    containers: Vec<Arc<Container>>,
}

const PROGRAMS: [&str; 24] = [
    "bash",
    "sh",
    "python3",
    "node",
    "java",
    "nginx",
    "sshd",
    "cron",
    "systemd",
    "gcc",
    "cc1",
    "ld",
    "make",
    "git",
    "curl",
    "apt-get",
    "dpkg",
    "redis-server",
    "postgres",
    "cat",
    "grep",
    "ls",
    "containerd-shim",
    "runc",
];
const FOLDERS: [&str; 16] = [
    "/usr/lib/x86_64-linux-gnu",
    "/etc",
    "/usr/share/zoneinfo",
    "/proc/self",
    "/var/log",
    "/home/user/project/src",
    "/tmp",
    "/usr/include/linux",
    "/var/lib/dpkg/info",
    "/root",
    "/usr/bin",
    "/sys/fs/cgroup",
    "/dev",
    "/opt/app/node_modules/x",
    "/var/lib/postgresql/15/main/base",
    "/run/systemd",
];
const FILES: [&str; 12] = [
    "libc.so.6",
    "passwd",
    "ld.so.cache",
    "status",
    "main.rs",
    "types.h",
    "index.js",
    "null",
    "data.bin",
    "config.yaml",
    "stat",
    "hosts",
];

impl Mix {
    fn new() -> Self {
        let container = |n: u32| {
            Arc::new(Container {
                id: format!("{n:064x}"),
                runtime: "containerd".to_owned(),
                image_repository: Some(format!("docker.io/library/app{n}")),
                privileged: Some(n.is_multiple_of(16)),
                ..Container::default()
            })
        };
        let init = Process {
            id: 1,
            pid: 1,
            vpid: 1,
            name: "systemd".into(),
            cmdline: "systemd".into(),
            ..Process::default()
        };
        Self {
            state: 42,
            number: 0,
            processes: vec![Arc::new(init)],
            containers: (0..32).map(container).collect(),
        }
    }

    fn next(&mut self, below: usize) -> usize {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % below
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next(from.len())]
    }

    fn events(mut self) -> Vec<Event> {
        let wanted = std::env::var("YAGURA_EVENTS").ok().and_then(|count| count.parse().ok());
        let every = EVENTS / PROCESSES;
        (0..wanted.unwrap_or(EVENTS))
            .map(|index| {
                self.number += 1;
                if index % every == 0 {
                    return self.exec();
                }
                match self.next(100) {
                    0..=71 => self.open(),
                    72..=79 => self.connect(),
                    80..=85 => self.path_call(EventKind::Unlinkat, ArgName::Name),
                    86..=88 => self.path_call(EventKind::Mkdirat, ArgName::Path),
                    89..=91 => self.path_call(EventKind::Fchmodat, ArgName::Filename),
                    92..=93 => self.plain(EventKind::Setuid),
                    94..=95 => self.plain(EventKind::Dup2),
                    96..=97 => self.plain(EventKind::Socket),
                    _ => self.plain(EventKind::Clone),
                }
            })
            .collect()
    }

    fn event(&self, kind: EventKind, process: Arc<Process>) -> Event {
        let time = Timestamp::from_nanos(1_760_000_000_000_000_000 + self.number.cast_signed() * 20_000);
        Event {
            number: self.number,
            time,
            kind,
            result: 3,
            cpu: 0,
            tid: process.pid,
            process,
            fd: None,
            args: Default::default(),
            data: None,
        }
    }

    // Most events are of a process that is young.
    fn process(&mut self) -> Arc<Process> {
        let count = self.processes.len();
        let back = self.next(count.min(64));
        Arc::clone(&self.processes[count - 1 - back])
    }

    fn exec(&mut self) -> Event {
        let parent = self.process();
        let name = self.pick(&PROGRAMS);
        let args: Vec<Box<str>> = (0..self.next(6))
            .map(|_| format!("{}/{}", self.pick(&FOLDERS), self.pick(&FILES)).into())
            .collect();
        let number = self.processes.len();
        let id = number as u64 + 1;
        let user = if number.is_multiple_of(3) { 0 } else { 1000 };
        let mut process = Process {
            id,
            pid: number as u32 + 100,
            vpid: number as u32 + 100,
            ppid: parent.pid,
            vpgid: 100,
            name: name.into(),
            exe: format!("/usr/bin/{name}").into(),
            exe_file: ExeFile { path: format!("/usr/bin/{name}").into(), ..ExeFile::default() },
            cmdline: Process::join_cmdline(name, &args),
            args: args.into(),
            cwd: "/home/user/project".into(),
            env: (0..20).map(|n| format!("VARIABLE_{n}=/some/value/{n}").into()).collect(),
            tty: number.is_multiple_of(4).into(),
            container: number.is_multiple_of(3).then(|| Arc::clone(&self.containers[number % 32])),
            parent: parent.into(),
            ..Process::default()
        };
        process.credentials.user =
            User { id: user, name: Some(if user == 0 { "root" } else { "user" }.into()), ..User::default() };
        // A tree of some depth, not one endless chain.
        if process.ancestors().count() > 8 {
            process.parent = Arc::clone(&self.processes[0]).into();
        }
        let process = Arc::new(process);
        self.processes.push(Arc::clone(&process));
        self.event(EventKind::Execve, process)
    }

    fn open(&mut self) -> Event {
        let process = self.process();
        let mut event = self.event(EventKind::Openat, process);
        let name = format!("{}/{}{}", self.pick(&FOLDERS), self.next(500), self.pick(&FILES));
        // Few opens write, and those mostly where programs keep their own files.
        let writes = self.next(8) == 0;
        let flags = if writes { 0o1101 } else { 0o2000000 };
        let name = if writes { format!("/home/user/project/target/{}.o", self.next(5_000)) } else { name };
        event.args.push(Arg { name: ArgName::Fd, value: ArgValue::Fd(3) });
        event.args.push(Arg { name: ArgName::Name, value: ArgValue::Text(name.as_str().into()) });
        event.args.push(Arg { name: ArgName::Flags, value: ArgValue::Flags(FlagSet::Open, flags) });
        event.args.push(Arg { name: ArgName::Mode, value: ArgValue::Flags(FlagSet::Mode, 0o644) });
        event.fd = Some(Fd {
            number: 3,
            kind: FdKind::File,
            raw_name: Some(name.as_str().into()),
            name: name.into(),
            inode: Some((1, 2)),
            socket: None,
        });
        event
    }

    fn connect(&mut self) -> Event {
        let process = self.process();
        let mut event = self.event(EventKind::Connect, process);
        let port = [443, 80, 5432, 6379, 53, 8080][self.next(6)];
        let remote = format!("10.{}.{}.{}:{port}", self.next(3), self.next(200), self.next(200));
        let socket = Socket {
            protocol: L4Protocol::Tcp,
            role: Role::Client,
            local: "10.0.0.5:40000".parse().ok(),
            remote: remote.parse().ok(),
            connected: true,
            name_changed: true,
        };
        event.fd = Some(Fd {
            number: 5,
            kind: FdKind::Ipv4,
            name: socket.tuple().into(),
            raw_name: None,
            inode: None,
            socket: Some(socket),
        });
        event
    }

    fn path_call(&mut self, kind: EventKind, name: ArgName) -> Event {
        let process = self.process();
        let mut event = self.event(kind, process);
        let path = format!("{}/{}{}", self.pick(&FOLDERS), self.next(500), self.pick(&FILES));
        event.args.push(Arg { name, value: ArgValue::Path(path.into()) });
        event.args.push(Arg { name: ArgName::Mode, value: ArgValue::Flags(FlagSet::Mode, 0o755) });
        event
    }

    fn plain(&mut self, kind: EventKind) -> Event {
        let process = self.process();
        self.event(kind, process)
    }
}
