//! Which system call becomes which kind of event, and which probe reads its arguments.
//!
//! Numbers are those of x86-64 (`arch/x86/entry/syscalls/syscall_64.tbl`); this and the numbers named in the probes are
//! all that depends on the architecture.

use yagura_event::EventKind;

/// The probe that knows a call's arguments. The number is its place in the map `programs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Probe {
    Open = 1,
    Path = 2,
    Paths = 3,
    Fd = 4,
    Socket = 5,
    Plain = 6,
    Texts = 7,
}

/// One system call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) number: u32,
    pub(crate) kind: EventKind,
    pub(crate) probe: Probe,
    /// Told through the ring that is never crowded out.
    pub(crate) vital: bool,
}

macro_rules! calls {
    ($($number:literal $kind:ident $probe:ident $($vital:ident)?,)*) => {
        /// Every call the probes know.
        pub(crate) const CALLS: &[Call] = &[$(Call {
            number: $number,
            kind: EventKind::$kind,
            probe: Probe::$probe,
            vital: calls!(@vital $($vital)?),
        },)*];
    };
    (@vital vital) => { true };
    (@vital) => { false };
}

calls! {
    2 Open Open, 257 Openat Open, 437 Openat2 Open, 85 Creat Open,
    59 Execve Path vital, 322 Execveat Path vital,
    87 Unlink Path, 263 Unlinkat Path, 84 Rmdir Path, 83 Mkdir Path, 258 Mkdirat Path,
    82 Rename Paths, 264 Renameat Paths, 316 Renameat2 Paths,
    86 Link Paths, 265 Linkat Paths, 88 Symlink Paths, 266 Symlinkat Paths,
    90 Chmod Path, 91 Fchmod Fd, 268 Fchmodat Path, 452 Fchmodat Path,
    92 Chown Path, 93 Fchown Fd, 94 Lchown Path, 260 Fchownat Path,
    76 Truncate Path, 77 Ftruncate Fd, 188 Setxattr Path,
    32 Dup Fd, 33 Dup2 Fd, 292 Dup3 Fd,
    80 Chdir Path, 81 Fchdir Fd, 161 Chroot Path vital,
    42 Connect Socket, 43 Accept Socket, 288 Accept4 Socket, 49 Bind Socket, 50 Listen Socket, 41 Socket Socket,
    44 Sendto Socket, 46 Sendmsg Socket,
    105 Setuid Plain vital, 113 Setreuid Plain vital, 117 Setresuid Plain vital, 122 Setfsuid Plain vital,
    106 Setgid Plain vital, 114 Setregid Plain vital, 119 Setresgid Plain vital,
    112 Setsid Plain, 109 Setpgid Plain, 126 Capset Plain vital,
    308 Setns Plain vital, 272 Unshare Plain vital, 101 Ptrace Plain vital,
    310 ProcessVmReadv Plain vital, 311 ProcessVmWritev Plain vital,
    62 Kill Plain, 200 Tkill Plain, 234 Tgkill Plain,
    165 Mount Texts vital, 166 Umount2 Texts vital, 429 MoveMount Plain vital, 155 PivotRoot Texts vital,
    175 InitModule Texts vital, 313 FinitModule Texts vital, 176 DeleteModule Texts vital,
    321 Bpf Plain vital, 323 Userfaultfd Plain vital, 319 MemfdCreate Texts, 157 Prctl Texts,
    425 IoUringSetup Plain, 298 PerfEventOpen Plain,
}

/// Numbers of the same calls for 32-bit programs (`syscall_32.tbl`), each with the number above. Calls that came in two
/// widths of user ids or lengths stand twice; those on sockets that go through one `socketcall` are told apart by the
/// probes.
#[rustfmt::skip]
pub(crate) const COMPAT: &[(u32, u32)] = &[
    (5, 2), (8, 85), (9, 86), (10, 87), (11, 59), (12, 80), (15, 90), (16, 94), (21, 165),
    (22, 166), (23, 105), (26, 101), (37, 62), (38, 82), (39, 83), (40, 84), (41, 32), (46, 106),
    (52, 166), (57, 109), (61, 161), (63, 33), (66, 112), (70, 113), (71, 114), (83, 88), (92, 76),
    (93, 77), (94, 91), (95, 93), (128, 175), (129, 176), (133, 81), (138, 122), (164, 117), (170, 119),
    (172, 157), (182, 92), (185, 126), (193, 76), (194, 77), (198, 94), (203, 113), (204, 114), (207, 93),
    (208, 117), (210, 119), (212, 92), (213, 105), (214, 106), (215, 122), (217, 155), (226, 188), (238, 200),
    (270, 234), (295, 257), (296, 258), (298, 260), (301, 263), (302, 264), (303, 265), (304, 266), (306, 268),
    (310, 272), (330, 292), (336, 298), (346, 308), (347, 310), (348, 311), (350, 313), (353, 316), (356, 319),
    (357, 321), (358, 322), (359, 41), (361, 49), (362, 42), (363, 50), (364, 288), (369, 44), (370, 46),
    (374, 323), (425, 425), (429, 429), (437, 437), (452, 452),
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
        // `accept` has no number of its own there.
        let reached = |call: &&Call| COMPAT.iter().any(|(_, number)| *number == call.number);
        let missing: Vec<u32> = CALLS.iter().filter(|call| !reached(call)).map(|call| call.number).collect();
        assert_eq!(missing, [43]);
        assert_eq!(find(257).map(|call| call.kind), Some(EventKind::Openat));
    }
}
