//! [`Gate`]: asks before a file is opened, or opened to be run (fanotify permission events).
//!
//! Whoever opens waits for the answer, so the answering process holds nothing else and is watched (`watchdog`). When the
//! gate's descriptor is closed, however that comes, the kernel lets everybody go on. INVARIANT: a question that is
//! dropped is answered *yes*.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    os::{
        fd::{AsFd, AsRawFd},
        unix::fs::{FileExt, MetadataExt},
    },
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use nix::sys::fanotify::{
    EventFFlags, Fanotify, FanotifyEvent, FanotifyResponse, InitFlags, MarkFlags, MaskFlags, Response,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use yagura_event::Process;

use crate::{SensorError, clock::Clock, limits::PROCESSES_MAX, procfs, table::Table};

/// What is asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// Every program that is about to run, on file systems of this machine's own.
    pub programs: bool,
    /// Folders whose files are asked about when they are opened; not those of folders below.
    pub folders: BTreeSet<PathBuf>,
}

/// The gate.
pub struct Gate {
    group: Arc<Fanotify>,
    watched: Watched,
    // Devices whose programs are asked about.
    marked: BTreeSet<u64>,
    // Mount namespaces and how their list of mounts looked.
    seen: BTreeMap<u64, u64>,
    // Changes when something is mounted in this namespace.
    mounts: Option<File>,
    looked: Instant,
}

/// How often file systems of other mount namespaces are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Largest list of mounts that is read.
const MOUNTS_BYTES_MAX: usize = 4 << 20;
/// File systems that answer by themselves. The server of any other could keep a decision waiting.
const OWN: [&str; 16] = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs", "ramfs", "overlay", "squashfs", "erofs", "vfat",
    "exfat", "iso9660", "zfs", "bcachefs",
];

/// Somebody waits for an answer.
pub struct Question {
    group: Arc<Fanotify>,
    event: FanotifyEvent,
    answered: bool,
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionKind {
    /// To open a file in order to run it, or to run another with it.
    Run,
    /// To open a file.
    Open,
}

/// What a file that is to be run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// A program: once it runs, this file is the process's program.
    Program,
    /// Anything else: a script, which makes another file the program; or a library, which may be opened as a program's
    /// loader.
    Other,
}

impl Gate {
    /// Opens the gate.
    ///
    /// # Errors
    /// Where the kernel has no permission events, or this process lacks the privilege.
    pub fn open(watched: Watched) -> Result<Self, SensorError> {
        let failed = |action| {
            move |error: nix::errno::Errno| SensorError::Kernel { action, reason: error.to_string() }
        };
        let flags = InitFlags::FAN_CLASS_CONTENT
            | InitFlags::FAN_CLOEXEC
            | InitFlags::FAN_NONBLOCK
            | InitFlags::FAN_UNLIMITED_QUEUE
            | InitFlags::FAN_UNLIMITED_MARKS
            | InitFlags::FAN_REPORT_TID;
        // Not waiting: the kernel opens the file for us, and a pipe would wait for its other end.
        let files = EventFFlags::O_RDONLY
            | EventFFlags::O_LARGEFILE
            | EventFFlags::O_CLOEXEC
            | EventFFlags::O_NONBLOCK;
        let group = Fanotify::init(flags, files).map_err(failed("opening the gate"))?;
        let mut gate = Self {
            group: Arc::new(group),
            watched,
            marked: BTreeSet::new(),
            seen: BTreeMap::new(),
            mounts: File::open("/proc/self/mountinfo").ok(),
            looked: Instant::now(),
        };
        gate.mark_folders();
        gate.mark_programs();
        Ok(gate)
    }

    /// Devices whose programs are asked about.
    pub fn devices(&self) -> usize {
        self.marked.len()
    }

    fn mark_folders(&self) {
        for folder in &self.watched.folders {
            let how = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_ONLYDIR;
            let what = MaskFlags::FAN_OPEN_PERM | MaskFlags::FAN_EVENT_ON_CHILD;
            if let Err(error) = self.group.mark(how, what, rustix::fs::CWD, Some(folder)) {
                tracing::debug!("{}: not asked about: {error}", folder.display());
            }
        }
    }

    // File systems of all mount namespaces; one whose list did not change is not looked at again.
    fn mark_programs(&mut self) {
        self.looked = Instant::now();
        if !self.watched.programs {
            return;
        }
        let mut namespaces = BTreeSet::new();
        for pid in std::iter::once(std::process::id()).chain(procfs::pids()) {
            let Ok(data) = fs::metadata(format!("/proc/{pid}/ns/mnt")) else { continue };
            if namespaces.insert(data.ino()) {
                self.mark_mounts(pid, data.ino());
            }
        }
        self.seen.retain(|namespace, _| namespaces.contains(namespace));
    }

