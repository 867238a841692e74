//! Which system call becomes which kind of event, which probe reads its arguments, and where they stand.
//!
//! Numbers are those of x86-64 (`arch/x86/entry/syscalls/syscall_64.tbl`); this and the numbers named in the probes are
//! all that depends on the architecture.

use yagura_event::EventKind;

/// The program that tells a call. The number is its place in the map `programs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Program {
    Any = 1,
    Open = 2,
    Socket = 3,
    Send = 4,
    Receive = 5,
    Write = 6,
    Memory = 7,
}

/// What an event is about: `enum group` of the probes. Losses are counted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Process,
    Identity,
    Kernel,
    File,
    Network,
    Memory,
    Control,
}

impl Group {
    pub(crate) const ALL: [Self; 7] =
        [Self::Process, Self::Identity, Self::Kernel, Self::File, Self::Network, Self::Memory, Self::Control];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Identity => "identity",
            Self::Kernel => "kernel",
            Self::File => "file",
            Self::Network => "network",
            Self::Memory => "memory",
            Self::Control => "control",
        }
    }

    /// Told through the ring that is never crowded out.
    pub(crate) const fn is_vital(self) -> bool {
        matches!(self, Self::Process | Self::Identity | Self::Kernel)
    }
}

/// One system call. The places are those of `struct wish` of the probes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) number: u32,
    pub(crate) kind: EventKind,
    pub(crate) group: Group,
    pub(crate) program: Program,
    pub(crate) fd: u8,
    pub(crate) text: [u8; 3],
    pub(crate) base: [u8; 3],
    pub(crate) cwd: bool,
    texts: usize,
}

const RESULT: u8 = 0xff;

impl Call {
    const fn new(number: u32, kind: EventKind, group: Group) -> Self {
        let program = Program::Any;
        Self { number, kind, group, program, fd: 0, text: [0; 3], base: [0; 3], cwd: false, texts: 0 }
    }

    const fn by(mut self, program: Program) -> Self {
        self.program = program;
        self
    }

    // The argument is a descriptor.
    const fn fd(mut self, argument: u8) -> Self {
        self.fd = argument + 1;
        self
    }

    // What the call returns is a descriptor.
    const fn returns_fd(mut self) -> Self {
        self.fd = RESULT;
        self
    }

    // The argument is a text; `base` says what it is relative to.
    const fn argument(mut self, argument: u8, base: u8) -> Self {
        self.text[self.texts] = argument + 1;
        self.base[self.texts] = base;
        self.texts += 1;
        self
    }

    const fn text(self, argument: u8) -> Self {
        self.argument(argument, 0)
    }

    // The argument is a path, relative to the working directory.
    const fn path(self, argument: u8) -> Self {
        self.argument(argument, 1)
    }

    // The argument is a path, relative to the directory that another argument is a descriptor of.
    const fn path_at(self, directory: u8, argument: u8) -> Self {
        self.argument(argument, directory + 2)
    }

    const fn cwd(mut self) -> Self {
        self.cwd = true;
        self
    }
}

macro_rules! calls {
    ($($group:ident { $($number:literal $kind:ident $(. $method:ident ( $($argument:expr),* ))*;)* })*) => {
        /// Every call the probes know.
        pub(crate) const CALLS: &[Call] = &[$($(
            Call::new($number, EventKind::$kind, Group::$group)$(.$method($($argument),*))*,
        )*)*];
    };
}

