//! [`FlagSet`]: names of bits and numbers in system-call arguments, as Falco prints them.
//!
//! Sources: the kernel's `include/uapi` headers; the spelling and order of what is printed follow Falco's
//! `driver/flags_table.c`, because rules compare that text.

use serde::{Deserialize, Serialize};

/// Says what the bits of an argument mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagSet {
    /// `open` flags, `O_…`.
    Open,
    /// `openat2` resolve flags.
    Resolve,
    /// File modes, `S_…`.
    Mode,
    /// `clone` and `unshare` flags, `CLONE_…`.
    Clone,
    /// Namespace type of `setns`.
    Namespace,
    /// `unlinkat`/`linkat`/`fchmodat` flags, `AT_…`.
    At,
    /// `renameat2` flags.
    Rename,
    /// `mount` flags, `MS_…`.
    Mount,
    /// `umount2` flags.
    Umount,
    /// Memory protection, `PROT_…`.
    Prot,
    /// `mmap` flags.
    Mmap,
    /// What an exec found out about the file, `EXE_…`.
    Exec,
    /// Address families, `AF_…` (a number, not bits).
    SocketDomain,
    /// Socket types (a number with bits).
    SocketType,
    /// `ptrace` requests (a number).
    PtraceRequest,
    /// `bpf` commands (a number).
    BpfCommand,
    /// `prctl` options (a number).
    PrctlOption,
    /// Signals (a number).
    Signal,
    /// `memfd_create` flags.
    Memfd,
    /// `userfaultfd` flags.
    Userfault,
    /// Module load flags.
    Module,
    /// Capability bits.
    Capabilities,
    /// `dup3` flags.
    Dup,
    /// `personality` bits.
    Persona,
    /// Types of DNS records (a number).
    DnsType,
    /// Operations of `io_uring` (a number).
    IoUringOp,
    /// `keyctl` operations (a number).
    Keyctl,
}

type Names = &'static [(u64, &'static str)];