    fn mark_mounts(&mut self, pid: u32, namespace: u64) {
        let Ok(mut text) = fs::read(format!("/proc/{pid}/mountinfo")) else { return };
        text.truncate(MOUNTS_BYTES_MAX);
        let hash = text.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        if self.seen.insert(namespace, hash) == Some(hash) {
            return;
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        for place in text.lines().filter_map(own_place) {
            let path = Path::new(&format!("/proc/{pid}/root")).join(place.trim_start_matches('/'));
            let Ok(device) = fs::metadata(&path).map(|data| data.dev()) else { continue };
            if self.marked.contains(&device) {
                continue;
            }
            let how = MarkFlags::FAN_MARK_ADD | MarkFlags::FAN_MARK_FILESYSTEM;
            let marked = self.group.mark(how, MaskFlags::FAN_OPEN_EXEC_PERM, rustix::fs::CWD, Some(&path));
            if marked.is_ok() {
                self.marked.insert(device);
            }
        }
    }

    /// Waits for questions; none come back where nobody asked for `wait`.
    ///
    /// # Errors
    /// Where the gate cannot be read.
    pub fn wait(&mut self, wait: Duration) -> Result<Vec<Question>, SensorError> {
        let limit = Timespec { tv_sec: wait.as_secs().cast_signed(), tv_nsec: wait.subsec_nanos().into() };
        let changed = {
            let mut asked = vec![PollFd::new(&*self.group, PollFlags::IN)];
            asked.extend(self.mounts.as_ref().map(|file| PollFd::new(file, PollFlags::PRI)));
            let _ = poll(&mut asked, Some(&limit));
            asked.get(1).is_some_and(|mounts| mounts.revents().intersects(PollFlags::PRI | PollFlags::ERR))
        };
        if changed {
            self.mounts = File::open("/proc/self/mountinfo").ok();
        }
        if changed || self.looked.elapsed() > LOOK_EVERY {
            self.mark_programs();
        }
        match self.group.read_events() {
            Ok(events) => Ok(events.into_iter().map(|event| self.question(event)).collect()),
            Err(nix::errno::Errno::EAGAIN | nix::errno::Errno::EINTR) => Ok(Vec::new()),
            Err(error) => Err(SensorError::Kernel { action: "reading the gate", reason: error.to_string() }),
        }
    }

    fn question(&self, event: FanotifyEvent) -> Question {
        Question { group: Arc::clone(&self.group), event, answered: false }
    }
}

impl Question {
    /// What is asked.
    pub fn kind(&self) -> QuestionKind {
        if self.event.mask().contains(MaskFlags::FAN_OPEN_EXEC_PERM) {
            QuestionKind::Run
        } else {
            QuestionKind::Open
        }
    }

    /// The thread that waits.
    pub fn tid(&self) -> u32 {
        self.event.pid().unsigned_abs()
    }

    /// The process of that thread.
    pub fn pid(&self) -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.tid())).ok()?;
        status.lines().find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok())
    }

    /// The file, as the kernel names it to whoever waits.
    pub fn path(&self) -> Option<String> {
        let path = fs::read_link(self.link()?).ok()?;
        let path = path.to_string_lossy();
        let is_gone = self.file_data().is_some_and(|data| data.nlink() == 0);
        Some(path.strip_suffix(" (deleted)").filter(|_| is_gone).unwrap_or(&path).to_owned())
    }

    /// What is known of the file.
    pub fn file_data(&self) -> Option<fs::Metadata> {
        fs::metadata(self.link()?).ok()
    }

    fn link(&self) -> Option<String> {
        Some(format!("/proc/self/fd/{}", self.event.fd()?.as_raw_fd()))
    }

    /// What a file that is to be run is.
    pub fn format(&self) -> FileFormat {
        let file = self.event.fd().and_then(|file| file.try_clone_to_owned().ok()).map(File::from);
        match file.and_then(|file| is_program(&file)) {
            Some(true) => FileFormat::Program,
            _ => FileFormat::Other,
        }
    }

    /// The system call in which the thread waits: its number and arguments, as they stood when it was made.
    pub fn call(&self) -> Option<(u64, [u64; 6])> {
        call(&fs::read_to_string(format!("/proc/{}/syscall", self.tid())).ok()?)
    }

    /// Lets it be.
    pub fn allow(mut self) {
        self.answer(Response::FAN_ALLOW);
    }

    /// Refuses it: the caller gets EPERM. False where the kernel did not take the answer.
    pub fn deny(mut self) -> bool {
        self.answer(Response::FAN_DENY)
    }

    fn answer(&mut self, response: Response) -> bool {
        self.answered = true;
        let Some(file) = self.event.fd() else { return false };
        self.group.write_response(FanotifyResponse::new(file.as_fd(), response)).is_ok()
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if !self.answered {
            self.answer(Response::FAN_ALLOW);
        }
    }
}

/// Who waits, and whose child that is, read at the moment of the question.
pub struct Asked {
    table: Table,
}

