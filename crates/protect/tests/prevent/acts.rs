//! Each thing that is refused, once, and beside it what must go on.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::MetadataExt,
    process::{Command, Stdio},
};

use yagura_protect::Mode;
use yagura_sensor::prevent::Hook;

use crate::{End, InForce, attempt, copy_of_false, turn};

#[test]
fn programs_are_killed_by_name_path_arguments_and_parent() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    for name in ["y_named", "y_path", "y_ending.bad", "y_other", "y_quiet"] {
        copy_of_false(&at(name));
    }
    let conditions = [
        "evt.type = execve and proc.name = y_named and evt.res = SUCCESS".to_owned(),
        format!("spawned and proc.exepath = {}", at("y_path").display())
            .replace("spawned", "evt.type=execve"),
        "evt.type in (execve, execveat) and proc.exepath endswith .bad".to_owned(),
        "evt.type = execve and proc.args contains \"--secret x\"".to_owned(),
        "evt.type = execve and proc.cmdline = \"y_other one two\"".to_owned(),
        "evt.type = execve and proc.cmdline startswith \"y_other three\" and not proc.args contains keep"
            .to_owned(),
    ];
    let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
    let Some(force) = InForce::new("programs_are_killed", &conditions, Mode::Prevent, &[]) else { return };
    let run = |name: &str, args: &[&str]| attempt(Command::new(at(name)).args(args));
    for (name, args, end) in [
        ("y_named", &[][..], End::Killed),
        ("y_path", &["a"][..], End::Killed),
        ("y_ending.bad", &[], End::Killed),
        ("y_other", &["before", "--secret", "x", "after"], End::Killed),
        ("y_other", &["--secret x"], End::Killed),
        ("y_other", &["--secret", "y"], End::Ran),
        ("y_other", &["one", "two"], End::Killed),
        ("y_other", &["one two"], End::Killed),
        ("y_other", &["one", "two", "three"], End::Ran),
        ("y_other", &["one", "two "], End::Ran),
        ("y_other", &[], End::Ran),
        ("y_other", &["three", "four"], End::Killed),
        ("y_other", &["three", "keep"], End::Ran),
        ("y_quiet", &[""], End::Ran),
    ] {
        assert_eq!(run(name, args), Some(end), "{name} {args:?}");
    }
    // Where the list is too long to be looked at whole, nothing is decided by it.
    let long = "x".repeat(5_000);
    assert_eq!(run("y_other", &[&long, "--secret", "x"]), Some(End::Ran));
    assert_eq!(run("y_named", &[&long]), Some(End::Killed));
    let (verdicts, counts) = force.end();
    assert_eq!((counts.untold, counts.undecided), (0, 0));
    assert_eq!(verdicts.len(), 9, "{verdicts:?}");
    let by_args = &verdicts[3];
    assert_eq!((by_args.rule, by_args.hook, by_args.dry, by_args.error), (3, Hook::Exec, false, None));
    assert_eq!(
        (by_args.name.as_str(), by_args.path.as_str()),
        ("y_other", at("y_other").to_str().expect("text"))
    );
    assert_eq!(by_args.args, "before --secret x after");
}

#[test]
fn programs_are_killed_by_any_ancestor() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    for name in ["y_leaf", "y_free"] {
        copy_of_false(&at(name));
    }
    fs::copy("/bin/bash", at("y_server")).expect("a copy");
    let condition = format!(
        "evt.type = execve and ((proc.exepath = {} and proc.aname in (y_server, y_other)) or (proc.exepath = {} and not \
         proc.aname in (y_server)))",
        at("y_leaf").display(),
        at("y_free").display()
    );
    let Some(force) = InForce::new("killed_by_any_ancestor", &[&condition], Mode::Prevent, &[]) else {
        return;
    };
    // As a grandchild of the server; two commands, so that no shell becomes its last one.
    let below = |shell: &str, file: &str| {
        let inner = format!("{}; code=$?; true; exit $code", at(file).display());
        let outer = format!("/bin/bash -c '{inner}' 2>/dev/null; code=$?; true; exit $code");
        let status = Command::new(shell).args(["-c", &outer]).stderr(Stdio::null()).status();
        status.expect("bash runs").code()
    };
    let server = at("y_server").to_str().expect("text").to_owned();
    assert_eq!(below(&server, "y_leaf"), Some(137));
    assert_eq!(below("/bin/bash", "y_leaf"), Some(1));
    assert_eq!(below(&server, "y_free"), Some(1));
    assert_eq!(below("/bin/bash", "y_free"), Some(137));
    assert_eq!(force.end().0.len(), 2);
}

