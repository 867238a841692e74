//! The whole program from outside: the real binary, the real kernel, a data directory of its own.
//!
//! Tests that need root and eBPF say so and are skipped without.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_yagura");
// The sensor sees the whole machine: two tests at once would see each other's attacks.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

struct Server {
    child: Child,
    data: PathBuf,
    log: PathBuf,
    port: u16,
    _dir: Option<tempfile::TempDir>,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

impl Server {
    fn start(extra: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let data = dir.path().join("data");
        let mut server = Self::start_in(&data, free_port(), extra);
        server._dir = Some(dir);
        server
    }

    fn start_in(data: &Path, port: u16, extra: &[&str]) -> Self {
        let log = data.parent().expect("the data directory has a parent").join(format!("log-{port}"));
        let out = File::options().create(true).append(true).open(&log).expect("writable");
        let child = Command::new(BINARY)
            .args(["up", "--data"])
            .arg(data)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .args(extra)
            .stdout(out.try_clone().expect("a second handle"))
            .stderr(out)
            .stdin(Stdio::null())
            .spawn()
            .expect("the binary starts");
        Self { child, data: data.to_owned(), log, port, _dir: None }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn wait_until(&mut self, what: &str, mut ready: impl FnMut(&Self) -> bool) -> Duration {
        let begin = Instant::now();
        while !ready(self) {
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "{what} did not happen; sensor:\n{:#}\nlog:\n{}",
                self.control("GET", "/v1/sensor", "").unwrap_or_default(),
                self.log()
            );
            if let Some(status) = self.child.try_wait().expect("waitable") {
                panic!("the server ended with {status}; log:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        begin.elapsed()
    }

    fn ready(&mut self) -> Duration {
        self.wait_until("readiness", |server| {
            server.get("/healthz").is_some() && server.control("GET", "/v1/sensor", "").is_some()
        })
    }

    fn get(&self, path: &str) -> Option<String> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        exchange(stream, "GET", path, "")
    }

    fn control(&self, method: &str, path: &str, body: &str) -> Option<Value> {
        let stream = UnixStream::connect(self.data.join("yagura.sock")).ok()?;
        serde_json::from_str(&exchange(stream, method, path, body)?).ok()
    }

    fn findings(&self, rule: &str) -> Vec<Value> {
        let path = format!("/v1/findings?rule={}", rule.replace(' ', "%20"));
        let answer = self.control("GET", &path, "").unwrap_or(Value::Null);
        answer["items"].as_array().cloned().unwrap_or_default()
    }

    fn signal(&self, signal: &str) {
        let done = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(done.expect("kill exists").success());
    }

    fn stop(mut self) -> std::process::ExitStatus {
        self.signal("-TERM");
        self.child.wait().expect("waitable")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// One HTTP exchange; the body of an answer that succeeded.
fn exchange(mut stream: impl Read + Write, method: &str, path: &str, body: &str) -> Option<String> {
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-yagura-csrf: 1\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status).ok()?;
    let mut length = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse::<u64>().ok();
        }
    }
    let mut text = String::new();
    reader.take(length.unwrap_or(u64::MAX)).read_to_string(&mut text).ok()?;
    status.split(' ').nth(1).is_some_and(|code| code.starts_with('2')).then_some(text)
}

fn run(args: &[&str]) -> Output {
    Command::new(BINARY).args(args).env_remove("YAGURA_CONFIG").output().expect("the binary starts")
}

fn privileged(test: &str) -> bool {
    let output = run(&["sensor", "status", "--format", "json", "--data", "/nonexistent"]);
    let status: Value = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let able = status["mode"] == "ebpf";
    if !able {
        println!("SKIPPED {test}: needs root and a kernel with eBPF; {}", status["mode_reasons"]);
    }
    able
}

// A program that no rule knows reads the password hashes.
fn attack(dir: &Path) {
    let reader = dir.join("harvest");
    fs::copy("/bin/cat", &reader).expect("cat can be copied");
    let done = Command::new(&reader).arg("/etc/shadow").stdout(Stdio::null()).stderr(Stdio::null()).status();
    done.expect("the copy runs");
}

const SHADOW_RULE: &str = "- rule: Harvest\n  desc: d\n  condition: evt.type in (open, openat, openat2) and fd.name = /etc/shadow and proc.name = harvest\n  output: \"%proc.name read %fd.name\"\n  priority: CRITICAL\n  tags: [T1003.008]\n";

fn rules_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("harvest.yaml"), SHADOW_RULE).expect("writable");
    dir
}

