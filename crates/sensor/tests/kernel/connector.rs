//! The ways without eBPF, each forced and each for real.

use std::{fs, net::TcpListener, process::Command};

use yagura_event::{ArgName, Event, EventKind, Role, SensorMode};
use yagura_sensor::SensorOptions;

use super::{
    run, seen,
    start::{Own, again},
    text,
};

fn by_connector() -> SensorOptions {
    SensorOptions { mode: Some(SensorMode::ProcConnector), ..SensorOptions::default() }
}

#[test]
fn the_process_connector_tells_programs_users_names_files_and_sockets() {
    let Some(_turn) = seen("the_process_connector_tells_programs_users_names_files_and_sockets") else {
        return;
    };
    let own = match Own::start(by_connector()) {
        Ok(own) => own,
        Err(error) => return println!("SKIPPED: {error}"),
    };
    let status = own.handle().status();
    assert_eq!(status.mode, SensorMode::ProcConnector);
    assert!(status.blind_spots.iter().any(|spot| spot.what.contains("calls that fail")));
    assert!(status.processes > 1);

    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let dir = tempfile::tempdir().expect("a folder");
    let (read, written) = (dir.path().join("read"), dir.path().join("written"));
    fs::write(&read, "x").expect("writable");
    // Lives long enough to be looked at.
    let script = format!(
        "import os,time,socket,ctypes\nopen('{}').read(); open('{}','w').write('x')\n\
         s=socket.create_connection(('127.0.0.1',{port}))\nctypes.CDLL(None).prctl(15,b'connector-name',0,0,0)\n\
         time.sleep(2.5); os.setgid(1); os.setuid(65534); time.sleep(0.3); os._exit(7)",
        read.display(),
        written.display()
    );
    let pid = run("/usr/bin/python3", &["-c", &script]);
    let find = |what: &str, kind: EventKind, fits: &dyn Fn(&Event) -> bool| {
        own.seen.find(what, |event| event.process.pid == pid && event.kind == kind && fits(event))
    };
    let program = find("the program", EventKind::Execve, &|_| true);
    assert!(program.process.exe_file.path.contains("python"), "{:?}", program.process);
    assert!(program.process.args.first().is_some_and(|arg| &**arg == "-c"));
    assert_eq!(program.process.ancestors().next().map(|parent| parent.pid), Some(std::process::id()));
    find("the fork", EventKind::Clone, &|_| true);
    let is = |event: &Event, path: &std::path::Path| {
        event.fd.as_ref().is_some_and(|fd| *fd.name == *path.to_string_lossy())
    };
    find("the read", EventKind::Openat, &|event| is(event, &read));
    find("the write", EventKind::Openat, &|event| {
        is(event, &written) && text(event, ArgName::Flags) == "O_RDWR"
    });
    let renamed = find("the name", EventKind::Prctl, &|_| true);
    assert_eq!(text(&renamed, ArgName::Arg2Str), "connector-name");
    let connected = find("the connection", EventKind::Connect, &|_| true);
    let socket = connected.fd.as_ref().and_then(|fd| fd.socket.as_ref()).expect("a socket");
    assert_eq!((socket.role, socket.remote.map(|end| end.port())), (Role::Client, Some(port)));
    let user = find("the user", EventKind::Setuid, &|_| true);
    assert_eq!(text(&user, ArgName::Uid), "nobody");
    find("the group", EventKind::Setgid, &|_| true);
    let end = find("the end", EventKind::ProcExit, &|_| true);
    assert_eq!(text(&end, ArgName::Status), (7 << 8).to_string());
}

#[test]
fn a_thousand_short_programs_are_all_told_by_the_connector() {
    let Some(_turn) = seen("a_thousand_short_programs_are_all_told_by_the_connector") else { return };
    let Ok(own) = Own::start(by_connector()) else { return println!("SKIPPED: no process connector") };
    let shell = run("sh", &["-c", "i=0; while [ $i -lt 1000 ]; do /bin/true; i=$((i+1)); done"]);
    own.seen.find("the end", |event| event.kind == EventKind::ProcExit && event.process.pid == shell);
    let events = own.seen.events.lock().expect("not poisoned");
    let programs =
        events.iter().filter(|event| event.kind == EventKind::Execve && event.process.ppid == shell);
    let lost: u64 = own.handle().status().losses.iter().map(|loss| loss.count).sum();
    assert!(programs.count() == 1_000 || lost > 0);
}

#[test]
fn without_the_right_to_load_programs_the_connector_is_taken() {
    let test = "without_the_right_to_load_programs_the_connector_is_taken";
    if std::env::var_os("YAGURA_TEST_NO_BPF").is_some() {
        let own = Own::start(SensorOptions::default()).expect("a way without eBPF");
        let status = own.handle().status();
        assert_eq!(status.mode, SensorMode::ProcConnector);
        assert!(status.mode_reasons.iter().any(|reason| reason.starts_with("eBPF: not allowed")));
        let pid = run("true", &[]);
        own.seen.find("the program", |event| event.kind == EventKind::Execve && event.process.pid == pid);
        return;
    }
    let Some(_turn) = seen(test) else { return };
    if Own::start(by_connector()).is_err() || Command::new("setpriv").arg("--version").output().is_err() {
        return println!("SKIPPED {test}: needs the process connector and setpriv");
    }
    let keep = "-all,+net_admin,+sys_ptrace,+dac_read_search,+dac_override";
    let wrapper = ["setpriv", &format!("--inh-caps={keep}"), &format!("--bounding-set={keep}")];
    let output =
        again(&format!("connector::{test}"), "YAGURA_TEST_NO_BPF", &wrapper).output().expect("setpriv");
    let text = String::from_utf8_lossy(&output.stdout);
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{failure}");
}