#[test]
fn a_dry_run_tells_and_lets_it_be() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    copy_of_false(&dir.path().join("y_dry"));
    let conditions = ["evt.type = execve and proc.name = y_dry"];
    let Some(force) = InForce::new("a_dry_run", &conditions, Mode::DryRun, &[]) else { return };
    assert_eq!(attempt(&mut Command::new(dir.path().join("y_dry"))), Some(End::Ran));
    let (verdicts, _) = force.end();
    assert_eq!(verdicts.iter().map(|verdict| (verdict.rule, verdict.dry)).collect::<Vec<_>>(), [(0, true)]);
}

#[test]
fn what_a_machine_is_repaired_with_is_left_alone_by_its_file_not_its_name() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let (safe, copy) = (dir.path().join("y_safe"), dir.path().join("copy"));
    copy_of_false(&safe);
    fs::create_dir(&copy).expect("a folder");
    copy_of_false(&copy.join("y_safe"));
    let data = fs::metadata(&safe).expect("it is there");
    let conditions = ["evt.type = execve and proc.name = y_safe"];
    let files = [(data.dev(), data.ino())];
    let Some(force) = InForce::new("left_alone", &conditions, Mode::Prevent, &files) else { return };
    assert_eq!(attempt(&mut Command::new(&safe)), Some(End::Ran));
    assert_eq!(attempt(&mut Command::new(copy.join("y_safe"))), Some(End::Killed));
    assert_eq!(force.end().0.len(), 1);
}

#[test]
fn connections_are_refused_by_address_port_and_program() {
    let _turn = turn();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let six = TcpListener::bind("[::1]:0").ok();
    let (port, other) = (listener.local_addr().expect("bound"), other.local_addr().expect("bound"));
    let conditions = [
        format!(
            "evt.type = connect and (evt.rawres >= 0 or evt.res = EINPROGRESS) and fd.typechar in (4, 6) and \
             fd.sip in (\"127.0.0.1\", \"::1\") and fd.sport = {} and fd.l4proto = tcp and proc.name startswith y_",
            port.port()
        ),
        "evt.type = connect and fd.snet in (\"127.9.0.0/16\") and not fd.snet in (\"127.9.1.0/24\")"
            .to_owned(),
    ];
    let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
    let Some(force) = InForce::new("connections", &conditions, Mode::Prevent, &[]) else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let shell = dir.path().join("y_bash");
    fs::copy("/bin/bash", &shell).expect("a copy");
    let connect = |program: &std::path::Path, address: std::net::SocketAddr| {
        let script = format!("exec 3<>/dev/tcp/{}/{}", address.ip(), address.port());
        let status = Command::new(program).args(["-c", &script]).stderr(Stdio::null()).status();
        status.expect("bash starts").success()
    };
    assert!(!connect(&shell, port), "its name and the port are forbidden");
    assert!(connect(&shell, other), "another port");
    assert!(connect("/bin/bash".as_ref(), port), "another program");
    let forbidden = |text: &str| text.parse().expect("an address");
    assert!(!connect("/bin/bash".as_ref(), forbidden("127.9.0.7:9")), "a network that is forbidden");
    assert!(!connect("/bin/bash".as_ref(), forbidden("127.9.1.7:9")), "nobody listens there");
    let own = TcpStream::connect("127.9.0.7:9").expect_err("nobody listens there");
    assert_eq!(own.raw_os_error(), Some(111), "this process itself is never refused: {own}");
    if let Some(six) = six.as_ref().and_then(|six| six.local_addr().ok()) {
        assert!(connect(&shell, six), "another port of IPv6");
    }
    let (verdicts, _) = force.end();
    let remotes: Vec<String> =
        verdicts.iter().filter_map(|verdict| Some(verdict.remote?.to_string())).collect();
    assert_eq!(remotes, [port.to_string(), "127.9.0.7:9".to_owned()]);
}

#[test]
fn what_this_machine_offers_is_said_in_words() {
    let _turn = turn();
    let offers = yagura_protect::Offers::probe();
    println!("offers: {offers:?}");
    for means in yagura_protect::Means::ALL {
        assert!(offers.has(means).err().is_none_or(|reason| !reason.is_empty()), "{means:?}");
    }
}