calls! {
    File {
        2 Open.by(Program::Open).path(0); 257 Openat.by(Program::Open).path_at(0, 1);
        437 Openat2.by(Program::Open).path_at(0, 1); 85 Creat.by(Program::Open).path(0);
        304 OpenByHandleAt.returns_fd();
        87 Unlink.path(0); 263 Unlinkat.path_at(0, 1); 84 Rmdir.path(0); 83 Mkdir.path(0); 258 Mkdirat.path_at(0, 1);
        133 Mknod.path(0); 259 Mknodat.path_at(0, 1);
        82 Rename.path(0).path(1); 264 Renameat.path_at(0, 1).path_at(2, 3); 316 Renameat2.path_at(0, 1).path_at(2, 3);
        86 Link.path(0).path(1); 265 Linkat.path_at(0, 1).path_at(2, 3);
        88 Symlink.text(0).path(1); 266 Symlinkat.text(0).path_at(1, 2);
        90 Chmod.path(0); 91 Fchmod.fd(0); 268 Fchmodat.path_at(0, 1); 452 Fchmodat.path_at(0, 1);
        92 Chown.path(0); 93 Fchown.fd(0); 94 Lchown.path(0); 260 Fchownat.path_at(0, 1);
        76 Truncate.path(0); 77 Ftruncate.fd(0);
        188 Setxattr.path(0).text(1); 189 Lsetxattr.path(0).text(1); 190 Fsetxattr.fd(0).text(1);
        197 Removexattr.path(0).text(1); 198 Lremovexattr.path(0).text(1); 199 Fremovexattr.fd(0).text(1);
        132 Utimensat.path(0); 235 Utimensat.path(0); 261 Utimensat.path_at(0, 1); 280 Utimensat.path_at(0, 1);
        32 Dup.returns_fd(); 33 Dup2.returns_fd(); 292 Dup3.returns_fd();
        1 Write.by(Program::Write); 18 Pwrite64.by(Program::Write); 20 Writev.by(Program::Write);
        296 Pwritev.by(Program::Write); 328 Pwritev.by(Program::Write);
        319 MemfdCreate.returns_fd().text(0);
        80 Chdir.path(0).cwd(); 81 Fchdir.fd(0).cwd();
        425 IoUringSetup.returns_fd(); 426 IoUringEnter.fd(0); 427 IoUringRegister.fd(0); 511 IoUringSubmit;
    }
    Network {
        41 Socket.by(Program::Socket); 42 Connect.by(Program::Socket); 49 Bind.by(Program::Socket);
        50 Listen.by(Program::Socket); 43 Accept.by(Program::Socket); 288 Accept4.by(Program::Socket);
        44 Sendto.by(Program::Send); 46 Sendmsg.by(Program::Send); 307 Sendmmsg.by(Program::Send);
        45 Recvfrom.by(Program::Receive); 47 Recvmsg.by(Program::Receive); 299 Recvmmsg.by(Program::Receive);
    }
    Memory {
        9 Mmap.by(Program::Memory); 10 Mprotect.by(Program::Memory); 329 Mprotect.by(Program::Memory);
    }
    Control {
        59 Execve.path(0); 322 Execveat.path_at(0, 1);
        62 Kill; 200 Tkill; 234 Tgkill; 129 RtSigqueueinfo; 297 RtTgsigqueueinfo; 424 PidfdSendSignal.fd(0);
        157 Prctl.text(1); 112 Setsid; 109 Setpgid; 135 Personality; 250 Keyctl;
    }
    Identity {
        101 Ptrace; 310 ProcessVmReadv; 311 ProcessVmWritev; 438 PidfdGetfd.fd(0);
        105 Setuid; 113 Setreuid; 117 Setresuid; 122 Setfsuid; 106 Setgid; 114 Setregid; 119 Setresgid; 123 Setfsgid;
        116 Setgroups; 126 Capset; 308 Setns.fd(0); 272 Unshare; 161 Chroot.path(0).cwd();
    }
    Kernel {
        165 Mount.text(0).path(1).text(2); 166 Umount2.path(0); 155 PivotRoot.path(0).path(1);
        429 MoveMount.path_at(0, 1).path_at(2, 3); 428 OpenTree.path_at(0, 1); 430 Fsopen.text(0);
        431 Fsconfig.text(2).text(3); 432 Fsmount.returns_fd(); 442 MountSetattr.path_at(0, 1);
        175 InitModule.text(2); 313 FinitModule.fd(0).text(1); 176 DeleteModule.text(0);
        321 Bpf; 323 Userfaultfd; 298 PerfEventOpen; 246 KexecLoad; 320 KexecFileLoad.fd(0); 172 Iopl; 173 Ioperm;
    }
}

