//! [`run`]: performs emulations one after another and asks an [`Observer`] what was seen.

use std::{
    collections::HashMap,
    fs,
    fs::File,
    io,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use signal_hook::{
    SigId,
    consts::{SIGINT, SIGTERM},
};

use crate::{
    Emulation, Observer, ResultRow,
    child::{self, EXIT_BROKEN, EXIT_REFUSED, EXIT_UNABLE, REASON_FILE},
    emulations, limits, recovery,
    stage::{NAME_PREFIX, STAGE_VARIABLE},
};

/// What to run and where.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Only emulations whose id or technique begins with one of these, in any case; empty for all.
    pub only: Vec<String>,
    /// Longest wait for an alert after an emulation ended.
    pub timeout: Duration,
    /// Two emulations seen by the same rule are at least this far apart: an observer may join alerts of one cause.
    pub apart: Duration,
    /// The program that calls [`crate::run_child`] when started with [`crate::child_args`]: the application itself.
    pub self_exe: PathBuf,
    /// Folder for the stages: on a file system that allows execution. Made if missing.
    pub work_dir: PathBuf,
}

/// Performs the emulations and returns a row for each, in the catalogue's order; none where `only` fits none. `progress` gets each row as it comes.
///
/// What killed runs left is removed first. On SIGINT or SIGTERM the running emulation is ended and cleaned up, the rest
/// is skipped, and the rows return as usual; the two signals then have no effect for the caller's process any more
/// unless it handles them itself.
pub fn run(
    options: &RunOptions,
    observer: &mut dyn Observer,
    progress: &mut dyn FnMut(&ResultRow),
) -> Vec<ResultRow> {
    let interrupt = Interrupt::listen();
    // The command name rules see is the file's, so `/proc/self/exe` must not be started under that name.
    let self_exe = fs::canonicalize(&options.self_exe).unwrap_or_else(|_| options.self_exe.clone());
    recovery::recover(&options.work_dir);
    let made = !options.work_dir.exists();
    let chosen = emulations::catalogue().iter().filter(|emulation| is_chosen(emulation, &options.only));
    let mut seen = HashMap::new();
    let rows = chosen
        .map(|emulation| {
            keep_apart(emulation, options.apart, &seen, &interrupt);
            let row = perform(emulation, options, &self_exe, observer, &interrupt);
            if row.seen {
                seen.insert(row.rule.clone(), Instant::now());
            }
            progress(&row);
            row
        })
        .collect();
    if made {
        // Only where it is empty: it may be in use by others by now.
        let _gone = fs::remove_dir(&options.work_dir);
    }
    rows
}

// Waits until none of the emulation's rules was seen lately.
fn keep_apart(
    emulation: &Emulation,
    apart: Duration,
    seen: &HashMap<String, Instant>,
    interrupt: &Interrupt,
) {
    let lately = || emulation.rules.iter().filter_map(|rule| seen.get(*rule)).any(|at| at.elapsed() < apart);
    while lately() && !interrupt.came() {
        std::thread::sleep(limits::POLL_INTERVAL);
    }
}

fn is_chosen(emulation: &Emulation, only: &[String]) -> bool {
    let names = [Some(emulation.id), Some(emulation.technique), emulation.technique_v18];
    let begins = |name: &str, wanted: &str| {
        name.get(..wanted.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(wanted))
    };
    only.is_empty() || only.iter().any(|wanted| names.iter().flatten().any(|name| begins(name, wanted)))
}