impl Default for Asked {
    fn default() -> Self {
        Self { table: Table::new(PROCESSES_MAX.min(1_024), Clock::new()) }
    }
}

impl Asked {
    /// The process, without arguments and environment; of its ancestors name and program only. `None` where it is gone.
    pub fn process(&mut self, pid: u32) -> Option<Arc<Process>> {
        self.look(pid, 0)
    }

    fn look(&mut self, pid: u32, depth: usize) -> Option<Arc<Process>> {
        let facts = if depth == 0 { procfs::facts_without_texts(pid)? } else { procfs::kin(pid)? };
        let parent = match facts.ppid {
            0 => None,
            ppid if depth < Process::ANCESTORS_MAX => self.look(ppid, depth + 1),
            _ => None,
        };
        Some(self.table.insert_facts(facts, parent))
    }
}

// The mount point of a line of mountinfo (proc(5)) whose file system is this machine's own.
fn own_place(line: &str) -> Option<String> {
    let (mount, kind) = line.split_once(" - ")?;
    let kind = kind.split(' ').next()?;
    if !OWN.contains(&kind) {
        return None;
    }
    // Blanks and the like are written in octal.
    let place = mount.split(' ').nth(4)?;
    Some(place.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\"))
}

// `NUMBER 0xARG … 0xSP 0xPC` (proc(5), syscall); `running` and `-1 …` are no calls.
fn call(text: &str) -> Option<(u64, [u64; 6])> {
    let mut words = text.split_ascii_whitespace();
    let number = words.next()?.parse().ok()?;
    let mut args = [0; 6];
    for arg in &mut args {
        *arg = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    Some((number, args))
}

// elf(5): a file of this machine's own format that is linked at a fixed place or names a loader. A library has neither,
// and nor has the loader itself, which the kernel opens for each program: what is asked about it decides nothing.
fn is_program(file: &File) -> Option<bool> {
    const EXEC: u16 = 2;
    const DYN: u16 = 3;
    const X86_64: u16 = 62;
    const INTERP: u32 = 3;
    const ENTRIES_MAX: u64 = 128;
    let mut head = [0; 64];
    file.read_exact_at(&mut head, 0).ok()?;
    let half = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    if !head.starts_with(b"\x7fELF\x02\x01") || half(18) != X86_64 {
        return Some(false);
    }
    match half(16) {
        EXEC => return Some(true),
        DYN => {}
        _ => return Some(false),
    }
    let table = u64::from_le_bytes(*head.get(32..40)?.first_chunk()?);
    let (size, count) = (u64::from(half(54)), u64::from(half(56)));
    for index in 0..count.min(ENTRIES_MAX) {
        let mut kind = [0; 4];
        file.read_exact_at(&mut kind, table.checked_add(index * size)?).ok()?;
        if u32::from_le_bytes(kind) == INTERP {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_and_a_running_thread_makes_none() {
        let text = "257 0xffffff9c 0x7ffe 0x8241 0x1b6 0x0 0x0 0x7ffd 0x7f33\n";
        assert_eq!(call(text), Some((257, [0xffff_ff9c, 0x7ffe, 0x8241, 0x1b6, 0, 0])));
        for none in ["running\n", "-1 0x7ffd 0x7f33\n", "", "257 0x1\n"] {
            assert_eq!(call(none), None, "{none}");
        }
    }

    #[test]
    fn programs_are_told_from_loaders_libraries_and_scripts() {
        let of = |path: &str| File::open(path).ok().and_then(|file| is_program(&file));
        assert_eq!(of("/bin/sh"), Some(true));
        assert_ne!(of("/lib64/ld-linux-x86-64.so.2"), Some(true));
        let dir = tempfile::tempdir().expect("a folder");
        let script = dir.path().join("script");
        for text in [&b"#!/bin/sh\n"[..], b"", b"\x7fELF\x02\x01", &[b'#'; 100], &[0; 64]] {
            fs::write(&script, text).expect("writable");
            assert_ne!(of(&script.to_string_lossy()), Some(true));
        }
        // A table that points past the end of all numbers.
        let mut hostile = fs::read("/bin/sh").expect("a program")[..64].to_vec();
        hostile[32..40].fill(0xff);
        fs::write(&script, hostile).expect("writable");
        assert_eq!(of(&script.to_string_lossy()), None);
    }

    #[test]
    fn only_file_systems_that_answer_by_themselves_are_asked_about() {
        let line =
            |kind: &str| format!("27 1 254:0 / /mnt/a\\040b rw,relatime shared:1 - {kind} /dev/vda rw");
        assert_eq!(own_place(&line("ext4")).as_deref(), Some("/mnt/a b"));
        for other in ["fuse.sshfs", "nfs4", "proc", "9p"] {
            assert_eq!(own_place(&line(other)), None, "{other}");
        }
    }
}
