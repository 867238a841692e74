//! [`Process`]: who did it. An immutable picture of one process at one moment.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Container, Timestamp};

/// A process as it was at one moment. It never changes: when the process runs another program, changes its user or
/// gets another parent, a new `Process` with a new `id` is made. So whatever is true of an `id` stays true, and
/// answers about it can be kept.
///
/// Its texts are shared: the next picture of a process, and that of its child, differ in little, and there are many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Names this picture: unique within one run of the sensor, never reused.
    pub id: u64,
    /// Process id on the host (the kernel's tgid).
    pub pid: u32,
    /// Process id in its own pid namespace.
    pub vpid: u32,
    /// The parent's process id on the host.
    pub ppid: u32,
    /// Process group and session, on the host and in its pid namespace.
    pub pgid: u32,
    /// See `pgid`.
    pub vpgid: u32,
    /// Session id.
    pub sid: u32,
    /// Session id in its pid namespace.
    pub vsid: u32,
    /// When the process was created (fork, not exec). With `pid` it names the process for ever.
    pub start_time: Timestamp,
    /// When it began to run its present program.
    pub exec_time: Timestamp,
    /// The kernel's `comm`: at most 15 bytes.
    pub name: Arc<str>,
    /// First argument as given to exec; may be anything.
    pub exe: Arc<str>,
    /// The program's file.
    #[serde(default)]
    pub exe_file: ExeFile,
    /// Arguments after the first, as given to exec; all together at most 4,096 bytes.
    #[serde(default)]
    pub args: Arc<[Box<str>]>,
    /// `name` and `args` joined by blanks (`proc.cmdline`).
    pub cmdline: Arc<str>,
    /// Environment at exec, `NAME=value`, all together at most 4,096 bytes.
    #[serde(default)]
    pub env: Arc<[Box<str>]>,
    /// Working directory.
    pub cwd: Arc<str>,
    /// Number of the controlling terminal; 0 without one.
    pub tty: u32,
    /// Who it runs as.
    #[serde(default)]
    pub credentials: Credentials,
    /// Path of its cgroup.
    #[serde(default)]
    pub cgroup: Arc<str>,
    /// The container it runs in; `None` on the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Arc<Container>>,
    /// Its parent as it was then; `None` for the first process and where the parent is not known.
    #[serde(default, skip_serializing_if = "Parent::is_none")]
    pub parent: Parent,
}

/// The link to a parent. It drops a chain link by link: a process tree may be deeper than the stack.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parent(Option<Arc<Process>>);

impl Parent {
    /// No parent, or none that is known.
    pub const NONE: Self = Self(None);

    /// The parent, where it is known.
    pub fn get(&self) -> Option<&Arc<Process>> {
        self.0.as_ref()
    }

    fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl From<Option<Arc<Process>>> for Parent {
    fn from(parent: Option<Arc<Process>>) -> Self {
        Self(parent)
    }
}

impl From<Arc<Process>> for Parent {
    fn from(parent: Arc<Process>) -> Self {
        Self(Some(parent))
    }
}

impl Drop for Parent {
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(parent) = next {
            match Arc::try_unwrap(parent) {
                Ok(mut last) => next = last.parent.0.take(),
                Err(_) => break,
            }
        }
    }
}

impl Process {
    /// Deepest ancestry that is walked or kept.
    pub const ANCESTORS_MAX: usize = 64;

    /// The parent, the parent's parent, and so on; at most [`Process::ANCESTORS_MAX`].
    pub fn ancestors(&self) -> impl Iterator<Item = &Process> {
        std::iter::successors(self.parent.0.as_deref(), |process| process.parent.0.as_deref())
            .take(Self::ANCESTORS_MAX)
    }

    /// The ancestor `level` steps up; level 0 is the process itself.
    pub fn ancestor(&self, level: usize) -> Option<&Process> {
        if level == 0 { Some(self) } else { self.ancestors().nth(level - 1) }
    }

