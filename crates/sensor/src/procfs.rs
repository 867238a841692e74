//! What procfs tells about a process: used to fill the table at start, for processes that were not seen to begin, and
//! by the fallback without eBPF.

use std::{
    fs::{self, File},
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use yagura_event::{ExeFile, Timestamp};

use crate::{
    limits::{ARGS_BYTES_MAX, ENV_BYTES_MAX, PROC_FILE_BYTES_MAX},
    record::texts,
};

/// What procfs tells about one process. Fields that may not be read are empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) pid: u32,
    pub(crate) vpid: u32,
    pub(crate) ppid: u32,
    pub(crate) pgid: u32,
    pub(crate) vpgid: u32,
    pub(crate) sid: u32,
    pub(crate) vsid: u32,
    pub(crate) tty: u32,
    /// Nanoseconds since boot, to a hundredth of a second.
    pub(crate) start: u64,
    pub(crate) comm: String,
    pub(crate) argv: Vec<Box<str>>,
    pub(crate) env: Vec<Box<str>>,
    pub(crate) exe: ExeFile,
    pub(crate) cwd: String,
    pub(crate) cgroup: String,
    /// Real, effective, saved.
    pub(crate) uids: [u32; 3],
    pub(crate) gids: [u32; 3],
    pub(crate) login: Option<u32>,
    /// Inheritable, permitted, effective.
    pub(crate) capabilities: [u64; 3],
    pub(crate) kernel_thread: bool,
}

/// Ids of all processes.
pub(crate) fn pids() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// Parent of a process at this moment.
pub(crate) fn ppid(pid: u32) -> Option<u32> {
    stat(&read(Path::new(&format!("/proc/{pid}/stat")))?).map(|stat| stat.ppid)
}

struct Stat {
    comm: String,
    ppid: u32,
    pgid: u32,
    sid: u32,
    tty: u32,
    flags: u32,
    start_ticks: u64,
}

// proc_pid_stat(5). The name stands in parentheses and may hold anything, so what follows the last one counts.
fn stat(bytes: &[u8]) -> Option<Stat> {
    let open = bytes.iter().position(|byte| *byte == b'(')?;
    let close = bytes.iter().rposition(|byte| *byte == b')')?;
    let comm = String::from_utf8_lossy(bytes.get(open + 1..close)?).into_owned();
    let rest = std::str::from_utf8(bytes.get(close + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index).and_then(|field| field.parse::<i64>().ok());
    let id = |index: usize| number(index).and_then(|value| u32::try_from(value).ok());
    Some(Stat {
        comm,
        ppid: id(1)?,
        pgid: id(2)?,
        sid: id(3)?,
        tty: number(4)?.try_into().unwrap_or(0),
        flags: id(6)?,
        start_ticks: fields.get(19)?.parse().ok()?,
    })
}

// Ticks are hundredths of a second on every architecture Linux runs on today (USER_HZ).
const TICK_NANOS: u64 = 10_000_000;

/// Everything about one process; `None` where it is gone.
pub(crate) fn facts(pid: u32) -> Option<Facts> {
    let mut facts = facts_without_texts(pid)?;
    let dir = PathBuf::from(format!("/proc/{pid}"));
    facts.argv = read(&dir.join("cmdline")).map(|bytes| texts(&bytes, ARGS_BYTES_MAX)).unwrap_or_default();
    facts.env = read(&dir.join("environ")).map(|bytes| texts(&bytes, ENV_BYTES_MAX)).unwrap_or_default();
    Some(facts)
}

/// Name, parent and program of a process: what is asked of those that came before.
pub(crate) fn kin(pid: u32) -> Option<Facts> {
    let dir = PathBuf::from(format!("/proc/{pid}"));
    let stat = stat(&read(&dir.join("stat"))?)?;
    let path = link(&dir.join("exe")).unwrap_or_default();
    let path = path.strip_suffix(" (deleted)").unwrap_or(&path);
    Some(Facts {
        pid,
        vpid: pid,
        ppid: stat.ppid,
        start: stat.start_ticks.saturating_mul(TICK_NANOS),
        comm: stat.comm,
        exe: ExeFile { path: path.into(), ..ExeFile::default() },
        ..Facts::default()
    })
}

/// Everything about one process but its arguments and environment.
pub(crate) fn facts_without_texts(pid: u32) -> Option<Facts> {
    let dir = PathBuf::from(format!("/proc/{pid}"));
    let stat = stat(&read(&dir.join("stat"))?)?;
    let status = String::from_utf8_lossy(&read(&dir.join("status"))?).into_owned();
    let line = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    };
    let ids = |name: &str| {
        let mut ids =
            line(name).unwrap_or_default().split_ascii_whitespace().filter_map(|id| id.parse().ok());
        [ids.next().unwrap_or(0), ids.next().unwrap_or(0), ids.next().unwrap_or(0)]
    };
    let innermost = |name: &str, outside: u32| {
        line(name).and_then(|ids| ids.split_ascii_whitespace().last()?.parse().ok()).unwrap_or(outside)
    };
    let capability = |name: &str| line(name).and_then(|bits| u64::from_str_radix(bits, 16).ok()).unwrap_or(0);
    let login =
        read(&dir.join("loginuid")).and_then(|bytes| String::from_utf8(bytes).ok()?.trim().parse().ok());
    const PF_KTHREAD: u32 = 0x0020_0000;
    Some(Facts {
        pid,
        vpid: innermost("NSpid", pid),
        ppid: stat.ppid,
        pgid: stat.pgid,
        vpgid: innermost("NSpgid", stat.pgid),
        sid: stat.sid,
        vsid: innermost("NSsid", stat.sid),
        tty: stat.tty,
        start: stat.start_ticks.saturating_mul(TICK_NANOS),
        comm: stat.comm,
        argv: Vec::new(),
        env: Vec::new(),
        exe: exe(&dir, ids("Uid")[1]),
        cwd: link(&dir.join("cwd")).unwrap_or_default(),
        cgroup: cgroup(&read(&dir.join("cgroup")).unwrap_or_default()),
        uids: ids("Uid"),
        gids: ids("Gid"),
        login: login.filter(|id: &u32| *id != u32::MAX),
        capabilities: [capability("CapInh"), capability("CapPrm"), capability("CapEff")],
        kernel_thread: stat.flags & PF_KTHREAD != 0,
    })
}