// Access modes come first and are a number, not bits; O_TMPFILE holds O_DIRECTORY.
const OPEN: Names = &[
    (0o100, "O_CREAT"),
    (0o2000, "O_APPEND"),
    (0o40000, "O_DIRECT"),
    (0o200000, "O_DIRECTORY"),
    (0o200, "O_EXCL"),
    (0o100000, "O_LARGEFILE"),
    (0o4000, "O_NONBLOCK"),
    (0o10000, "O_DSYNC"),
    (0o1000, "O_TRUNC"),
    (0o2000000, "O_CLOEXEC"),
    (0o4000000, "O_SYNC"),
    (0o20000000, "O_TMPFILE"),
    (0o400000, "O_NOFOLLOW"),
    (0o1000000, "O_NOATIME"),
    (0o10000000, "O_PATH"),
    (0o400, "O_NOCTTY"),
    (1 << 32, "O_F_CREATED"),
    (1 << 33, "FD_UPPER_LAYER"),
    (1 << 34, "FD_LOWER_LAYER"),
];
const RESOLVE: Names = &[
    (0x08, "RESOLVE_BENEATH"),
    (0x10, "RESOLVE_IN_ROOT"),
    (0x02, "RESOLVE_NO_MAGICLINKS"),
    (0x04, "RESOLVE_NO_SYMLINKS"),
    (0x01, "RESOLVE_NO_XDEV"),
    (0x20, "RESOLVE_CACHED"),
];
const MODE: Names = &[
    (0o4000, "S_ISUID"),
    (0o2000, "S_ISGID"),
    (0o1000, "S_ISVTX"),
    (0o400, "S_IRUSR"),
    (0o200, "S_IWUSR"),
    (0o100, "S_IXUSR"),
    (0o040, "S_IRGRP"),
    (0o020, "S_IWGRP"),
    (0o010, "S_IXGRP"),
    (0o004, "S_IROTH"),
    (0o002, "S_IWOTH"),
    (0o001, "S_IXOTH"),
];
const CLONE: Names = &[
    (0x200, "CLONE_FS"),
    (0x400, "CLONE_FILES"),
    (0x800, "CLONE_SIGHAND"),
    (0x2000, "CLONE_PTRACE"),
    (0x4000, "CLONE_VFORK"),
    (0x8000, "CLONE_PARENT"),
    (0x10000, "CLONE_THREAD"),
    (0x20000, "CLONE_NEWNS"),
    (0x40000, "CLONE_SYSVSEM"),
    (0x80000, "CLONE_SETTLS"),
    (0x100000, "CLONE_PARENT_SETTID"),
    (0x200000, "CLONE_CHILD_CLEARTID"),
    (0x800000, "CLONE_UNTRACED"),
    (0x1000000, "CLONE_CHILD_SETTID"),
    (0x2000000, "CLONE_NEWCGROUP"),
    (0x4000000, "CLONE_NEWUTS"),
    (0x8000000, "CLONE_NEWIPC"),
    (0x10000000, "CLONE_NEWUSER"),
    (0x20000000, "CLONE_NEWPID"),
    (0x40000000, "CLONE_NEWNET"),
    (0x80000000, "CLONE_IO"),
    (0x100, "CLONE_VM"),
    (0x80, "CLONE_NEWTIME"),
];
const AT: Names = &[
    (0x100, "AT_SYMLINK_NOFOLLOW"),
    (0x200, "AT_REMOVEDIR"),
    (0x400, "AT_SYMLINK_FOLLOW"),
    (0x800, "AT_NO_AUTOMOUNT"),
    (0x1000, "AT_EMPTY_PATH"),
];
const RENAME: Names = &[(1, "RENAME_NOREPLACE"), (2, "RENAME_EXCHANGE"), (4, "RENAME_WHITEOUT")];
const MOUNT: Names = &[
    (1, "RDONLY"),
    (1 << 1, "NOSUID"),
    (1 << 2, "NODEV"),
    (1 << 3, "NOEXEC"),
    (1 << 4, "SYNCHRONOUS"),
    (1 << 5, "REMOUNT"),
    (1 << 6, "MANDLOCK"),
    (1 << 7, "DIRSYNC"),
    (1 << 10, "NOATIME"),
    (1 << 11, "NODIRATIME"),
    (1 << 12, "BIND"),
    (1 << 13, "MOVE"),
    (1 << 14, "REC"),
    (1 << 15, "SILENT"),
    (1 << 16, "POSIXACL"),
    (1 << 17, "UNBINDABLE"),
    (1 << 18, "PRIVATE"),
    (1 << 19, "SLAVE"),
    (1 << 20, "SHARED"),
    (1 << 21, "RELATIME"),
    (1 << 22, "KERNMOUNT"),
    (1 << 23, "I_VERSION"),
    (1 << 24, "STRICTATIME"),
    (1 << 25, "LAZYTIME"),
    (1 << 28, "NOSEC"),
    (1 << 29, "BORN"),
    (1 << 30, "ACTIVE"),
    (1 << 31, "NOUSER"),
];
const UMOUNT: Names = &[(1, "FORCE"), (2, "DETACH"), (4, "EXPIRE"), (8, "NOFOLLOW")];
const PROT: Names = &[
    (1, "PROT_READ"),
    (2, "PROT_WRITE"),
    (4, "PROT_EXEC"),
    (8, "PROT_SEM"),
    (0x0100_0000, "PROT_GROWSDOWN"),
    (0x0200_0000, "PROT_GROWSUP"),
];
const MMAP: Names = &[
    (1, "MAP_SHARED"),
    (2, "MAP_PRIVATE"),
    (0x10, "MAP_FIXED"),
    (0x20, "MAP_ANONYMOUS"),
    (0x40, "MAP_32BIT"),
    (0x100, "MAP_GROWSDOWN"),
    (0x800, "MAP_DENYWRITE"),
    (0x1000, "MAP_EXECUTABLE"),
    (0x2000, "MAP_LOCKED"),
    (0x4000, "MAP_NORESERVE"),
    (0x8000, "MAP_POPULATE"),
    (0x10000, "MAP_NONBLOCK"),
    (0x20000, "MAP_STACK"),
    (0x40000, "MAP_HUGETLB"),
];
const EXEC: Names = &[
    (1, "EXE_WRITABLE"),
    (1 << 1, "EXE_UPPER_LAYER"),
    (1 << 2, "EXE_FROM_MEMFD"),
    (1 << 3, "EXE_LOWER_LAYER"),
];
const SOCKET_DOMAIN: Names = &[
    (0, "AF_UNSPEC"),
    (1, "AF_UNIX"),
    (2, "AF_INET"),
    (3, "AF_AX25"),
    (4, "AF_IPX"),
    (5, "AF_APPLETALK"),
    (10, "AF_INET6"),
    (15, "AF_KEY"),
    (16, "AF_NETLINK"),
    (17, "AF_PACKET"),
    (29, "AF_CAN"),
    (30, "AF_TIPC"),
    (31, "AF_BLUETOOTH"),
    (38, "AF_ALG"),
    (40, "AF_VSOCK"),
    (44, "AF_XDP"),
];
const SOCKET_TYPE: Names = &[
    (1, "SOCK_STREAM"),
    (2, "SOCK_DGRAM"),
    (3, "SOCK_RAW"),
    (4, "SOCK_RDM"),
    (5, "SOCK_SEQPACKET"),
    (6, "SOCK_DCCP"),
    (10, "SOCK_PACKET"),
];
const SOCKET_TYPE_BITS: Names = &[(0o4000, "SOCK_NONBLOCK"), (0o2000000, "SOCK_CLOEXEC")];
const PTRACE: Names = &[
    (0, "PTRACE_TRACEME"),
    (1, "PTRACE_PEEKTEXT"),
    (2, "PTRACE_PEEKDATA"),
    (3, "PTRACE_PEEKUSR"),
    (4, "PTRACE_POKETEXT"),
    (5, "PTRACE_POKEDATA"),
    (6, "PTRACE_POKEUSR"),
    (7, "PTRACE_CONT"),
    (8, "PTRACE_KILL"),
    (9, "PTRACE_SINGLESTEP"),
    (12, "PTRACE_GETREGS"),
    (13, "PTRACE_SETREGS"),
    (14, "PTRACE_GETFPREGS"),
    (15, "PTRACE_SETFPREGS"),
    (16, "PTRACE_ATTACH"),
    (17, "PTRACE_DETACH"),
    (18, "PTRACE_GETFPXREGS"),
    (19, "PTRACE_SETFPXREGS"),
    (21, "PTRACE_OLDSETOPTIONS"),
    (24, "PTRACE_SYSCALL"),
    (25, "PTRACE_GET_THREAD_AREA"),
    (26, "PTRACE_SET_THREAD_AREA"),
    (30, "PTRACE_ARCH_PRCTL"),
    (31, "PTRACE_SYSEMU"),
    (32, "PTRACE_SYSEMU_SINGLESTEP"),
    (33, "PTRACE_SINGLEBLOCK"),
    (0x4200, "PTRACE_SETOPTIONS"),
    (0x4201, "PTRACE_GETEVENTMSG"),
    (0x4202, "PTRACE_GETSIGINFO"),
    (0x4203, "PTRACE_SETSIGINFO"),
    (0x4204, "PTRACE_GETREGSET"),
    (0x4205, "PTRACE_SETREGSET"),
    (0x4206, "PTRACE_SEIZE"),
    (0x4207, "PTRACE_INTERRUPT"),
    (0x4208, "PTRACE_LISTEN"),
    (0x4209, "PTRACE_PEEKSIGINFO"),
    (0x420a, "PTRACE_GETSIGMASK"),
    (0x420b, "PTRACE_SETSIGMASK"),
];
const BPF: Names = &[
    (0, "BPF_MAP_CREATE"),
    (1, "BPF_MAP_LOOKUP_ELEM"),
    (2, "BPF_MAP_UPDATE_ELEM"),
    (3, "BPF_MAP_DELETE_ELEM"),
    (4, "BPF_MAP_GET_NEXT_KEY"),
    (5, "BPF_PROG_LOAD"),
    (6, "BPF_OBJ_PIN"),
    (7, "BPF_OBJ_GET"),
    (8, "BPF_PROG_ATTACH"),
    (9, "BPF_PROG_DETACH"),
    (10, "BPF_PROG_TEST_RUN"),
    (11, "BPF_PROG_GET_NEXT_ID"),
    (12, "BPF_MAP_GET_NEXT_ID"),
    (13, "BPF_PROG_GET_FD_BY_ID"),
    (14, "BPF_MAP_GET_FD_BY_ID"),
    (15, "BPF_OBJ_GET_INFO_BY_FD"),
    (16, "BPF_PROG_QUERY"),
    (17, "BPF_RAW_TRACEPOINT_OPEN"),
    (18, "BPF_BTF_LOAD"),
    (19, "BPF_BTF_GET_FD_BY_ID"),
    (20, "BPF_TASK_FD_QUERY"),
    (21, "BPF_MAP_LOOKUP_AND_DELETE_ELEM"),
    (22, "BPF_MAP_FREEZE"),
    (23, "BPF_BTF_GET_NEXT_ID"),
    (24, "BPF_MAP_LOOKUP_BATCH"),
    (25, "BPF_MAP_LOOKUP_AND_DELETE_BATCH"),
    (26, "BPF_MAP_UPDATE_BATCH"),
    (27, "BPF_MAP_DELETE_BATCH"),
    (28, "BPF_LINK_CREATE"),
    (29, "BPF_LINK_UPDATE"),
    (30, "BPF_LINK_GET_FD_BY_ID"),
    (31, "BPF_LINK_GET_NEXT_ID"),
    (32, "BPF_ENABLE_STATS"),
    (33, "BPF_ITER_CREATE"),
    (34, "BPF_LINK_DETACH"),
    (35, "BPF_PROG_BIND_MAP"),
];
const PRCTL: Names = &[
    (1, "PR_SET_PDEATHSIG"),
    (4, "PR_SET_DUMPABLE"),
    (8, "PR_SET_KEEPCAPS"),
    (15, "PR_SET_NAME"),
    (22, "PR_SET_SECCOMP"),
    (23, "PR_CAPBSET_READ"),
    (24, "PR_CAPBSET_DROP"),
    (28, "PR_SET_SECUREBITS"),
    (35, "PR_SET_MM"),
    (36, "PR_SET_CHILD_SUBREAPER"),
    (38, "PR_SET_NO_NEW_PRIVS"),
    (47, "PR_CAP_AMBIENT"),
];
const SIGNAL: Names = &[
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (10, "SIGUSR1"),
    (11, "SIGSEGV"),
    (12, "SIGUSR2"),
    (13, "SIGPIPE"),
    (14, "SIGALRM"),
    (15, "SIGTERM"),
    (17, "SIGCHLD"),
    (16, "SIGSTKFLT"),
    (18, "SIGCONT"),
    (19, "SIGSTOP"),
    (20, "SIGTSTP"),
    (21, "SIGTTIN"),
    (22, "SIGTTOU"),
    (23, "SIGURG"),
    (24, "SIGXCPU"),
    (25, "SIGXFSZ"),
    (26, "SIGVTALRM"),
    (27, "SIGPROF"),
    (28, "SIGWINCH"),
    (29, "SIGIO"),
    (30, "SIGPWR"),
    (31, "SIGSYS"),
];
const MEMFD: Names = &[
    (1, "MFD_CLOEXEC"),
    (2, "MFD_ALLOW_SEALING"),
    (4, "MFD_HUGETLB"),
    (8, "MFD_NOEXEC_SEAL"),
    (16, "MFD_EXEC"),
];
const USERFAULT: Names = &[(0o4000, "O_NONBLOCK"), (0o2000000, "O_CLOEXEC"), (1, "UFFD_USER_MODE_ONLY")];
const MODULE: Names = &[
    (1, "MODULE_INIT_IGNORE_MODVERSIONS"),
    (2, "MODULE_INIT_IGNORE_VERMAGIC"),
    (4, "MODULE_INIT_COMPRESSED_FILE"),
];
const DUP: Names = &[(0o2000000, "O_CLOEXEC")];
const PERSONA: Names = &[
    (0x0020000, "UNAME26"),
    (0x0040000, "ADDR_NO_RANDOMIZE"),
    (0x0080000, "FDPIC_FUNCPTRS"),
    (0x0100000, "MMAP_PAGE_ZERO"),
    (0x0200000, "ADDR_COMPAT_LAYOUT"),
    (0x0400000, "READ_IMPLIES_EXEC"),
    (0x0800000, "ADDR_LIMIT_32BIT"),
    (0x1000000, "SHORT_INODE"),
    (0x2000000, "WHOLE_SECONDS"),
    (0x4000000, "STICKY_TIMEOUTS"),
    (0x8000000, "ADDR_LIMIT_3GB"),
];
// IANA's registry of DNS resource record types.
const DNS_TYPE: Names = &[
    (1, "A"),
    (2, "NS"),
    (5, "CNAME"),
    (6, "SOA"),
    (10, "NULL"),
    (12, "PTR"),
    (15, "MX"),
    (16, "TXT"),
    (28, "AAAA"),
    (33, "SRV"),
    (35, "NAPTR"),
    (41, "OPT"),
    (43, "DS"),
    (46, "RRSIG"),
    (48, "DNSKEY"),
    (52, "TLSA"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (252, "AXFR"),
    (255, "ANY"),
    (257, "CAA"),
];
const IO_URING_OP: Names = &[
    (0, "IORING_OP_NOP"),
    (1, "IORING_OP_READV"),
    (2, "IORING_OP_WRITEV"),
    (3, "IORING_OP_FSYNC"),
    (4, "IORING_OP_READ_FIXED"),
    (5, "IORING_OP_WRITE_FIXED"),
    (6, "IORING_OP_POLL_ADD"),
    (7, "IORING_OP_POLL_REMOVE"),
    (8, "IORING_OP_SYNC_FILE_RANGE"),
    (9, "IORING_OP_SENDMSG"),
    (10, "IORING_OP_RECVMSG"),
    (11, "IORING_OP_TIMEOUT"),
    (12, "IORING_OP_TIMEOUT_REMOVE"),
    (13, "IORING_OP_ACCEPT"),
    (14, "IORING_OP_ASYNC_CANCEL"),
    (15, "IORING_OP_LINK_TIMEOUT"),
    (16, "IORING_OP_CONNECT"),
    (17, "IORING_OP_FALLOCATE"),
    (18, "IORING_OP_OPENAT"),
    (19, "IORING_OP_CLOSE"),
    (20, "IORING_OP_FILES_UPDATE"),
    (21, "IORING_OP_STATX"),
    (22, "IORING_OP_READ"),
    (23, "IORING_OP_WRITE"),
    (24, "IORING_OP_FADVISE"),
    (25, "IORING_OP_MADVISE"),
    (26, "IORING_OP_SEND"),
    (27, "IORING_OP_RECV"),
    (28, "IORING_OP_OPENAT2"),
    (29, "IORING_OP_EPOLL_CTL"),
    (30, "IORING_OP_SPLICE"),
    (31, "IORING_OP_PROVIDE_BUFFERS"),
    (32, "IORING_OP_REMOVE_BUFFERS"),
    (33, "IORING_OP_TEE"),
    (34, "IORING_OP_SHUTDOWN"),
    (35, "IORING_OP_RENAMEAT"),
    (36, "IORING_OP_UNLINKAT"),
    (37, "IORING_OP_MKDIRAT"),
    (38, "IORING_OP_SYMLINKAT"),
    (39, "IORING_OP_LINKAT"),
    (40, "IORING_OP_MSG_RING"),
    (41, "IORING_OP_FSETXATTR"),
    (42, "IORING_OP_SETXATTR"),
    (43, "IORING_OP_FGETXATTR"),
    (44, "IORING_OP_GETXATTR"),
    (45, "IORING_OP_SOCKET"),
    (46, "IORING_OP_URING_CMD"),
    (47, "IORING_OP_SEND_ZC"),
    (48, "IORING_OP_SENDMSG_ZC"),
    (49, "IORING_OP_READ_MULTISHOT"),
    (50, "IORING_OP_WAITID"),
    (51, "IORING_OP_FUTEX_WAIT"),
    (52, "IORING_OP_FUTEX_WAKE"),
    (53, "IORING_OP_FUTEX_WAITV"),
    (54, "IORING_OP_FIXED_FD_INSTALL"),
    (55, "IORING_OP_FTRUNCATE"),
    (56, "IORING_OP_BIND"),
    (57, "IORING_OP_LISTEN"),
];
const KEYCTL: Names = &[
    (0, "KEYCTL_GET_KEYRING_ID"),
    (1, "KEYCTL_JOIN_SESSION_KEYRING"),
    (2, "KEYCTL_UPDATE"),
    (3, "KEYCTL_REVOKE"),
    (4, "KEYCTL_CHOWN"),
    (5, "KEYCTL_SETPERM"),
    (6, "KEYCTL_DESCRIBE"),
    (7, "KEYCTL_CLEAR"),
    (8, "KEYCTL_LINK"),
    (9, "KEYCTL_UNLINK"),
    (10, "KEYCTL_SEARCH"),
    (11, "KEYCTL_READ"),
    (12, "KEYCTL_INSTANTIATE"),
];

impl FlagSet {
    /// The names of the set bits joined by `|`, or the number's name. What has no name is left out of bits and printed
    /// as the number where it is one; no bits at all print as `0`.
    pub fn render(self, bits: u64) -> String {
        match self {
            Self::Open => render_open(bits),
            Self::Resolve => join(RESOLVE, bits),
            Self::Mode => join(MODE, bits),
            Self::Clone | Self::Namespace => join(CLONE, bits),
            Self::At => join(AT, bits),
            Self::Rename => join(RENAME, bits),
            Self::Mount => join(MOUNT, bits),
            Self::Umount => join(UMOUNT, bits),
            Self::Prot => join(PROT, bits),
            Self::Mmap => join(MMAP, bits),
            Self::Exec => join(EXEC, bits),
            Self::SocketDomain => number(SOCKET_DOMAIN, bits),
            Self::SocketType => {
                let kind = number(SOCKET_TYPE, bits & 0xf);
                let extra = join(SOCKET_TYPE_BITS, bits);
                if extra == "0" { kind } else { format!("{kind}|{extra}") }
            }
            Self::PtraceRequest => number(PTRACE, bits),
            Self::BpfCommand => number(BPF, bits),
            Self::PrctlOption => number(PRCTL, bits),
            Self::Signal => number(SIGNAL, bits),
            Self::Memfd => join(MEMFD, bits),
            Self::Userfault => join(USERFAULT, bits),
            Self::Module => join(MODULE, bits),
            Self::Capabilities => crate::capability_names(bits),
            Self::Dup => join(DUP, bits),
            Self::Persona => join(PERSONA, bits),
            Self::DnsType => number(DNS_TYPE, bits),
            Self::IoUringOp => number(IO_URING_OP, bits),
            Self::Keyctl => number(KEYCTL, bits),
        }
    }
}

fn render_open(bits: u64) -> String {
    let access = match bits & 0o3 {
        0 => "O_RDONLY",
        1 => "O_WRONLY",
        _ => "O_RDWR",
    };
    let mut rest = bits & !0o3;
    // O_TMPFILE is __O_TMPFILE | O_DIRECTORY, O_SYNC is __O_SYNC | O_DSYNC: the part is not printed beside the whole.
    if rest & 0o20000000 != 0 {
        rest &= !0o200000;
    }
    if rest & 0o4000000 != 0 {
        rest &= !0o10000;
    }
    // O_PATH opens neither for reading nor for writing.
    let access = if rest & 0o10000000 != 0 { "" } else { access };
    let mut text = access.to_owned();
    append(&mut text, OPEN, rest);
    text
}

fn join(names: Names, bits: u64) -> String {
    let mut text = String::new();
    append(&mut text, names, bits);
    if text.is_empty() { "0".to_owned() } else { text }
}

fn append(text: &mut String, names: Names, bits: u64) {
    for (_, name) in names.iter().filter(|(bit, _)| bits & bit == *bit) {
        if !text.is_empty() {
            text.push('|');
        }
        text.push_str(name);
    }
}

fn number(names: Names, value: u64) -> String {
    names
        .iter()
        .find(|(known, _)| *known == value)
        .map_or_else(|| value.to_string(), |(_, name)| (*name).to_owned())
}

// Errno names of Linux on x86-64 and arm64 (include/uapi/asm-generic/errno*.h), 1 to 133; 41 and 58 are not used.
const ERRNO: [&str; 133] = [
    "EPERM",
    "ENOENT",
    "ESRCH",
    "EINTR",
    "EIO",
    "ENXIO",
    "E2BIG",
    "ENOEXEC",
    "EBADF",
    "ECHILD",
    "EAGAIN",
    "ENOMEM",
    "EACCES",
    "EFAULT",
    "ENOTBLK",
    "EBUSY",
    "EEXIST",
    "EXDEV",
    "ENODEV",
    "ENOTDIR",
    "EISDIR",
    "EINVAL",
    "ENFILE",
    "EMFILE",
    "ENOTTY",
    "ETXTBSY",
    "EFBIG",
    "ENOSPC",
    "ESPIPE",
    "EROFS",
    "EMLINK",
    "EPIPE",
    "EDOM",
    "ERANGE",
    "EDEADLK",
    "ENAMETOOLONG",
    "ENOLCK",
    "ENOSYS",
    "ENOTEMPTY",
    "ELOOP",
    "",
    "ENOMSG",
    "EIDRM",
    "ECHRNG",
    "EL2NSYNC",
    "EL3HLT",
    "EL3RST",
    "ELNRNG",
    "EUNATCH",
    "ENOCSI",
    "EL2HLT",
    "EBADE",
    "EBADR",
    "EXFULL",
    "ENOANO",
    "EBADRQC",
    "EBADSLT",
    "",
    "EBFONT",
    "ENOSTR",
    "ENODATA",
    "ETIME",
    "ENOSR",
    "ENONET",
    "ENOPKG",
    "EREMOTE",
    "ENOLINK",
    "EADV",
    "ESRMNT",
    "ECOMM",
    "EPROTO",
    "EMULTIHOP",
    "EDOTDOT",
    "EBADMSG",
    "EOVERFLOW",
    "ENOTUNIQ",
    "EBADFD",
    "EREMCHG",
    "ELIBACC",
    "ELIBBAD",
    "ELIBSCN",
    "ELIBMAX",
    "ELIBEXEC",
    "EILSEQ",
    "ERESTART",
    "ESTRPIPE",
    "EUSERS",
    "ENOTSOCK",
    "EDESTADDRREQ",
    "EMSGSIZE",
    "EPROTOTYPE",
    "ENOPROTOOPT",
    "EPROTONOSUPPORT",
    "ESOCKTNOSUPPORT",
    "EOPNOTSUPP",
    "EPFNOSUPPORT",
    "EAFNOSUPPORT",
    "EADDRINUSE",
    "EADDRNOTAVAIL",
    "ENETDOWN",
    "ENETUNREACH",
    "ENETRESET",
    "ECONNABORTED",
    "ECONNRESET",
    "ENOBUFS",
    "EISCONN",
    "ENOTCONN",
    "ESHUTDOWN",
    "ETOOMANYREFS",
    "ETIMEDOUT",
    "ECONNREFUSED",
    "EHOSTDOWN",
    "EHOSTUNREACH",
    "EALREADY",
    "EINPROGRESS",
    "ESTALE",
    "EUCLEAN",
    "ENOTNAM",
    "ENAVAIL",
    "EISNAM",
    "EREMOTEIO",
    "EDQUOT",
    "ENOMEDIUM",
    "EMEDIUMTYPE",
    "ECANCELED",
    "ENOKEY",
    "EKEYEXPIRED",
    "EKEYREVOKED",
    "EKEYREJECTED",
    "EOWNERDEAD",
    "ENOTRECOVERABLE",
    "ERFKILL",
    "EHWPOISON",
];

/// The name of a positive errno, for example `ENOENT` for 2.
pub fn errno_name(errno: i64) -> Option<&'static str> {
    let index = usize::try_from(errno).ok()?.checked_sub(1)?;
    ERRNO.get(index).copied().filter(|name| !name.is_empty())
}