#[test]
fn an_attack_becomes_a_finding_and_can_be_hunted() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if !privileged("an_attack_becomes_a_finding_and_can_be_hunted") {
        return;
    }
    let rules = rules_dir();
    let mut server = Server::start(&["--rules", rules.path().to_str().expect("UTF-8")]);
    server.ready();
    assert!(server.log().contains("/setup?token="), "{}", server.log());

    attack(rules.path());
    let delay = server.wait_until("the finding", |server| !server.findings("Harvest").is_empty());
    println!("from attack to API: {delay:?}");
    assert!(delay < Duration::from_secs(5), "{delay:?}");
    let finding = server.findings("Harvest").remove(0);
    assert_eq!(finding["severity"], "critical");
    let id = finding["id"].as_str().expect("an id");
    let whole = server.control("GET", &format!("/v1/findings/{id}"), "").expect("the finding");
    let event = &whole["evidence"][0]["event"];
    assert_eq!(event["file"]["path"], "/etc/shadow");
    assert_eq!(event["actor"]["process"]["name"], "harvest");
    assert_eq!(event["actor"]["process"]["parent_process"]["pid"], u64::from(std::process::id()));

    let sql = "SELECT process_name, file_path, rules FROM events WHERE process_name = 'harvest' AND file_path = '/etc/shadow'";
    let mut rows = Value::Null;
    server.wait_until("the event in the store", |server| {
        let output = run(&["hunt", sql, "--format", "json", "--data", server.data.to_str().expect("UTF-8")]);
        rows = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        rows.as_array().is_some_and(|rows| !rows.is_empty())
    });
    assert!(rows[0]["rules"].to_string().contains("Harvest"), "{rows}");
    let data = server.data.clone();
    let dir = server._dir.take();
    assert!(server.stop().success());
    // The same answer without a server.
    let output = run(&["hunt", sql, "--format", "csv", "--data", data.to_str().expect("UTF-8")]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("harvest,/etc/shadow"), "{output:?}");
    drop(dir);
}

#[test]
fn after_kill_9_it_is_back_within_two_seconds_and_nothing_is_corrupt() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if !privileged("after_kill_9_it_is_back_within_two_seconds_and_nothing_is_corrupt") {
        return;
    }
    let rules = rules_dir();
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("data");
    let port = free_port();
    let extra = ["--rules", rules.path().to_str().expect("UTF-8")];
    let mut seen = 0;
    for round in 0..4 {
        let mut server = Server::start_in(&data, port, &extra);
        let took = server.ready();
        println!("round {round}: ready after {took:?}");
        let before =
            server.findings("Harvest").first().map_or(0, |finding| finding["count"].as_u64().unwrap_or(0));
        assert!(before >= seen, "a finding is missing: {before} after {seen}");
        attack(rules.path());
        server.wait_until("the finding", |server| {
            seen = server
                .findings("Harvest")
                .first()
                .map_or(0, |finding| finding["count"].as_u64().unwrap_or(0));
            seen > before
        });
        // Busy while it dies; what is older than a second must survive.
        let mut load =
            Command::new("sh").args(["-c", "while :; do /bin/true; done"]).spawn().expect("a shell");
        std::thread::sleep(Duration::from_millis(1300 + 70 * round));
        server.signal("-KILL");
        let _ = server.child.wait();
        let _ = load.kill();
        let _ = load.wait();
    }
    let mut server = Server::start_in(&data, port, &extra);
    let took = server.ready();
    assert!(took < Duration::from_secs(10), "ready after {took:?}");
    let events = server.control(
        "POST",
        "/v1/hunt",
        r#"{"sql":"SELECT count(*) AS n FROM events WHERE process_name = 'true'","limit":10}"#,
    );
    let rows = events.expect("the store answers")["rows"][0][0].as_u64().unwrap_or(0);
    assert!(rows > 100, "{rows} events of the load survived");
    assert!(server.stop().success());
}

