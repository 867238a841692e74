//! Floods: what arrives, what is lost, and what it costs in memory. Each in a process of its own, so that nothing else is
//! counted; `cargo test --release` for figures that mean something.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use yagura_event::{Event, EventKind, SensorMode};
use yagura_sensor::{Sensor, SensorHandle, SensorOptions};

use super::{alone, run, start::again};

// Opens numbered paths at a steady pace: pace a second, for so many seconds.
const OPENER: &str = r#"
    #include <fcntl.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <time.h>
    int main(int argc, char **argv) {
        long pace = atol(argv[1]), total = pace * atol(argv[2]);
        char path[64] = "/nonexistent/flood/";
        struct timespec begin, now;
        clock_gettime(CLOCK_MONOTONIC, &begin);
        for (long i = 0; i < total; i++) {
            char *at = path + 19; long n = i; int digits = 1;
            for (long rest = n; rest >= 10; rest /= 10) digits++;
            at[digits] = 0;
            while (digits--) { at[digits] = '0' + n % 10; n /= 10; }
            open(path, O_RDONLY);
            while (i % 100 == 99) {
                clock_gettime(CLOCK_MONOTONIC, &now);
                double past = (now.tv_sec - begin.tv_sec) + (now.tv_nsec - begin.tv_nsec) / 1e9;
                if (i < past * pace) break;
            }
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
        printf("%.3f\n", (now.tv_sec - begin.tv_sec) + (now.tv_nsec - begin.tv_nsec) / 1e9);
    }
"#;

// Children that end at once, so many.
const FORKER: &str = r#"
    #include <stdlib.h>
    #include <sys/wait.h>
    #include <unistd.h>
    int main(int argc, char **argv) {
        for (long i = atol(argv[1]); i > 0; i--) {
            pid_t child = fork();
            if (child == 0) _exit(0);
            if (child > 0) waitpid(child, 0, 0);
        }
    }
"#;

// Names removed one after the other, with a rest of 30 ms before each: so many.
const RESTER: &str = r#"
    #include <stdlib.h>
    #include <time.h>
    #include <unistd.h>
    int main(int argc, char **argv) {
        struct timespec rest = {0, 30000000};
        for (long i = atol(argv[1]); i > 0; i--) {
            nanosleep(&rest, 0);
            unlink("/nonexistent/after-a-rest");
        }
    }
"#;

// Calls that fail at once and are told through the ring of what matters, without end; or once.
const CROWDER: &str = r#"
    #define _GNU_SOURCE
    #include <sched.h>
    #include <sys/ptrace.h>
    #include <unistd.h>
    int main(int argc, char **argv) {
        do {
            setns(-1, 0);
            ptrace(PTRACE_ATTACH, 0, 0, 0);
            execl("/nonexistent/program", "x", (char *)0);
        } while (argc < 2);
    }
"#;

fn compiled(dir: &Path, source: &str) -> Option<PathBuf> {
    let (code, program) = (dir.join("program.c"), dir.join("program"));
    fs::write(&code, source).expect("writable");
    let built = Command::new("cc").args(["-O2", "-o"]).args([&program, &code]).status();
    built.is_ok_and(|status| status.success()).then_some(program)
}

/// A sensor whose events are counted and dropped.
struct Counted {
    handle: SensorHandle,
    opens: Arc<AtomicU64>,
    ended: Arc<Mutex<BTreeMap<u32, i64>>>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Counted {
    fn start(kinds: &[EventKind]) -> Self {
        let kinds = kinds.iter().copied().collect();
        let options = SensorOptions { mode: Some(SensorMode::Ebpf), kinds, ..SensorOptions::default() };
        let sensor = Sensor::start(options).expect("a sensor");
        let handle = sensor.handle();
        let opens = Arc::<AtomicU64>::default();
        let ended = Arc::<Mutex<BTreeMap<u32, i64>>>::default();
        let stop = Arc::<AtomicBool>::default();
        let (count, ends, flag) = (Arc::clone(&opens), Arc::clone(&ended), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let _ = sensor.run(&flag, |event| match event.kind {
                EventKind::Openat
                    if event.fd.as_ref().is_some_and(|fd| fd.name.starts_with("/nonexistent/flood/")) =>
                {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                EventKind::ProcExit if &*event.process.name == "program" => {
                    ends.lock().expect("not poisoned").insert(event.process.pid, event.result);
                }
                _ => {}
            });
        });
        Self { handle, opens, ended, stop, thread: Some(thread) }
    }

    fn wait_for_end(&self, pid: u32) {
        let begin = Instant::now();
        while !self.ended.lock().expect("not poisoned").contains_key(&pid) {
            assert!(begin.elapsed() < Duration::from_secs(120), "its end was not seen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn lost(&self) -> BTreeMap<String, u64> {
        self.handle.status().losses.into_iter().map(|loss| (loss.place, loss.count)).collect()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

// Runs the test again in a process of its own, with the machine to itself.
fn apart(test: &str, mark: &str) {
    let Some(seen) = alone(test) else { return };
    let output = again(&format!("load::{test}"), mark, &[]).output().expect("this binary");
    // The sensor of the other tests saw the flood, too: it has to come to its end before they go on.
    let begin = Instant::now();
    for round in 0.. {
        let path = format!("/nonexistent/caught-up/{mark}/{round}");
        run("cat", &[&path]);
        std::thread::sleep(Duration::from_millis(200));
        let events = seen.events.lock().expect("not poisoned");
        let is_it = |event: &Event| event.fd.as_ref().is_some_and(|fd| *fd.name == *path);
        if events.iter().rev().take(2_000).any(is_it) {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(120), "the sensor does not catch up");
    }
    let text = String::from_utf8_lossy(&output.stdout);
    // The harness writes the test's name before what it says.
    let said = text.lines().filter_map(|line| line.find("* ").or(line.find("SKIPPED")).map(|at| &line[at..]));
    said.for_each(|line| println!("{line}"));
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_hundred_thousand_events_a_second_arrive_or_are_counted_as_lost() {
    let test = "a_hundred_thousand_events_a_second_arrive_or_are_counted_as_lost";
    if std::env::var_os("YAGURA_TEST_FLOOD").is_none() {
        return apart(test, "YAGURA_TEST_FLOOD");
    }
    let dir = tempfile::tempdir().expect("a folder");
    let Some(program) = compiled(dir.path(), OPENER) else { return println!("SKIPPED {test}: needs cc") };
    let (pace, seconds) = (number("YAGURA_TEST_PACE", 100_000), number("YAGURA_TEST_SECONDS", 3));
    let counted = Counted::start(&[EventKind::Openat, EventKind::Open, EventKind::ProcExit]);
    let mut command = Command::new(&program);
    command.args([pace.to_string(), seconds.to_string()]).stdout(std::process::Stdio::piped());
    let child = command.spawn().expect("it was built");
    let pid = child.id();
    let output = child.wait_with_output().expect("waitable");
    counted.wait_for_end(pid);
    let (arrived, lost) = (counted.opens.load(Ordering::Relaxed), counted.lost());
    println!(
        "* {} opens in {} s: {arrived} arrived; lost {lost:?}; {} MB resident",
        pace * seconds,
        String::from_utf8_lossy(&output.stdout).trim(),
        counted.handle.status().memory_bytes >> 20
    );
    assert!(arrived + lost["ring_buffer.file"] >= pace * seconds, "{arrived} of {}", pace * seconds);
    assert!(arrived <= pace * seconds);
    assert_eq!(lost["ring_buffer.process"], 0);
    // Only other groups may not suffer: each counts its own.
    assert_eq!((lost["ring_buffer.network"], lost["malformed"]), (0, 0));
}

#[test]
fn a_flood_of_privileged_calls_loses_no_process() {
    let test = "a_flood_of_privileged_calls_loses_no_process";
    if std::env::var_os("YAGURA_TEST_CROWD").is_none() {
        return apart(test, "YAGURA_TEST_CROWD");
    }
    let dir = tempfile::tempdir().expect("a folder");
    let Some(program) = compiled(dir.path(), CROWDER) else { return println!("SKIPPED {test}: needs cc") };
    let counted = Counted::start(EventKind::ALL);
    let mut crowd: Vec<_> = (0..3).map(|_| Command::new(&program).spawn().expect("it was built")).collect();
    let begin = Instant::now();
    let mut started = Vec::new();
    while begin.elapsed() < Duration::from_secs(3) {
        let mut child = Command::new(&program).arg("once").spawn().expect("it was built");
        started.push(child.id());
        child.wait().expect("waitable");
    }
    for child in &mut crowd {
        let _ = child.kill();
        let _ = child.wait();
    }
    started.iter().for_each(|pid| counted.wait_for_end(*pid));
    let lost = counted.lost();
    println!("* {} programs among a crowd; lost {lost:?}", started.len());
    assert_eq!(lost["ring_buffer.process"], 0);
}

#[test]
fn memory_stays_flat_after_many_short_processes() {
    let test = "memory_stays_flat_after_many_short_processes";
    if std::env::var_os("YAGURA_TEST_FORKS").is_none() {
        return apart(test, "YAGURA_TEST_FORKS");
    }
    let dir = tempfile::tempdir().expect("a folder");
    let Some(program) = compiled(dir.path(), FORKER) else { return println!("SKIPPED {test}: needs cc") };
    let rounds = number("YAGURA_TEST_PROCESSES", 40_000) / 4;
    let counted = Counted::start(&[EventKind::Execve, EventKind::Clone, EventKind::ProcExit]);
    let mut resident = Vec::new();
    let begin = Instant::now();
    for _ in 0..4 {
        let mut child = Command::new(&program).arg(rounds.to_string()).spawn().expect("it was built");
        let pid = child.id();
        child.wait().expect("waitable");
        counted.wait_for_end(pid);
        counted.ended.lock().expect("not poisoned").clear();
        resident.push(counted.handle.status().memory_bytes >> 10);
    }
    let lost = counted.lost();
    println!("* {} processes in {:?}: resident {resident:?} kB, lost {lost:?}", rounds * 4, begin.elapsed());
    assert_eq!(lost["ring_buffer.process"], 0);
    // Rings that are read for the first time count from then on; after that nothing grows.
    assert!(resident[3] < resident[0] + 8_192, "{resident:?}");
    assert!(resident.iter().all(|kilobytes| *kilobytes < 80 << 10), "{resident:?}");
}

#[test]
fn the_first_event_after_a_rest_wakes_the_reader() {
    let test = "the_first_event_after_a_rest_wakes_the_reader";
    if std::env::var_os("YAGURA_TEST_REST").is_none() {
        return apart(test, "YAGURA_TEST_REST");
    }
    let dir = tempfile::tempdir().expect("a folder");
    let Some(program) = compiled(dir.path(), RESTER) else { return println!("SKIPPED {test}: needs cc") };
    let options = SensorOptions {
        mode: Some(SensorMode::Ebpf),
        kinds: [EventKind::Unlink].into(),
        ..SensorOptions::default()
    };
    let sensor = Sensor::start(options).expect("a sensor");
    let delays = Arc::<Mutex<Vec<i64>>>::default();
    let (sink, stop) = (Arc::clone(&delays), Arc::<AtomicBool>::default());
    let flag = Arc::clone(&stop);
    let thread = std::thread::spawn(move || {
        let _ = sensor.run(&flag, |event| {
            if event.fd.is_none() && &*event.process.name == "program" {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let now = i64::try_from(now.expect("after 1970").as_nanos()).expect("before 2262");
                sink.lock().expect("not poisoned").push((now - event.time.nanos()) / 1_000);
            }
        });
    });
    let done = Command::new(&program).arg("40").status().expect("it was built");
    assert!(done.success());
    std::thread::sleep(Duration::from_millis(200));
    stop.store(true, Ordering::Release);
    let _ = thread.join();
    let mut delays = delays.lock().expect("not poisoned").clone();
    delays.sort_unstable();
    assert_eq!(delays.len(), 40);
    println!("* microseconds from call to event: p50 {}, p95 {}", delays[20], delays[37]);
    // Whoever is not woken sleeps 50 ms: 25 in the mean.
    assert!(delays[20] < 12_000, "{delays:?}");
}

#[test]
fn what_is_still_there_after_a_loss_is_told_late() {
    let test = "what_is_still_there_after_a_loss_is_told_late";
    if std::env::var_os("YAGURA_TEST_RESCAN").is_none() {
        return apart(test, "YAGURA_TEST_RESCAN");
    }
    let dir = tempfile::tempdir().expect("a folder");
    let Some(program) = compiled(dir.path(), FORKER) else { return println!("SKIPPED {test}: needs cc") };
    let options = SensorOptions {
        mode: Some(SensorMode::Ebpf),
        kinds: [EventKind::Execve, EventKind::Listen, EventKind::ProcExit, EventKind::Clone].into(),
        ring_bytes: 1 << 16,
        ..SensorOptions::default()
    };
    let sensor = Sensor::start(options).expect("a sensor");
    let handle = sensor.handle();
    let (events, hold, stop) =
        (Arc::<Mutex<Vec<Event>>>::default(), Arc::new(AtomicBool::new(true)), Arc::<AtomicBool>::default());
    let (sink, held, flag) = (Arc::clone(&events), Arc::clone(&hold), Arc::clone(&stop));
    let thread = std::thread::spawn(move || {
        let _ = sensor.run(&flag, |event| {
            while held.load(Ordering::Acquire) {
                std::thread::sleep(Duration::from_millis(5));
            }
            if matches!(event.kind, EventKind::Execve | EventKind::Listen) {
                sink.lock().expect("not poisoned").push(event);
            }
        });
    });
    // The reader is held up at the first event: rings run full.
    let flood = |count: &str| Command::new(&program).arg(count).status().expect("it was built");
    assert!(flood("40000").success());
    let listen =
        "import socket,time\nl=[socket.socket() for _ in range(400)]\nfor s in l: s.listen()\ntime.sleep(99)";
    let mut late = [
        Command::new("sleep").arg("700.5").spawn().expect("it starts"),
        Command::new("python3").args(["-c", listen]).spawn().expect("it starts"),
    ];
    std::thread::sleep(Duration::from_secs(2));
    hold.store(false, Ordering::Release);
    let is_there = |what: &dyn Fn(&Event) -> bool| events.lock().expect("not poisoned").iter().any(what);
    let [sleeper, listener] = [late[0].id(), late[1].id()];
    let begin = Instant::now();
    let runs =
        |event: &Event, pid| event.kind == EventKind::Execve && event.result == 0 && event.process.pid == pid;
    let is_seen = || is_there(&|event| runs(event, sleeper)) && is_there(&|event| runs(event, listener));
    while !(is_seen() && handle.rescan().sockets > 0) && begin.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let lost = handle.status().losses;
    println!("* {:?} after {:?}; lost {lost:?}", handle.rescan(), begin.elapsed());
    for child in &mut late {
        let _ = child.kill();
        let _ = child.wait();
    }
    stop.store(true, Ordering::Release);
    let _ = thread.join();
    let count = |place: &str| lost.iter().find(|loss| loss.place == place).map_or(0, |loss| loss.count);
    assert!(
        count("ring_buffer.process") > 0 && count("ring_buffer.network") > 0,
        "nothing was lost: no test"
    );
    assert!(is_seen(), "{:?}", handle.rescan());
    let events = events.lock().expect("not poisoned");
    let found = events.iter().find(|event| runs(event, sleeper)).expect("it was seen");
    assert_eq!(&*found.process.cmdline, "sleep 700.5");
    assert_eq!(found.process.parent.get().map(|parent| parent.pid), Some(std::process::id()));
    assert!(handle.rescan().programs >= 2 && handle.rescan().sockets >= 1, "{:?}", handle.rescan());
    assert!(!events.iter().any(|event| event.process.name.starts_with("kworker")), "they run no program");
    assert!(events.iter().any(|event| event.kind == EventKind::Listen && event.process.pid == listener));
}
