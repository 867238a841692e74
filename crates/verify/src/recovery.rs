//! Removing what runs left behind: folders, the folders they claimed elsewhere, and processes.
//!
//! The owner of a stage holds a lock on the file `lock` in it as long as it lives; a stage whose lock can be taken
//! belongs to nobody any more. Mounts and namespaces need no removal: they end with their processes.

use std::{
    fs,
    fs::File,
    io,
    io::Read as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Instant,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    limits,
    stage::{CGROUP_ROOT, CLAIMS_FILE, NAME_PREFIX, STAGE_VARIABLE},
};

/// Removes what killed runs left below `work_dir`; says which stages that were. Stages of runs that live are left alone.
pub fn recover(work_dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(work_dir) else { return Vec::new() };
    let mut recovered = Vec::new();
    for entry in entries.flatten() {
        let stage = entry.path();
        // In a folder that others may write too, what they made is none of ours, whatever its name.
        let own = |meta: fs::Metadata| meta.is_dir() && meta.uid() == nix::unistd::geteuid().as_raw();
        if !entry.metadata().is_ok_and(own) || !is_ours(&stage) || !is_abandoned(&stage) {
            continue;
        }
        remove(&stage);
        recovered.push(stage);
    }
    recovered
}

// A child of a run that was just killed holds its lock until it has become its own program: that is waited for.
fn is_abandoned(stage: &Path) -> bool {
    let deadline = Instant::now() + limits::LOCK_WAIT_MAX;
    loop {
        if lock(stage).is_some() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(limits::POLL_INTERVAL);
    }
}

/// Takes the stage's lock; `None` where another process holds it.
pub(crate) fn lock(stage: &Path) -> Option<File> {
    let file = File::options().create(true).truncate(false).write(true).open(stage.join("lock")).ok()?;
    file.try_lock().ok()?;
    Some(file)
}

/// Ends the stage's processes, removes what it claimed elsewhere and then the stage itself.
pub(crate) fn remove(stage: &Path) {
    end_processes(stage);
    for claim in read_capped(&stage.join(CLAIMS_FILE), limits::CLAIMS_BYTES_MAX).lines() {
        let claim = Path::new(claim);
        // INVARIANT: only folders that carry our name are removed, whatever the list says; links are not followed.
        let is_dir = claim.symlink_metadata().is_ok_and(|meta| meta.is_dir());
        if !claim.is_absolute() || !is_ours(claim) || !is_dir {
            continue;
        }
        if claim.starts_with(CGROUP_ROOT) {
            remove_cgroup(claim);
        } else {
            let _gone = fs::remove_dir_all(claim);
        }
    }
    let _gone = fs::remove_dir_all(stage);
}

// The files of a cgroup cannot be removed; its folder can, once its processes are gone and its own folders too.
fn remove_cgroup(dir: &Path) {
    let deadline = Instant::now() + limits::ENDING_TIME_MAX;
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_cgroup(&entry.path());
        }
    }
    while fs::remove_dir(dir).is_err_and(|error| error.kind() == io::ErrorKind::ResourceBusy)
        && Instant::now() < deadline
    {
        std::thread::sleep(limits::POLL_INTERVAL);
    }
}

/// At most `bytes_max` bytes of a file as text; nothing where it cannot be read.
pub(crate) fn read_capped(path: &Path, bytes_max: u64) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        // What was read before an error is still used.
        let _read = file.take(bytes_max).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_ours(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(NAME_PREFIX))
}

/// Kills the stage's processes until none is left, so that nobody writes into what is being removed.
fn end_processes(stage: &Path) {
    let variable = format!("{STAGE_VARIABLE}={}", stage.display());
    let deadline = Instant::now() + limits::ENDING_TIME_MAX;
    while kill_processes(&variable) > 0 && Instant::now() < deadline {
        std::thread::sleep(limits::POLL_INTERVAL);
    }
}

// Every process of a stage has inherited the variable, whatever session or namespace it moved to. A process that is
// dead but not yet waited for has no environment any more.
fn kill_processes(variable: &str) -> usize {
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    let mut killed = 0;
    for entry in entries.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        if pid == 1 || u32::try_from(pid) == Ok(std::process::id()) {
            continue;
        }
        let environment = read_capped(&entry.path().join("environ"), limits::ENVIRONMENT_BYTES_MAX);
        if environment.split('\0').any(|entry| entry == variable) {
            let _gone = kill(Pid::from_raw(pid), Signal::SIGKILL);
            killed += 1;
        }
    }
    killed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_a_dead_runs_stage_and_claims_but_nothing_of_another_name() {
        let work = tempfile::tempdir().expect("a folder");
        let stage = work.path().join("yagura-verify-dead");
        let claimed = work.path().join("elsewhere").join("yagura-verify-1");
        let foreign = work.path().join("precious");
        for dir in [&stage, &claimed, &foreign] {
            fs::create_dir_all(dir).expect("made");
        }
        let claims = format!("{}\n{}\n", claimed.display(), foreign.display());
        fs::write(stage.join(CLAIMS_FILE), claims).expect("written");

        assert_eq!(recover(work.path()), std::slice::from_ref(&stage));
        assert!(!stage.exists() && !claimed.exists());
        assert!(foreign.exists());
    }

    #[test]
    fn leaves_the_stage_of_a_living_run() {
        let work = tempfile::tempdir().expect("a folder");
        let stage = work.path().join("yagura-verify-live");
        fs::create_dir(&stage).expect("made");
        let _held = lock(&stage).expect("nobody else has it");

        assert!(recover(work.path()).is_empty());
        assert!(stage.exists());
    }
}