/// Numbers of the same calls for 32-bit programs (`syscall_32.tbl`), each with the number above. Calls that came in two
/// widths of user ids or lengths stand twice; those on sockets that go through one `socketcall` are told apart by the
/// probes.
#[rustfmt::skip]
pub(crate) const COMPAT: &[(u32, u32)] = &[
    (4, 1), (5, 2), (8, 85), (9, 86), (10, 87), (11, 59), (12, 80), (14, 133), (15, 90), (16, 94), (21, 165),
    (22, 166), (23, 105), (26, 101), (30, 132), (37, 62), (38, 82), (39, 83), (40, 84), (41, 32), (46, 106),
    (52, 166), (57, 109), (61, 161), (63, 33), (66, 112), (70, 113), (71, 114), (81, 116), (83, 88), (92, 76),
    (93, 77), (94, 91), (95, 93), (101, 173), (110, 172), (125, 10), (128, 175), (129, 176), (133, 81), (136, 135),
    (138, 122), (139, 123), (146, 20), (164, 117), (170, 119),
    (172, 157), (178, 129), (181, 18), (182, 92), (185, 126), (192, 9), (193, 76), (194, 77), (198, 94), (203, 113),
    (204, 114), (206, 116), (207, 93), (208, 117), (210, 119), (212, 92), (213, 105), (214, 106), (215, 122),
    (216, 123), (217, 155), (226, 188), (227, 189), (228, 190), (235, 197), (236, 198), (237, 199), (238, 200),
    (270, 234), (271, 235), (283, 246), (288, 250), (295, 257), (296, 258), (297, 259), (298, 260), (299, 261),
    (301, 263), (302, 264), (303, 265), (304, 266), (306, 268), (310, 272), (320, 280), (330, 292), (334, 296),
    (335, 297), (336, 298), (337, 299), (342, 304), (345, 307), (346, 308), (347, 310), (348, 311), (350, 313),
    (353, 316), (356, 319), (357, 321), (358, 322), (359, 41), (361, 49), (362, 42), (363, 50), (364, 288),
    (369, 44), (370, 46), (371, 45), (372, 47), (374, 323), (379, 328), (380, 329), (412, 280), (417, 299),
    (424, 424), (425, 425), (426, 426), (427, 427), (428, 428), (429, 429), (430, 430), (431, 431), (432, 432),
    (437, 437), (438, 438), (442, 442), (452, 452),
];

/// The call of this number.
pub(crate) fn find(number: u32) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.number == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_once() {
        let mut numbers: Vec<u32> = CALLS.iter().map(|call| call.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), CALLS.len());
        assert!(COMPAT.is_sorted_by(|one, next| one.0 < next.0));
        assert!(COMPAT.iter().all(|(_, number)| find(*number).is_some()));
        // `accept` has no number of its own there, and of loading a kernel only the old form is there. 511 is no call: it stands
        // for operations of io_uring.
        let reached = |call: &&Call| COMPAT.iter().any(|(_, number)| *number == call.number);
        let missing: Vec<u32> = CALLS.iter().filter(|call| !reached(call)).map(|call| call.number).collect();
        assert_eq!(missing, [511, 43, 320]);
        assert_eq!(find(257).map(|call| call.kind), Some(EventKind::Openat));
    }

    #[test]
    fn places_of_arguments_are_told_as_the_probes_count_them() {
        let rename = find(316).expect("renameat2");
        assert_eq!((rename.text, rename.base), ([2, 4, 0], [2, 4, 0]));
        let mount = find(165).expect("mount");
        assert_eq!((mount.text, mount.base), ([1, 2, 3], [0, 1, 0]));
        assert_eq!(find(33).map(|dup| dup.fd), Some(RESULT));
    }
}