#[test]
fn ends_without_leaving_a_probe_behind() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if !privileged("ends_without_leaving_a_probe_behind") {
        return;
    }
    let programs = || -> Vec<u64> {
        let output =
            Command::new("bpftool").args(["prog", "list", "-j"]).output().expect("bpftool is installed");
        let programs: Value = serde_json::from_slice(&output.stdout).expect("bpftool's JSON");
        programs.as_array().into_iter().flatten().filter_map(|program| program["id"].as_u64()).collect()
    };
    let mut server = Server::start(&[]);
    server.ready();
    // The kernel says of a descriptor which program it holds.
    let infos = fs::read_dir(format!("/proc/{}/fdinfo", server.child.id())).expect("our own child");
    let texts = infos.flatten().filter_map(|info| fs::read_to_string(info.path()).ok());
    let ours: Vec<u64> = texts
        .filter_map(|text| text.lines().find_map(|line| line.strip_prefix("prog_id:")?.trim().parse().ok()))
        .collect();
    assert!(ours.len() >= 4, "{ours:?}");
    assert!(server.stop().success());
    let begin = Instant::now();
    // The kernel frees programs a moment after their last user is gone.
    while programs().iter().any(|id| ours.contains(id)) {
        assert!(begin.elapsed() < Duration::from_secs(10), "programs are left");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_taken_port_is_said_and_protection_goes_on() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let dir = tempfile::tempdir().expect("a folder");
    let mut server = Server::start_in(&dir.path().join("data"), port, &["--sensor", "procfs"]);
    server.wait_until("the message", |server| server.log().contains("cannot be listened on"));
    server.wait_until("the control socket", |server| server.control("GET", "/v1/sensor", "").is_some());
    drop(taken);
    server.wait_until("the freed port", |server| server.get("/healthz").is_some());
    assert!(server.stop().success());
}

#[test]
fn garbage_rules_are_reported_and_the_good_ones_work() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let rules = rules_dir();
    fs::write(rules.path().join("a-garbage.yaml"), [0u8, 159, 146, 150]).expect("writable");
    fs::write(rules.path().join("b-broken.yaml"), "- rule: [\n").expect("writable");
    let path = rules.path().to_str().expect("UTF-8");
    let output = run(&["rules", "lint", path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let files: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(files.as_array().map(Vec::len), Some(3));

    let mut server = Server::start(&["--sensor", "procfs", "--rules", path, "--no-builtin-rules"]);
    server.ready();
    let answer = server.control("GET", "/v1/rules", "").expect("the rules");
    assert_eq!(answer["rules"].as_array().map(Vec::len), Some(1), "{answer}");
    assert!(answer["diagnostics"].as_array().is_some_and(|list| list.len() >= 2), "{answer}");
    assert!(server.stop().success());
}

#[test]
fn without_privileges_it_says_what_it_cannot_see() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let dir = tempfile::tempdir().expect("a folder");
    // The build folder may be closed to others.
    let binary = dir.path().join("yagura");
    fs::copy(BINARY, &binary).expect("the binary can be copied");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).expect("ours");
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&binary);
        command
    } else {
        Command::new(&binary)
    };
    let output = command
        .args(["sensor", "status", "--format", "json", "--data"])
        .arg(dir.path())
        .output()
        .expect("it starts");
    let status: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    // Since Linux 6.6 the process connector is open to everybody; before, procfs is what is left.
    assert!(matches!(status["mode"].as_str(), Some("procfs" | "proc_connector")), "{status}");
    assert!(status["mode_reasons"].as_array().is_some_and(|list| !list.is_empty()), "{status}");
    assert!(status["blind_spots"].as_array().is_some_and(|list| !list.is_empty()), "{status}");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut first = Server::start(&["--sensor", "off"]);
    first.ready();
    let second = run(&[
        "up",
        "--sensor",
        "off",
        "--data",
        first.data.to_str().expect("UTF-8"),
        "--listen",
        "127.0.0.1:1",
    ]);
    assert_eq!(second.status.code(), Some(3), "{second:?}");
    assert!(String::from_utf8_lossy(&second.stderr).contains("hint:"), "{second:?}");
    assert!(first.stop().success());
}

#[test]
fn usage_errors_exit_with_2_and_say_what_to_do() {
    let missing = run(&["rules", "lint", "/no/such/file.yaml"]);
    assert_eq!(missing.status.code(), Some(2));
    let unknown = Command::new(BINARY)
        .args(["config", "show"])
        .env("YAGURA_SERVER_LISTEN", "nonsense")
        .output()
        .expect("it starts");
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
}

// Whether a copy of `false` at this path ran; it ends with 1 then.
fn ran(path: &Path) -> bool {
    Command::new(path).stdin(Stdio::null()).status().is_ok_and(|status| status.code() == Some(1))
}