/// Falco's text of a result (`evt.res`): `SUCCESS`, or the errno's name, or its number where it has none.
pub fn result_text(result: i64) -> String {
    if result >= 0 {
        return "SUCCESS".to_owned();
    }
    errno_name(-result).map_or_else(|| (-result).to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_flags_print_the_access_mode_first() {
        assert_eq!(FlagSet::Open.render(0o1 | 0o100 | 0o1000), "O_WRONLY|O_CREAT|O_TRUNC");
        assert_eq!(FlagSet::Open.render(0), "O_RDONLY");
        assert_eq!(FlagSet::Open.render(0o2 | 0o20200000), "O_RDWR|O_TMPFILE");
    }

    #[test]
    fn numbers_without_a_name_print_as_numbers() {
        assert_eq!(FlagSet::BpfCommand.render(5), "BPF_PROG_LOAD");
        assert_eq!(FlagSet::BpfCommand.render(500), "500");
        assert_eq!(FlagSet::SocketType.render(1 | 0o4000), "SOCK_STREAM|SOCK_NONBLOCK");
    }

    #[test]
    fn errnos_have_their_names() {
        assert_eq!(errno_name(1), Some("EPERM"));
        assert_eq!(errno_name(40), Some("ELOOP"));
        assert_eq!(errno_name(111), Some("ECONNREFUSED"));
        assert_eq!(errno_name(133), Some("EHWPOISON"));
        assert_eq!(errno_name(41), None);
        assert_eq!(result_text(-115), "EINPROGRESS");
    }
}
