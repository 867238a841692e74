//! How the sensor begins: who is there already, who it is itself, which way it takes, and what it leaves behind.

use std::{
    collections::BTreeSet,
    fs,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use yagura_event::{Event, EventKind, SensorMode};
use yagura_sensor::{Hook, Sensor, SensorHandle, SensorOptions};

use super::{Seen, alone, run, seen};

/// A sensor of its own, which ends with the test.
pub(super) struct Own {
    pub(super) seen: Seen,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Own {
    pub(super) fn start(options: SensorOptions) -> Result<Self, String> {
        let sensor = Sensor::start(options).map_err(|error| error.to_string())?;
        let (handle, stop) = (sensor.handle(), Arc::new(AtomicBool::new(false)));
        let events: Arc<Mutex<Vec<Event>>> = Arc::default();
        let (sink, flag) = (Arc::clone(&events), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let _ = sensor.run(&flag, |event| sink.lock().expect("not poisoned").push(event));
        });
        Ok(Self { seen: Seen { events, handle }, stop, thread: Some(thread) })
    }

    pub(super) fn handle(&self) -> &SensorHandle {
        &self.seen.handle
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn ebpf() -> SensorOptions {
    SensorOptions { mode: Some(SensorMode::Ebpf), ring_bytes: 1 << 20, ..SensorOptions::default() }
}

fn opens(event: &Event, path: &str) -> bool {
    event.fd.as_ref().is_some_and(|fd| &*fd.name == path)
}

#[test]
fn two_thousand_processes_are_known_within_two_seconds() {
    let Some(_turn) = alone("two_thousand_processes_are_known_within_two_seconds") else { return };
    const SLEEPERS: usize = 2_000;
    let mut children: Vec<Child> =
        (0..SLEEPERS).map(|_| Command::new("sleep").arg("600.25").spawn().expect("sleep")).collect();
    let (begin, worked) = (Instant::now(), cpu_time());
    let own = Own::start(ebpf());
    let (took, worked) = (begin.elapsed(), cpu_time() - worked);
    let own = own.expect("a second sensor beside the first");
    let known = own.handle().processes();
    let pids: BTreeSet<u32> = children.iter().map(Child::id).collect();
    let of_ours: Vec<_> = known.iter().filter(|process| pids.contains(&process.pid)).collect();
    let exact = of_ours.iter().filter(|process| &*process.cmdline == "sleep 600.25").count();
    let parents = of_ours
        .iter()
        .filter(|process| process.parent.get().is_some_and(|parent| parent.pid == std::process::id()))
        .count();
    for child in &mut children {
        let _ = child.kill();
    }
    for child in &mut children {
        let _ = child.wait();
    }
    println!(
        "started beside {} processes in {took:?}, {worked:?} of work: {:?}",
        known.len(),
        own.handle().status().capabilities
    );
    assert_eq!((of_ours.len(), exact, parents), (SLEEPERS, SLEEPERS, SLEEPERS));
    assert!(
        own.handle().status().capabilities.iter().any(|tried| tried.name == "iter/task" && tried.available)
    );
    // Its own work, because the machine may be busy with that of others.
    assert!(worked < Duration::from_secs(2), "{worked:?}");
}

// Time that this thread spent on a processor.
fn cpu_time() -> Duration {
    let clock = nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID;
    nix::time::clock_gettime(clock).expect("every Linux has it").into()
}

#[test]
fn processes_that_were_there_before_are_known_in_full() {
    let Some(_turn) = seen("processes_that_were_there_before_are_known_in_full") else { return };
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--clear-groups", "sleep", "600.5"]);
    let mut child = command.current_dir("/usr").env("YAGURA_BEFORE", "1").spawn().expect("setpriv");
    let begin = Instant::now();
    while fs::read_to_string(format!("/proc/{}/comm", child.id())).is_ok_and(|name| name != "sleep\n") {
        assert!(begin.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(2));
    }
    let own = Own::start(ebpf()).expect("a second sensor beside the first");
    let known = own.handle().processes();
    let _ = child.kill();
    let _ = child.wait();
    let process = known.iter().find(|process| process.pid == child.id()).expect("it lives");
    assert_eq!((&*process.cmdline, &*process.cwd), ("sleep 600.5", "/usr"));
    assert!(process.exe_file.path.ends_with("/sleep") && process.exe_file.inode != 0);
    assert!(process.env.iter().any(|entry| &**entry == "YAGURA_BEFORE=1"));
    assert_eq!(process.credentials.user.name.as_deref(), Some("nobody"));
    assert_eq!(process.ancestors().next().map(|parent| parent.pid), Some(std::process::id()));
}

#[test]
fn raw_tracepoints_see_the_same() {
    let Some(_turn) = seen("raw_tracepoints_see_the_same") else { return };
    let own = Own::start(SensorOptions { hook: Some(Hook::RawTracepoint), ..ebpf() })
        .expect("raw tracepoints work");
    let status = own.handle().status();
    assert_eq!(status.mode, SensorMode::Ebpf);
    assert!(status.capabilities.iter().any(|tried| tried.name == "raw_tp/sys_exit" && tried.available));
    let pid = run("sh", &["-c", "cat /nonexistent/raw; exit 3"]);
    let event = own.seen.find("the open", |event| opens(event, "/nonexistent/raw"));
    assert_eq!((event.process.ppid, event.result), (pid, -2));
    assert_eq!(&*event.process.cmdline, "cat /nonexistent/raw");
    own.seen.find("the fork", |event| event.kind == EventKind::Clone && event.process.ppid == pid);
    own.seen.find("the end", |event| event.kind == EventKind::ProcExit && event.process.pid == pid);
}

#[test]
fn system_calls_are_hooked_only_while_somebody_wants_one() {
    let Some(_turn) = seen("system_calls_are_hooked_only_while_somebody_wants_one") else { return };
    let only_programs = [EventKind::Execve, EventKind::ProcExit].into();
    let own = Own::start(SensorOptions { kinds: only_programs, ..ebpf() }).expect("a second sensor");
    assert!(!own.handle().hooks_calls());
    let spots = own.handle().status().blind_spots;
    assert!(spots.iter().any(|spot| spot.what == "programs that cannot be started"), "{spots:?}");
    let pid = run("cat", &["/nonexistent/unhooked"]);
    own.seen.find("the program", |event| event.kind == EventKind::Execve && event.process.pid == pid);
    own.handle().set_kinds(&[EventKind::Execve, EventKind::Openat].into()).expect("the kernel agrees");
    assert!(own.handle().hooks_calls());
    run("cat", &["/nonexistent/hooked"]);
    own.seen.find("the open", |event| opens(event, "/nonexistent/hooked"));
    own.handle().set_kinds(&[EventKind::Execve].into()).expect("the kernel agrees");
    assert!(!own.handle().hooks_calls());
    let events = own.seen.events.lock().expect("not poisoned");
    assert!(!events.iter().any(|event| opens(event, "/nonexistent/unhooked")));
}

// This test binary once more, to run one test in a world of its own.
pub(super) fn again(test: &str, mark: &str, wrapper: &[&str]) -> Command {
    let binary = std::env::current_exe().expect("known");
    let mut command = Command::new(wrapper.first().map_or(binary.as_os_str(), std::ffi::OsStr::new));
    if !wrapper.is_empty() {
        command.args(&wrapper[1..]).arg(&binary);
    }
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(mark, "1");
    command
}

#[test]
fn in_a_pid_namespace_it_leaves_itself_out_and_sees_the_others() {
    let test = "in_a_pid_namespace_it_leaves_itself_out_and_sees_the_others";
    if std::env::var_os("YAGURA_TEST_NAMESPACE").is_some() {
        return watch_from_a_namespace();
    }
    let Some(_turn) = seen(test) else { return };
    let wrapper = ["unshare", "--pid", "--fork", "--mount-proc"];
    let output =
        again(&format!("start::{test}"), "YAGURA_TEST_NAMESPACE", &wrapper).output().expect("unshare starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn watch_from_a_namespace() {
    let mine = format!("/nonexistent/mine/{}", std::process::id());
    let own = Own::start(ebpf()).expect("eBPF works in a namespace");
    assert!(fs::File::open(&mine).is_err());
    run("cat", &["/nonexistent/theirs"]);
    let event = own.seen.find("another's open", |event| opens(event, "/nonexistent/theirs"));
    // Its number on the host, and that in this namespace.
    assert!(event.process.vpid < 1_000 && event.process.vpid != event.process.pid);
    let parent = event.process.ancestors().next().expect("this process");
    assert_eq!(parent.vpid, std::process::id());
    assert_ne!(parent.pid, std::process::id());
    let events = own.seen.events.lock().expect("not poisoned");
    assert!(!events.iter().any(|event| opens(event, &mine)));
}

// Programs, maps and links in the kernel that a process holds, as its descriptors tell.
fn held_by(pid: u32) -> BTreeSet<(&'static str, u32)> {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fdinfo")).expect("it lives");
    let held = descriptors.flatten().filter_map(|entry| {
        let text = fs::read_to_string(entry.path()).ok()?;
        // A link's descriptor names its program, too; a program's and a map's name themselves only.
        [("link_id:", "link"), ("map_id:", "map"), ("prog_id:", "prog")].into_iter().find_map(
            |(key, what)| {
                let line = text.lines().find_map(|line| line.strip_prefix(key))?;
                Some((what, line.trim().parse().ok()?))
            },
        )
    });
    held.collect()
}

fn are_there(ids: &BTreeSet<(&'static str, u32)>) -> bool {
    ids.iter().any(|(what, id)| {
        let show = Command::new("bpftool").args([what, "show", "id", &id.to_string()]).output();
        show.expect("bpftool is installed").status.success()
    })
}

// What is mounted, and in which namespaces this process is.
fn surroundings() -> (String, Vec<std::path::PathBuf>) {
    let spaces = ["mnt", "net", "pid", "ipc", "uts", "user", "cgroup"];
    let links = spaces.map(|space| fs::read_link(format!("/proc/self/ns/{space}")).expect("readable"));
    (fs::read_to_string("/proc/self/mountinfo").expect("readable"), links.into())
}

#[test]
fn however_it_ends_nothing_stays_in_the_kernel() {
    let test = "however_it_ends_nothing_stays_in_the_kernel";
    if std::env::var_os("YAGURA_TEST_KILLED").is_some() {
        let before = surroundings();
        let _own = Own::start(ebpf()).expect("a sensor");
        assert_eq!(surroundings(), before);
        println!("the sensor is up");
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let Some(_turn) = alone(test) else { return };
    for signal in ["KILL", "TERM", "SEGV"] {
        // A mount namespace of its own, so that what others mount meanwhile does not count.
        let mut child = again(&format!("start::{test}"), "YAGURA_TEST_KILLED", &["unshare", "--mount"]);
        let mut child = child.stdout(Stdio::piped()).spawn().expect("this binary");
        let mut output = std::io::BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        while !line.contains("the sensor is up") {
            line.clear();
            let read = std::io::BufRead::read_line(&mut output, &mut line).expect("readable");
            assert!(read > 0, "it ended before it ran");
        }
        let held = held_by(child.id());
        let of = |what: &str| held.iter().filter(|(kind, _)| *kind == what).count();
        assert!(of("prog") >= 10 && of("map") >= 5 && of("link") >= 4, "{held:?}");
        run("kill", &[&format!("-{signal}"), &child.id().to_string()]);
        child.wait().expect("waitable");
        let begin = Instant::now();
        // The kernel frees programs a moment after their last user is gone.
        while are_there(&held) {
            assert!(begin.elapsed() < Duration::from_secs(10), "{signal}: programs are left");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
