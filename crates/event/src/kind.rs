//! [`EventKind`]: what was done, in the words of the kernel's system calls (Falco's `evt.type`).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::ocsf::OcsfClass;

macro_rules! event_kinds {
    ($($variant:ident $name:literal $class:ident $activity:literal,)*) => {
        /// What was done. The name is the system call's, as in Falco's `evt.type`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each variant is the system call of that name")]
        pub enum EventKind { $($variant,)* }

        impl EventKind {
            /// Every kind, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The system call's name, for example `openat`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The OCSF class this kind belongs to.
            pub const fn class(self) -> OcsfClass {
                match self { $(Self::$variant => OcsfClass::$class,)* }
            }

            /// OCSF `activity_id` within the class; 99 is "Other".
            pub const fn activity_id(self) -> u8 {
                match self { $(Self::$variant => $activity,)* }
            }

            /// The kind of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

// Name, OCSF class, OCSF activity (schema 1.8: process 1 launch, 2 terminate, 4 inject, 5 set user;
// file 1 create, 3 update, 4 delete, 5 rename, 6 set attributes, 12 mount, 13 unmount, 14 open; network 1 open,
// 7 listen; kernel extension 1 load, 2 unload; kernel 4 invoke; memory 9 map view).
event_kinds! {
    Open "open" FileSystemActivity 14,
    Openat "openat" FileSystemActivity 14,
    Openat2 "openat2" FileSystemActivity 14,
    Creat "creat" FileSystemActivity 1,
    Execve "execve" ProcessActivity 1,
    Execveat "execveat" ProcessActivity 1,
    Clone "clone" ProcessActivity 99,
    Clone3 "clone3" ProcessActivity 99,
    Fork "fork" ProcessActivity 99,
    Vfork "vfork" ProcessActivity 99,
    ProcExit "procexit" ProcessActivity 2,
    Connect "connect" NetworkActivity 1,
    Accept "accept" NetworkActivity 1,
    Accept4 "accept4" NetworkActivity 1,
    Listen "listen" NetworkActivity 7,
    Bind "bind" NetworkActivity 99,
    Socket "socket" NetworkActivity 99,
    Sendto "sendto" NetworkActivity 6,
    Sendmsg "sendmsg" NetworkActivity 6,
    Sendmmsg "sendmmsg" NetworkActivity 6,
    Recvfrom "recvfrom" NetworkActivity 6,
    Recvmsg "recvmsg" NetworkActivity 6,
    Recvmmsg "recvmmsg" NetworkActivity 6,
    Rename "rename" FileSystemActivity 5,
    Renameat "renameat" FileSystemActivity 5,
    Renameat2 "renameat2" FileSystemActivity 5,
    Unlink "unlink" FileSystemActivity 4,
    Unlinkat "unlinkat" FileSystemActivity 4,
    Rmdir "rmdir" FileSystemActivity 4,
    Mkdir "mkdir" FileSystemActivity 1,
    Mkdirat "mkdirat" FileSystemActivity 1,
    Symlink "symlink" FileSystemActivity 1,
    Symlinkat "symlinkat" FileSystemActivity 1,
    Link "link" FileSystemActivity 1,
    Linkat "linkat" FileSystemActivity 1,
    Chmod "chmod" FileSystemActivity 6,
    Fchmod "fchmod" FileSystemActivity 6,
    Fchmodat "fchmodat" FileSystemActivity 6,
    Chown "chown" FileSystemActivity 6,
    Lchown "lchown" FileSystemActivity 6,
    Fchown "fchown" FileSystemActivity 6,
    Fchownat "fchownat" FileSystemActivity 6,
    Truncate "truncate" FileSystemActivity 3,
    Ftruncate "ftruncate" FileSystemActivity 3,
    Setxattr "setxattr" FileSystemActivity 6,
    Dup "dup" FileSystemActivity 99,
    Dup2 "dup2" FileSystemActivity 99,
    Dup3 "dup3" FileSystemActivity 99,
    Chdir "chdir" ProcessActivity 99,
    Fchdir "fchdir" ProcessActivity 99,
    Chroot "chroot" ProcessActivity 99,
    Setuid "setuid" ProcessActivity 5,
    Setreuid "setreuid" ProcessActivity 5,
    Setresuid "setresuid" ProcessActivity 5,
    Setgid "setgid" ProcessActivity 99,
    Setregid "setregid" ProcessActivity 99,
    Setresgid "setresgid" ProcessActivity 99,
    Setfsuid "setfsuid" ProcessActivity 5,
    Setsid "setsid" ProcessActivity 99,
    Setpgid "setpgid" ProcessActivity 99,
    Capset "capset" ProcessActivity 99,
    Prctl "prctl" ProcessActivity 99,
    Ptrace "ptrace" ProcessActivity 3,
    ProcessVmReadv "process_vm_readv" ProcessActivity 3,
    ProcessVmWritev "process_vm_writev" ProcessActivity 4,
    Kill "kill" ProcessActivity 99,
    Tkill "tkill" ProcessActivity 99,
    Tgkill "tgkill" ProcessActivity 99,
    Mount "mount" FileSystemActivity 12,
    Umount2 "umount2" FileSystemActivity 13,
    MoveMount "move_mount" FileSystemActivity 12,
    PivotRoot "pivot_root" FileSystemActivity 99,
    Setns "setns" ProcessActivity 99,
    Unshare "unshare" ProcessActivity 99,
    InitModule "init_module" KernelExtensionActivity 1,
    FinitModule "finit_module" KernelExtensionActivity 1,
    DeleteModule "delete_module" KernelExtensionActivity 2,
    Bpf "bpf" KernelActivity 4,
    Userfaultfd "userfaultfd" KernelActivity 4,
    MemfdCreate "memfd_create" FileSystemActivity 1,
    Mprotect "mprotect" MemoryActivity 99,
    Mmap "mmap" MemoryActivity 9,
    IoUringSetup "io_uring_setup" KernelActivity 4,
    IoUringEnter "io_uring_enter" KernelActivity 4,
    IoUringRegister "io_uring_register" KernelActivity 4,
    PerfEventOpen "perf_event_open" KernelActivity 4,
    Keyctl "keyctl" KernelActivity 4,
    Setfsgid "setfsgid" ProcessActivity 99,
    Setgroups "setgroups" ProcessActivity 99,
    Lsetxattr "lsetxattr" FileSystemActivity 6,
    Fsetxattr "fsetxattr" FileSystemActivity 6,
    Removexattr "removexattr" FileSystemActivity 6,
    Lremovexattr "lremovexattr" FileSystemActivity 6,
    Fremovexattr "fremovexattr" FileSystemActivity 6,
    Utimensat "utimensat" FileSystemActivity 6,
    Mknod "mknod" FileSystemActivity 1,
    Mknodat "mknodat" FileSystemActivity 1,
    OpenByHandleAt "open_by_handle_at" FileSystemActivity 14,
    Write "write" FileSystemActivity 3,
    Pwrite64 "pwrite64" FileSystemActivity 3,
    Writev "writev" FileSystemActivity 3,
    Pwritev "pwritev" FileSystemActivity 3,
    DnsQuery "dns_query" NetworkActivity 6,
    RtSigqueueinfo "rt_sigqueueinfo" ProcessActivity 99,
    RtTgsigqueueinfo "rt_tgsigqueueinfo" ProcessActivity 99,
    PidfdSendSignal "pidfd_send_signal" ProcessActivity 99,
    PidfdGetfd "pidfd_getfd" ProcessActivity 99,
    Personality "personality" ProcessActivity 99,
    OpenTree "open_tree" FileSystemActivity 99,
    Fsopen "fsopen" FileSystemActivity 99,
    Fsconfig "fsconfig" FileSystemActivity 99,
    Fsmount "fsmount" FileSystemActivity 12,
    MountSetattr "mount_setattr" FileSystemActivity 99,
    KexecLoad "kexec_load" KernelActivity 4,
    KexecFileLoad "kexec_file_load" KernelActivity 4,
    Iopl "iopl" KernelActivity 4,
    Ioperm "ioperm" KernelActivity 4,
    IoUringSubmit "io_uring_submit" KernelActivity 4,
}

impl EventKind {
    /// One past the largest number a kind has; sizes tables indexed by kind.
    pub const COUNT: usize = Self::ALL.len();

    /// The kind's number, below [`EventKind::COUNT`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for EventKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}

impl Serialize for EventKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for EventKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| D::Error::custom(format!("`{name}` is no event kind")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_kind() {
        for (index, kind) in EventKind::ALL.iter().enumerate() {
            assert_eq!(kind.index(), index);
            assert_eq!(EventKind::from_name(kind.name()), Some(*kind));
        }
    }
}