#[test]
fn what_a_rule_prevents_does_not_happen_while_the_server_lives_and_nobody_waits_for_it() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if !privileged("what_a_rule_prevents_does_not_happen") {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let (named, gated) = (dir.path().join("y_named"), dir.path().join("y_gated"));
    for file in [&named, &gated] {
        fs::copy("/bin/false", file).expect("a copy");
    }
    let rule = |name: &str, condition: &str| {
        format!(
            "- rule: {name}\n  desc: d\n  condition: evt.type = execve and {condition}\n  output: o %proc.name\n  \
             priority: CRITICAL\n"
        )
    };
    let text = rule("Named", "proc.name = y_named")
        + &rule("Gated", &format!("proc.exepath = {} and container.id = host", gated.display()));
    let rules = dir.path().join("rules.yaml");
    fs::write(&rules, text).expect("writable");
    let rules = rules.to_str().expect("UTF-8");
    let mut server =
        Server::start(&["--rules", rules, "--no-builtin-rules", "--prevent", "Named", "--prevent", "Gat*"]);
    server.ready();
    server.wait_until("prevention", |_| !ran(&named) && !ran(&gated));
    for rule in ["Named", "Gated"] {
        server.wait_until("the finding", |server| {
            let is_blocked = |finding: &Value| {
                let id = finding["id"].as_str().unwrap_or_default();
                let whole = server.control("GET", &format!("/v1/findings/{id}"), "").unwrap_or(Value::Null);
                let evidence = whole["evidence"].as_array().cloned().unwrap_or_default();
                evidence.iter().any(|piece| piece["fields"]["blocked"] == true)
            };
            server.findings(rule).iter().any(is_blocked)
        });
        server.wait_until("the audit trail", |server| {
            let answer = server.control("GET", "/v1/audit", "").unwrap_or(Value::Null).to_string();
            answer.contains("prevent_refused") && answer.contains(rule)
        });
    }
    let status = server.control("GET", "/v1/sensor", "").expect("a status");
    let lines = status["capabilities"].as_array().expect("a list");
    assert!(
        lines.iter().any(|line| line["name"] == "prevent: Named" && line["available"] == true),
        "{lines:?}"
    );

    // Stopped, it is not needed: the kernel and the responder go on.
    server.signal("-STOP");
    let begin = Instant::now();
    assert!(!ran(&named) && !ran(&gated));
    assert!(Command::new("/bin/true").status().expect("it starts").success());
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    server.signal("-CONT");

    let data = server.data.to_str().expect("UTF-8").to_owned();
    assert!(run(&["prevent", "off", "--data", &data]).status.success());
    server.wait_until("switching off", |_| ran(&named) && ran(&gated));
    assert!(run(&["prevent", "on", "--data", &data]).status.success());
    server.wait_until("switching on", |_| !ran(&named) && !ran(&gated));

    server.signal("-KILL");
    let begin = Instant::now();
    while !(ran(&named) && ran(&gated)) {
        assert!(begin.elapsed() < Duration::from_secs(5), "something of it stayed");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn watching_without_a_server_prints_what_matches_and_loses_nothing() {
    if !privileged("watching_without_a_server_prints_what_matches_and_loses_nothing") {
        return;
    }
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let dir = tempfile::tempdir().expect("a folder");
    let mut watch = Command::new(BINARY)
        .args(["sensor", "watch", "--seconds", "20", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(watch.stdout.take().expect("piped")).lines();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let found = std::thread::scope(|scope| {
        // It takes a moment to begin: the attack is repeated until it is seen.
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Acquire) {
                attack(dir.path());
                std::thread::sleep(Duration::from_millis(300));
            }
        });
        let found = lines.find_map(|line| {
            let alert: Value = serde_json::from_str(&line.ok()?).expect("a line of JSON");
            alert["output"].as_str().is_some_and(|text| text.contains("process=harvest")).then_some(alert)
        });
        stop.store(true, std::sync::atomic::Ordering::Release);
        found
    });
    let found = found.expect("the attack was seen");
    assert!(found["output"].as_str().is_some_and(|text| text.contains("/etc/shadow")), "{found}");
    let done = Command::new("kill").args(["-TERM", &watch.id().to_string()]).status();
    assert!(done.expect("kill exists").success());
    let said = watch.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success() && text.contains(" 0 lost"), "{text}");
}
