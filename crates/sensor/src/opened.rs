//! Files that are opened, told by fanotify: for kernels and machines without eBPF.
//!
//! Only notifications are asked for, never permission: nothing waits for this process. The kernel tells the file itself,
//! so its path is the kernel's own; it tells no flags, no failure and not the path as it was written.

use std::{
    collections::BTreeSet,
    fs,
    os::fd::{AsFd, AsRawFd, BorrowedFd},
    os::unix::fs::MetadataExt,
    path::PathBuf,
    time::{Duration, Instant},
};

use nix::sys::fanotify::{EventFFlags, Fanotify, InitFlags, MarkFlags, MaskFlags};

/// A file that was opened, or that was open for writing and is closed.
pub(crate) struct Opened {
    pub(crate) pid: u32,
    pub(crate) path: String,
    pub(crate) writes: bool,
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

/// Marks on every file system that holds files.
pub(crate) struct Opens {
    group: Fanotify,
    marked: BTreeSet<u64>,
    looked: Instant,
}

/// How often new mounts are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Rounds of some hundred events before the caller may do other work.
const ROUNDS_MAX: usize = 64;
/// File systems without files: the kernel's own.
const WITHOUT_FILES: [&str; 19] = [
    "proc",
    "sysfs",
    "cgroup",
    "cgroup2",
    "devpts",
    "mqueue",
    "tracefs",
    "debugfs",
    "securityfs",
    "pstore",
    "bpf",
    "autofs",
    "binfmt_misc",
    "configfs",
    "fusectl",
    "nsfs",
    "hugetlbfs",
    "efivarfs",
    "rpc_pipefs",
];

impl Opens {
    /// Asks the kernel; says why it refused.
    pub(crate) fn watch() -> Result<Self, String> {
        let flags = InitFlags::FAN_CLASS_NOTIF | InitFlags::FAN_CLOEXEC | InitFlags::FAN_NONBLOCK;
        let files = EventFFlags::O_RDONLY | EventFFlags::O_LARGEFILE | EventFFlags::O_CLOEXEC;
        let group = Fanotify::init(flags, files).map_err(|error| error.to_string())?;
        let mut opens = Self { group, marked: BTreeSet::new(), looked: Instant::now() };
        opens.mark();
        if opens.marked.is_empty() { Err("no file system can be watched".to_owned()) } else { Ok(opens) }
    }

    /// Looks for file systems that were mounted since.
    pub(crate) fn refresh(&mut self) {
        if self.looked.elapsed() > LOOK_EVERY {
            self.mark();
        }
    }

    fn mark(&mut self) {
        self.looked = Instant::now();
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        for place in mounts.lines().filter_map(place) {
            let Ok(device) = fs::metadata(&place).map(|data| data.dev()) else { continue };
            if self.marked.contains(&device) {
                continue;
            }
            let how = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_FILESYSTEM;
            let what = MaskFlags::FAN_OPEN | MaskFlags::FAN_CLOSE_WRITE;
            if self.group.mark(how, what, rustix::fs::CWD, Some(&place)).is_ok() {
                self.marked.insert(device);
            }
        }
    }

    /// Hands out what is there; says how often the kernel could not keep all of it.
    pub(crate) fn read(&self, tell: &mut impl FnMut(Opened)) -> u64 {
        let mut overflows = 0;
        for _ in 0..ROUNDS_MAX {
            let Ok(events) = self.group.read_events() else { break };
            if events.is_empty() {
                break;
            }
            for event in events {
                if event.mask().contains(MaskFlags::FAN_Q_OVERFLOW) {
                    overflows += 1;
                }
                let pid = event.pid().unsigned_abs();
                let Some(file) = event.fd().filter(|_| pid != std::process::id()) else { continue };
                let link = format!("/proc/self/fd/{}", file.as_raw_fd());
                let Ok(path) = fs::read_link(&link) else { continue };
                let data = fs::metadata(&link).ok();
                tell(Opened {
                    pid,
                    path: path.to_string_lossy().into_owned(),
                    writes: event.mask().contains(MaskFlags::FAN_CLOSE_WRITE),
                    device: data.as_ref().map_or(0, MetadataExt::dev),
                    inode: data.as_ref().map_or(0, MetadataExt::ino),
                });
            }
        }
        overflows
    }
}

impl AsFd for Opens {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.group.as_fd()
    }
}

// The mount point of a line of mountinfo (proc(5)): field 5; the type stands after the dash.
fn place(line: &str) -> Option<PathBuf> {
    let (mount, kind) = line.split_once(" - ")?;
    let kind = kind.split(' ').next()?;
    if WITHOUT_FILES.contains(&kind) {
        return None;
    }
    // Blanks and the like are written in octal.
    let text = mount.split(' ').nth(4)?.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_with_files_are_found() {
        let line =
            |kind: &str| format!("27 1 254:0 / /mnt/a\\040b rw,relatime shared:1 - {kind} /dev/vda rw");
        assert_eq!(place(&line("ext4")), Some(PathBuf::from("/mnt/a b")));
        assert_eq!(place(&line("cgroup2")), None);
        assert_eq!(place("junk"), None);
    }
}
