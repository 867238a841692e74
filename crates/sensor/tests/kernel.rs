//! The sensor on the real kernel: real system calls, and what arrives of them.
//!
//! One sensor serves all checks; each does its thing in a child with a name of its own and looks for that child's events.
//! Without root or eBPF the tests say so and are skipped.

use std::{
    collections::BTreeSet,
    fs,
    net::{TcpListener, TcpStream, UdpSocket},
    os::unix::{ffi::OsStrExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use yagura_event::{ArgName, ArgValue, Event, EventKind, FdKind, Role, SensorMode};
use yagura_sensor::{Sensor, SensorHandle, SensorOptions};

struct Seen {
    events: Arc<Mutex<Vec<Event>>>,
    handle: SensorHandle,
}

static SEEN: OnceLock<Option<Seen>> = OnceLock::new();

// The one sensor of this test binary; it runs until the binary ends.
fn seen(test: &str) -> Option<&'static Seen> {
    let seen = SEEN.get_or_init(|| {
        let options = SensorOptions { mode: Some(SensorMode::Ebpf), ..SensorOptions::default() };
        let sensor = Sensor::start(options).map_err(|error| println!("{error}")).ok()?;
        let events = Arc::new(Mutex::new(Vec::new()));
        let (sink, handle) = (Arc::clone(&events), sensor.handle());
        std::thread::spawn(move || {
            let stop = AtomicBool::new(false);
            let _ = sensor
                .run(&stop, |event| sink.lock().expect("no test panics while it holds this").push(event));
        });
        Some(Seen { events, handle })
    });
    if seen.is_none() {
        println!("SKIPPED {test}: needs root and a kernel with eBPF");
    }
    seen.as_ref()
}

impl Seen {
    // The first event that fits; waits for it a while.
    fn find(&self, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
        let begin = Instant::now();
        loop {
            if let Some(event) = self.events.lock().expect("not poisoned").iter().find(|event| fits(event)) {
                return event.clone();
            }
            assert!(begin.elapsed() < Duration::from_secs(10), "{what} was not seen");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn text(event: &Event, name: ArgName) -> String {
    event.arg(name).map(ArgValue::render).unwrap_or_default()
}

fn run(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> u32 {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let pid = child.id();
    child.wait().expect("a child can be waited for");
    pid
}

#[test]
fn an_opened_file_has_the_kernels_path_and_the_callers() {
    let Some(seen) = seen("an_opened_file_has_the_kernels_path_and_the_callers") else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let link = dir.path().join("link");
    std::os::unix::fs::symlink("/etc/hostname", &link).expect("a link");
    let through =
        format!("{}/../{}/link", dir.path().display(), dir.path().file_name().expect("a name").display());
    let pid = run("cat", &[&through]);
    let event = seen.find("the open", |event| {
        event.process.pid == pid
            && event.fd.as_ref().is_some_and(|fd| fd.raw_name.as_deref() == Some(&through))
    });
    let fd = event.fd.as_ref().expect("found by it");
    assert_eq!(&*fd.name, "/etc/hostname");
    assert_eq!(fd.kind, FdKind::File);
    assert!(event.succeeded() && fd.number >= 0);
    assert!(text(&event, ArgName::Flags).contains("O_RDONLY"));

    let pid = run("cat", &["/nonexistent/file"]);
    let event = seen.find("the failed open", |event| {
        event.process.pid == pid && event.fd.as_ref().is_some_and(|fd| &*fd.name == "/nonexistent/file")
    });
    assert_eq!(event.result, -2);
}

#[test]
fn a_program_has_its_arguments_its_folder_and_its_ancestors() {
    let Some(seen) = seen("a_program_has_its_arguments_its_folder_and_its_ancestors") else { return };
    let mut child = Command::new("/bin/sh");
    child.args([
        "-c",
        "sleep 0.1; :",
        "zero",
        std::ffi::OsStr::from_bytes(b"\xff\xfe").to_str().unwrap_or("odd"),
    ]);
    let mut child = child.current_dir("/usr").env("YAGURA_TEST_MARK", "1").spawn().expect("a shell");
    let pid = child.id();
    child.wait().expect("waitable");
    let event = seen.find("the shell", |event| {
        event.kind == EventKind::Execve && event.process.pid == pid && event.succeeded()
    });
    let process = &event.process;
    assert_eq!((&*process.name, &*process.cwd), ("sh", "/usr"));
    assert_eq!(&*process.args[0], "-c");
    assert!(process.env.iter().any(|entry| &**entry == "YAGURA_TEST_MARK=1"));
    assert!(process.exe_file.path.starts_with("/usr/bin/"), "{}", process.exe_file.path);
    assert_eq!(process.ancestors().next().map(|parent| parent.pid), Some(std::process::id()));
    assert_eq!(process.credentials.user.name.as_deref(), Some("root"));
    let sleep = seen.find("its child", |event| {
        event.kind == EventKind::Execve && &*event.process.name == "sleep" && event.process.ppid == pid
    });
    assert_eq!(&*sleep.process.ancestor(1).expect("a parent").cmdline, &*process.cmdline);
    seen.find("its end", |event| event.kind == EventKind::ProcExit && event.process.pid == pid);
}

#[test]
fn a_megabyte_of_arguments_is_cut_and_not_lost() {
    let Some(seen) = seen("a_megabyte_of_arguments_is_cut_and_not_lost") else { return };
    // A single argument may have 128 KiB.
    let long = "x".repeat(100_000);
    let args: Vec<&str> = std::iter::once("start").chain(std::iter::repeat_n(long.as_str(), 10)).collect();
    let pid = run("/bin/true", &args);
    let event = seen.find("the program", |event| event.kind == EventKind::Execve && event.process.pid == pid);
    assert_eq!(&*event.process.args[0], "start");
    let kept: usize = event.process.args.iter().map(|arg| arg.len()).sum();
    assert!((4_000..=4_096).contains(&kept), "{kept}");
}

#[test]
fn a_failed_exec_tells_what_was_tried() {
    let Some(seen) = seen("a_failed_exec_tells_what_was_tried") else { return };
    let _refused = Command::new("/nonexistent/program").spawn();
    let event = seen.find("the attempt", |event| {
        event.kind == EventKind::Execve && text(event, ArgName::Filename) == "/nonexistent/program"
    });
    assert_eq!(event.result, -2);
}

#[test]
fn connections_have_both_ends_and_know_who_began() {
    let Some(seen) = seen("connections_have_both_ends_and_know_who_began") else { return };
    // The sensor does not look at its own process, so a child connects.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let pid = run("bash", &["-c", &format!("exec 3<>/dev/tcp/127.0.0.1/{port}")]);
    let event = seen.find("the connection", |event| {
        event.kind == EventKind::Connect
            && event.process.pid == pid
            && event.fd.as_ref().is_some_and(|fd| fd.kind == FdKind::Ipv4)
    });
    let socket = event.fd.as_ref().and_then(|fd| fd.socket.as_ref()).expect("a socket");
    assert_eq!(socket.role, Role::Client);
    assert_eq!(socket.server().map(|end| end.port()), Some(port));
    assert!(socket.local.is_some_and(|end| end.port() != 0));
    drop(TcpStream::connect(("127.0.0.1", port)));

    let receiver = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let port = receiver.local_addr().expect("an address").port();
    let pid = run("bash", &["-c", &format!("echo x >/dev/udp/127.0.0.1/{port}")]);
    let event = seen.find("the datagram", |event| {
        event.process.pid == pid
            && event
                .fd
                .as_ref()
                .and_then(|fd| fd.socket.as_ref())
                .is_some_and(|socket| socket.remote.is_some_and(|end| end.port() == port))
    });
    assert_eq!(
        event.fd.as_ref().and_then(|fd| fd.socket.as_ref()).map(|socket| socket.protocol.name()),
        Some("udp")
    );
}

#[test]
fn changes_to_files_have_absolute_paths() {
    let Some(seen) = seen("changes_to_files_have_absolute_paths") else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name).display().to_string();
    let script = "echo a > one; mv one two; ln two three; ln -s two four; chmod 4755 two; mkdir sub; rmdir sub; rm three";
    let mut child = Command::new("sh").args(["-c", script]).current_dir(dir.path()).spawn().expect("a shell");
    let shell = child.id();
    child.wait().expect("waitable");
    let below = |event: &Event| {
        event.process.pid == shell || event.process.ancestors().any(|parent| parent.pid == shell)
    };
    let check = |what: &str, kinds: &[EventKind], name: ArgName, path: &str| {
        seen.find(what, |event| {
            kinds.contains(&event.kind) && below(event) && text(event, name) == path && event.succeeded()
        })
    };
    use EventKind::{
        Chmod, Fchmodat, Link, Linkat, Mkdir, Mkdirat, Rename, Renameat, Renameat2, Rmdir, Symlink,
        Symlinkat, Unlink, Unlinkat,
    };
    check("the rename", &[Rename, Renameat, Renameat2], ArgName::Newpath, &at("two"));
    check("the link", &[Link, Linkat], ArgName::Newpath, &at("three"));
    let link = check("the symbolic link", &[Symlink, Symlinkat], ArgName::Linkpath, &at("four"));
    assert_eq!(text(&link, ArgName::Target), "two");
    let mode = check("the mode", &[Chmod, Fchmodat], ArgName::Filename, &at("two"));
    assert!(text(&mode, ArgName::Mode).contains("S_ISUID"));
    check("the folder", &[Mkdir, Mkdirat], ArgName::Path, &at("sub"));
    let gone =
        |event: &Event| text(event, ArgName::Path) == at("sub") || text(event, ArgName::Name) == at("sub");
    seen.find("its removal", |event| [Rmdir, Unlinkat].contains(&event.kind) && below(event) && gone(event));
    let gone = |event: &Event| {
        text(event, ArgName::Path) == at("three") || text(event, ArgName::Name) == at("three")
    };
    seen.find("the removal", |event| [Unlink, Unlinkat].contains(&event.kind) && below(event) && gone(event));
}

#[test]
fn another_user_is_seen_as_such_from_then_on() {
    let Some(seen) = seen("another_user_is_seen_as_such_from_then_on") else { return };
    let mut child = Command::new("cat")
        .arg("/etc/hostname")
        .uid(65534)
        .gid(65534)
        .stdout(Stdio::null())
        .spawn()
        .expect("cat");
    let pid = child.id();
    child.wait().expect("waitable");
    let event = seen.find("setuid", |event| event.process.pid == pid && event.kind == EventKind::Setuid);
    assert_eq!(text(&event, ArgName::Uid), "nobody");
    let event = seen.find("the open", |event| {
        event.process.pid == pid && event.fd.as_ref().is_some_and(|fd| &*fd.name == "/etc/hostname")
    });
    assert_eq!(event.process.credentials.user.name.as_deref(), Some("nobody"));
}

#[test]
fn a_program_without_a_file_is_flagged() {
    let Some(seen) = seen("a_program_without_a_file_is_flagged") else { return };
    let name = std::ffi::CString::new("yagura-payload").expect("no zero byte");
    let memory =
        nix::sys::memfd::memfd_create(name.as_c_str(), nix::sys::memfd::MFdFlags::empty()).expect("a memfd");
    let mut file = fs::File::from(memory);
    std::io::Write::write_all(&mut file, &fs::read("/bin/true").expect("readable")).expect("writable");
    let path = format!("/proc/{}/fd/{}", std::process::id(), std::os::fd::AsRawFd::as_raw_fd(&file));
    // Written and executed at once is refused: the child opens it again for reading.
    let read = fs::File::open(&path).expect("readable");
    drop(file);
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&read));
    nix::fcntl::fcntl(&read, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty()))
        .expect("inheritable");
    let pid = run(&path, &["quiet"]);
    let event = seen.find("the program", |event| {
        event.kind == EventKind::Execve && event.process.pid == pid && event.succeeded()
    });
    assert!(event.process.exe_file.memfd, "{:?}", event.process.exe_file);
    assert!(text(&event, ArgName::Flags).contains("EXE_FROM_MEMFD"));
}

#[test]
fn a_new_pid_namespace_shows_both_numbers() {
    let Some(seen) = seen("a_new_pid_namespace_shows_both_numbers") else { return };
    let mark = format!("0.{}", std::process::id());
    run("unshare", &["--pid", "--fork", "sleep", &mark]);
    let event = seen.find("the program", |event| {
        event.kind == EventKind::Execve
            && event.process.args.iter().any(|arg| **arg == *mark)
            && &*event.process.name == "sleep"
    });
    assert_eq!(event.process.vpid, 1);
    assert!(event.process.pid > 1);
    seen.find("unshare", |event| {
        event.kind == EventKind::Unshare && text(event, ArgName::Flags).contains("CLONE_NEWPID")
    });
}

#[test]
fn twenty_thousand_short_processes_leave_the_table_small() {
    let Some(seen) = seen("twenty_thousand_short_processes_leave_the_table_small") else { return };
    let before = seen.handle.status().processes;
    let pid = run("sh", &["-c", "i=0; while [ $i -lt 20000 ]; do (:) ; i=$((i+1)); done"]);
    seen.find("the end of the shell", |event| event.kind == EventKind::ProcExit && event.process.pid == pid);
    let status = seen.handle.status();
    assert!(status.processes < before + 500, "{} processes after {before}", status.processes);
    let lost: u64 =
        status.losses.iter().filter(|loss| loss.place == "ring_buffer_process").map(|loss| loss.count).sum();
    assert_eq!(lost, 0);
}

#[test]
fn every_numbered_open_arrives_or_is_counted_as_lost() {
    let Some(seen) = seen("every_numbered_open_arrives_or_is_counted_as_lost") else { return };
    const OPENS: usize = 50_000;
    let lost = || {
        seen.handle
            .status()
            .losses
            .iter()
            .filter(|loss| loss.place == "ring_buffer")
            .map(|loss| loss.count)
            .sum::<u64>()
    };
    let before = lost();
    let script = format!("i=0; while [ $i -lt {OPENS} ]; do : < /dev/null/$i; i=$((i+1)); done");
    let begin = Instant::now();
    let pid = run("bash", &["-c", &script]);
    let took = begin.elapsed();
    seen.find("the end of the shell", |event| event.kind == EventKind::ProcExit && event.process.pid == pid);
    let events = seen.events.lock().expect("not poisoned");
    let numbered = events
        .iter()
        .filter(|event| event.process.pid == pid)
        .filter_map(|event| event.fd.as_ref()?.name.strip_prefix("/dev/null/")?.parse::<usize>().ok());
    let arrived: BTreeSet<usize> = numbered.collect();
    drop(events);
    let lost = lost() - before;
    println!("{OPENS} opens in {took:?}: {} arrived, {lost} lost", arrived.len());
    assert!(arrived.len() as u64 + lost >= OPENS as u64, "{} arrived, {lost} lost", arrived.len());
}

#[test]
fn nothing_is_left_in_the_kernel() {
    let Some(_seen) = seen("nothing_is_left_in_the_kernel") else { return };
    let ids = || {
        let output = Command::new("bpftool").args(["prog", "list"]).output().expect("bpftool is installed");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().filter_map(|line| line.split(':').next()?.parse::<u32>().ok()).collect::<BTreeSet<u32>>()
    };
    let before = ids();
    let sensor = Sensor::start(SensorOptions {
        mode: Some(SensorMode::Ebpf),
        ring_bytes: 1 << 16,
        ..SensorOptions::default()
    });
    let sensor = sensor.expect("a second sensor beside the first");
    let with = ids();
    assert!(with.len() > before.len());
    sensor.run(&AtomicBool::new(true), |_| {}).expect("it ends at once");
    let begin = Instant::now();
    // The kernel frees programs a moment after their last user is gone.
    while ids().difference(&before).any(|id| with.contains(id)) {
        assert!(begin.elapsed() < Duration::from_secs(10), "programs are left");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn without_privileges_procfs_shows_a_new_program() {
    let options = SensorOptions { mode: Some(SensorMode::Procfs), ..SensorOptions::default() };
    let sensor = Sensor::start(options).expect("procfs is always there");
    let stop = Arc::new(AtomicBool::new(false));
    let (flag, found) = (Arc::clone(&stop), Arc::new(AtomicBool::new(false)));
    let seen = Arc::clone(&found);
    let thread = std::thread::spawn(move || {
        let _ = sensor.run(&flag, |event| {
            if event.kind == EventKind::Execve && event.process.args.iter().any(|arg| &**arg == "3.25") {
                seen.store(true, Ordering::Release);
            }
        });
    });
    std::thread::sleep(Duration::from_millis(400));
    let mut child = Command::new("sleep").arg("3.25").spawn().expect("sleep");
    let begin = Instant::now();
    while !found.load(Ordering::Acquire) && begin.elapsed() < Duration::from_secs(3) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    stop.store(true, Ordering::Release);
    thread.join().expect("no panic");
    assert!(found.load(Ordering::Acquire));
    assert!(Path::new("/proc/self").exists());
}