fn perform(
    emulation: &Emulation,
    options: &RunOptions,
    self_exe: &Path,
    observer: &mut dyn Observer,
    interrupt: &Interrupt,
) -> ResultRow {
    let row = ResultRow::new(emulation);
    if interrupt.came() {
        return row.skip("interrupted");
    }
    let missing: Vec<String> = emulation.needs.iter().filter_map(|need| need.missing()).collect();
    if !missing.is_empty() {
        return row.skip(missing.join("; "));
    }
    let mark = observer.mark();
    // The stage lives until the observer has answered, so that responses to the alert find what they act on.
    let stage = match OwnedStage::make(&options.work_dir, emulation.id) {
        Ok(stage) => stage,
        Err(error) => return row.skip(format!("{}: {error}", options.work_dir.display())),
    };
    let (pid, ending) = match act(emulation, self_exe, &stage.dir, interrupt) {
        Ok(acted) => acted,
        Err(error) => return row.skip(format!("{}: {error}", self_exe.display())),
    };
    let reason = recovery::read_capped(&stage.dir.join(REASON_FILE), limits::REASON_BYTES_MAX);
    let mut row = match ending {
        Ending::Interrupted => return row.skip("interrupted"),
        Ending::TooLong => row.skip("did not end in time"),
        Ending::By(status) => judge(row, status, reason),
    };
    if row.skipped {
        return row;
    }
    if let Some(sighting) = observer.wait(&mark, pid, emulation.rules, options.timeout) {
        row.seen = true;
        row.latency_ms = Some(sighting.latency_ms());
        row.rule = sighting.rule;
    }
    row
}

fn judge(mut row: ResultRow, status: ExitStatus, reason: String) -> ResultRow {
    if status.signal() == Some(nix::libc::SIGKILL) {
        row.blocked = true;
        row.reason = Some("killed".to_owned());
        return row;
    }
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(0) => row,
        Some(EXIT_REFUSED) => {
            row.blocked = true;
            row.reason = Some(reason);
            row
        }
        Some(EXIT_UNABLE | EXIT_BROKEN) => row.skip(reason),
        _ => row.skip(format!("ended with {status}")),
    }
}

enum Ending {
    By(ExitStatus),
    TooLong,
    Interrupted,
}

/// Starts the emulation in a process group of its own and sees it to its end.
fn act(
    emulation: &Emulation,
    self_exe: &Path,
    stage: &Path,
    interrupt: &Interrupt,
) -> io::Result<(u32, Ending)> {
    let mut child = Command::new(self_exe)
        .args(child::child_args(emulation.id, stage))
        .env(STAGE_VARIABLE, stage)
        .current_dir(stage)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let pid = child.id();
    let deadline = Instant::now() + limits::EMULATION_TIME_MAX;
    let ending = loop {
        if let Some(status) = child.try_wait()? {
            break Ending::By(status);
        }
        if interrupt.came() || Instant::now() >= deadline {
            end(&mut child);
            break if interrupt.came() { Ending::Interrupted } else { Ending::TooLong };
        }
        std::thread::sleep(limits::POLL_INTERVAL);
    };
    Ok((pid, ending))
}

fn end(child: &mut Child) {
    if let Ok(group) = i32::try_from(child.id()) {
        // The group may be empty already.
        let _gone = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    let _status = child.wait();
}

/// A stage that is removed when dropped, with everything and everyone that belongs to it.
struct OwnedStage {
    dir: PathBuf,
    _lock: File,
}

impl OwnedStage {
    fn make(work_dir: &Path, id: &str) -> io::Result<Self> {
        fs::create_dir_all(work_dir)?;
        let dir = fs::canonicalize(work_dir)?.join(format!("{NAME_PREFIX}{id}-{}", std::process::id()));
        fs::create_dir(&dir)?;
        // Others must be able to run the disguised programs: some emulations act as an unprivileged user.
        fs::set_permissions(&dir, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let lock =
            recovery::lock(&dir).ok_or_else(|| io::Error::other("the new stage is locked by another"))?;
        Ok(Self { dir, _lock: lock })
    }
}

impl Drop for OwnedStage {
    fn drop(&mut self) {
        recovery::remove(&self.dir);
    }
}

/// Notices SIGINT and SIGTERM while it lives.
struct Interrupt {
    flag: Arc<AtomicBool>,
    ids: Vec<SigId>,
}

impl Interrupt {
    fn listen() -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        let register = |signal| signal_hook::flag::register(signal, Arc::clone(&flag)).ok();
        let ids = [SIGINT, SIGTERM].into_iter().filter_map(register).collect();
        Self { flag, ids }
    }

    fn came(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            signal_hook::low_level::unregister(id);
        }
    }
}
