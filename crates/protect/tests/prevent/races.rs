//! Races against what is called blocked: many threads run a forbidden file while others change it.

use std::{
    fs::{self, File},
    io::Write,
    os::{
        fd::AsRawFd,
        unix::fs::{PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use yagura_protect::Mode;

use crate::{End, InForce, attempt, copy_of_false, turn};

/// Attempts of each race, all threads together.
fn attempts() -> usize {
    std::env::var("YAGURA_ATTEMPTS").ok().and_then(|text| text.parse().ok()).unwrap_or(400)
}

/// What came of a race: attempts that met the file, and those that succeeded.
#[derive(Debug, Default)]
struct Race {
    met: AtomicUsize,
    ran: AtomicUsize,
}

// Threads run `make`'s commands while `change` changes the file.
pub(crate) fn race(
    make: &(dyn Fn(usize) -> Command + Sync),
    change: &(dyn Fn(usize) + Sync),
) -> (usize, usize) {
    let (race, over) = (Race::default(), AtomicBool::new(false));
    thread::scope(|scope| {
        let changer = scope.spawn(|| {
            let mut turn = 0;
            while !over.load(Ordering::Acquire) {
                change(turn);
                turn += 1;
                // Few processors: those who run programs need them, too.
                thread::yield_now();
            }
        });
        let runners: Vec<_> = (0..4)
            .map(|thread| {
                let race = &race;
                scope.spawn(move || {
                    while race.met.load(Ordering::Relaxed) < attempts() {
                        match attempt(&mut make(thread)) {
                            Some(End::Ran) => {
                                race.met.fetch_add(1, Ordering::Relaxed);
                                race.ran.fetch_add(1, Ordering::Relaxed);
                            }
                            Some(End::Killed | End::Refused) => {
                                race.met.fetch_add(1, Ordering::Relaxed);
                            }
                            None => thread::yield_now(),
                        }
                    }
                })
            })
            .collect();
        runners.into_iter().for_each(|runner| runner.join().expect("it does not panic"));
        over.store(true, Ordering::Release);
        changer.join().expect("it does not panic");
    });
    (race.met.into_inner(), race.ran.into_inner())
}

fn nothing(_: usize) {
    thread::sleep(std::time::Duration::from_millis(1));
}

// One test for all of them: they share the machine, and the table they print is what the documentation says.
#[test]
fn nobody_runs_what_the_kernel_kills() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    let forbidden = at("y_forbidden");
    copy_of_false(&forbidden);
    copy_of_false(&at("source"));
    let conditions = [
        format!("evt.type = execve and proc.exepath = {}", forbidden.display()),
        "evt.type = execve and proc.is_exe_from_memfd = true and proc.name startswith y_".to_owned(),
        "evt.type = execve and proc.args contains y_secret".to_owned(),
    ];
    let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
    let Some(force) = InForce::new("races", &conditions, Mode::Prevent, &[]) else { return };
    let mut wrong = Vec::new();
    let mut all = 0;
    let mut check = |what: &str, (met, ran): (usize, usize)| {
        println!("{what}: {ran} of {met} succeeded");
        all += met;
        if ran > 0 {
            wrong.push(what.to_owned());
        }
    };
    check("run as it is", race(&|_| Command::new(&forbidden), &nothing));
    check(
        "another file put in its place",
        race(&|_| Command::new(&forbidden), &|turn| {
            let fresh = at(&format!("fresh{}", turn % 8));
            if fs::copy(at("source"), &fresh).is_ok() {
                let _ = fs::rename(&fresh, &forbidden);
            }
        }),
    );
    check(
        "through links that change",
        race(&|thread| Command::new(at(&format!("link{thread}"))), &|turn| {
            let (made, link) = (at(&format!("made{}", turn % 4)), at(&format!("link{}", turn % 4)));
            let _ = symlink(&forbidden, &made);
            let _ = fs::rename(&made, &link);
        }),
    );
    copy_of_false(&forbidden);
    let open = File::open(&forbidden).expect("it is there");
    let through = PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), open.as_raw_fd()));
    check("through a descriptor", race(&|_| Command::new(&through), &nothing));
    let script = at("script");
    fs::write(&script, format!("#!{}\n", forbidden.display())).expect("writable");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it is ours");
    check("as the interpreter of a script", race(&|_| Command::new(&script), &nothing));
    let memory = memory_file("y_memory");
    let through = PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd()));
    let name = at("y_mem");
    symlink(&through, &name).expect("a link");
    check("from a memory file", race(&|_| Command::new(&name), &nothing));
    check(
        "arguments behind others",
        race(
            &|thread| {
                let mut command = Command::new(at("source"));
                command.args(["a"; 40]).arg("x".repeat(300 * (thread + 1))).arg("a y_secret");
                command
            },
            &nothing,
        ),
    );
    let (verdicts, counts) = force.end();
    assert_eq!(wrong, [""; 0], "what is called blocked succeeded");
    assert_eq!(counts.undecided, 0);
    assert_eq!(verdicts.len() as u64 + counts.untold, all as u64, "each is told, or counted as untold");
}

// Not refused, because the rule does not find it either; the documentation names them.
#[test]
fn ways_around_a_path_are_ways_around_the_rule() {
    let _turn = turn();
    let dir = tempfile::tempdir().expect("a folder");
    let forbidden = dir.path().join("y_forbidden");
    copy_of_false(&forbidden);
    let condition = format!("evt.type = execve and proc.exepath = {}", forbidden.display());
    let Some(force) = InForce::new("ways_around", &[&condition], Mode::Prevent, &[]) else { return };
    let loader = Path::new("/lib64/ld-linux-x86-64.so.2");
    assert_eq!(attempt(Command::new(loader).arg(&forbidden)), Some(End::Ran), "a loader maps it");
    let hard = dir.path().join("hard");
    fs::hard_link(&forbidden, &hard).expect("the same file system");
    assert_eq!(attempt(&mut Command::new(hard)), Some(End::Ran), "another name of the same file");
    assert_eq!(attempt(&mut Command::new(&forbidden)), Some(End::Killed));
    assert_eq!(force.end().0.len(), 1);
}

fn memory_file(name: &str) -> File {
    let name = std::ffi::CString::new(name).expect("no zero byte");
    let made = nix::sys::memfd::memfd_create(name.as_c_str(), nix::sys::memfd::MFdFlags::empty());
    let mut file = File::from(made.expect("a memory file"));
    file.write_all(&fs::read("/bin/false").expect("a program")).expect("room");
    file
}