    /// `name` followed by `args`, as `cmdline` holds it.
    pub fn join_cmdline(name: &str, args: &[Box<str>]) -> Arc<str> {
        let bytes = name.len() + args.iter().map(|arg| arg.len() + 1).sum::<usize>();
        let mut text = String::with_capacity(bytes);
        text.push_str(name);
        for arg in args {
            text.push(' ');
            text.push_str(arg);
        }
        text.into()
    }
}

impl Default for Process {
    fn default() -> Self {
        Self {
            id: 0,
            pid: 0,
            vpid: 0,
            ppid: 0,
            pgid: 0,
            vpgid: 0,
            sid: 0,
            vsid: 0,
            start_time: Timestamp::default(),
            exec_time: Timestamp::default(),
            name: "".into(),
            exe: "".into(),
            exe_file: ExeFile::default(),
            args: Arc::default(),
            cmdline: "".into(),
            env: Arc::default(),
            cwd: "".into(),
            tty: 0,
            credentials: Credentials::default(),
            cgroup: "".into(),
            container: None,
            parent: Parent::NONE,
        }
    }
}

/// The file a process runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExeFile {
    /// Absolute path as the kernel knows it, without ` (deleted)`; empty where unknown.
    pub path: Arc<str>,
    /// Inode number.
    pub inode: u64,
    /// Device number.
    pub device: u64,
    /// When its inode last changed.
    pub ctime: Timestamp,
    /// When its content last changed.
    pub mtime: Timestamp,
    /// The user running it may write it.
    pub writable: bool,
    /// It lies in the upper (writable) layer of an overlay file system: it was not in the image.
    pub upper_layer: bool,
    /// It lies in a lower layer of an overlay file system.
    pub lower_layer: bool,
    /// It is an anonymous file made by `memfd_create`.
    pub memfd: bool,
    /// Its last name was removed.
    pub deleted: bool,
}

/// Who a process runs as.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// Effective user, named as the container's own `/etc/passwd` names it.
    pub user: User,
    /// Effective group.
    pub group: User,
    /// Real user id.
    pub ruid: u32,
    /// Saved user id.
    pub suid: u32,
    /// Real group id.
    pub rgid: u32,
    /// Who signed in (audit's loginuid); `None` when unset.
    pub login: Option<User>,
    /// Capability bits.
    pub cap_inheritable: u64,
    /// See `cap_inheritable`.
    pub cap_permitted: u64,
    /// See `cap_inheritable`.
    pub cap_effective: u64,
}

/// A name of a user or group; shared, because few repeat in very many processes.
pub type UserName = Arc<str>;

/// A user or a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Its number.
    pub id: u32,
    /// Its name, where the number has one.
    pub name: Option<UserName>,
    /// Its home directory, where known (users only).
    pub home: Option<Arc<str>>,
    /// Its shell, where known (users only).
    pub shell: Option<Arc<str>>,
}

// linux/capability.h, in the order of their bits.
const CAPABILITIES: [&str; 41] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// Names of the set capability bits, joined by blanks as Falco prints them.
pub fn capability_names(bits: u64) -> String {
    let names: Vec<&str> = CAPABILITIES
        .iter()
        .enumerate()
        .filter(|(bit, _)| bits >> bit & 1 == 1)
        .map(|(_, name)| *name)
        .collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_a_million_parents_drops_without_recursion() {
        let mut process = Process::default();
        for _ in 0..1_000_000 {
            process = Process { parent: Arc::new(process).into(), ..Process::default() };
        }
        assert_eq!(process.ancestors().count(), Process::ANCESTORS_MAX);
        drop(process);
    }

    #[test]
    fn capabilities_are_named_in_bit_order() {
        assert_eq!(capability_names(1 << 21 | 1), "CAP_CHOWN CAP_SYS_ADMIN");
        assert_eq!(capability_names(0), "");
    }
}