fn exe(dir: &Path, euid: u32) -> ExeFile {
    let Some(path) = link(&dir.join("exe")) else { return ExeFile::default() };
    let deleted = path.ends_with(" (deleted)");
    let path = path.strip_suffix(" (deleted)").unwrap_or(&path);
    let data = fs::metadata(dir.join("exe")).ok();
    let time = |seconds: i64, nanos: i64| {
        Timestamp::from_nanos(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
    };
    let mut exe =
        ExeFile { path: path.into(), deleted, memfd: path.starts_with("/memfd:"), ..ExeFile::default() };
    if let Some(data) = data {
        exe.inode = data.ino();
        exe.device = data.dev();
        exe.ctime = time(data.ctime(), data.ctime_nsec());
        exe.mtime = time(data.mtime(), data.mtime_nsec());
        exe.writable = is_writable(data.mode(), data.uid() == euid, euid == 0);
    }
    exe
}

/// Whether a user may write a file of this mode, by owner and others (groups are not looked at).
pub(crate) fn is_writable(mode: u32, owns: bool, root: bool) -> bool {
    root || (owns && mode & 0o200 != 0) || mode & 0o002 != 0
}

// cgroup(7): hierarchy:controllers:path a line. The pids hierarchy is what the probes tell; without it the unified one.
fn cgroup(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| {
            let mut parts = line.splitn(3, ':');
            let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
            Some((controllers, path))
        })
        .collect();
    let pids = lines.iter().find(|(controllers, _)| controllers.split(',').any(|name| name == "pids"));
    let unified = lines.iter().find(|(controllers, _)| controllers.is_empty());
    pids.or(unified).map(|(_, path)| (*path).to_owned()).unwrap_or_default()
}

fn link(path: &Path) -> Option<String> {
    fs::read_link(path).ok().map(|target| target.to_string_lossy().into_owned())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(PROC_FILE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses_and_blanks() {
        let line = b"7 (a) b (c) S 1 7 7 34816 7 4194304 1 0 0 0 0 0 0 0 20 0 1 0 12345 1 1 1";
        let stat = stat(line).expect("a good line");
        assert_eq!((stat.comm.as_str(), stat.ppid, stat.tty, stat.start_ticks), ("a) b (c", 1, 34816, 12345));
    }

    #[test]
    fn this_process_is_described() {
        let facts = facts(std::process::id()).expect("this process lives");
        assert_eq!(facts.pid, std::process::id());
        assert!(facts.exe.path.starts_with('/'));
        assert!(!facts.argv.is_empty());
        assert!(facts.cwd.starts_with('/'));
        assert!(pids().contains(&facts.pid));
    }

    #[test]
    fn the_pids_hierarchy_is_preferred() {
        assert_eq!(cgroup(b"3:memory:/m\n2:cpu,pids:/p\n0::/u\n"), "/p");
        assert_eq!(cgroup(b"0::/u\n"), "/u");
        assert_eq!(cgroup(b"junk\n"), "");
    }
}
