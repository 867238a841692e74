//! The kernel: mounts, modules, bpf and other doors.

use yagura_event::{ArgName, ArgValue, EventKind, Fd, FlagSet};

use crate::{
    decode::{Args, CallOf, args},
    record,
};

impl CallOf<'_> {
    pub(super) fn kernel_args(&self, fd: Option<&Fd>) -> Option<Args> {
        use EventKind::*;
        use record::{BASE1, BASE2, TEXT1, TEXT2, TEXT3};
        Some(match self.kind {
            OpenTree | MountSetattr => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Flags, ArgValue::Hex(self.number(2) & 0xffff_ffff)),
            ]),
            MoveMount => args([
                self.res(),
                self.dir(ArgName::Olddirfd, 0),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.dir(ArgName::Newdirfd, 2),
                self.path(ArgName::Newpath, TEXT2, BASE2),
            ]),
            Fsopen => args([self.result_fd(), self.text(ArgName::Type, TEXT1)]),
            Fsconfig => args([
                self.res(),
                self.given_fd(),
                (ArgName::Cmd, ArgValue::Uint(self.number(1))),
                self.text(ArgName::Key, TEXT1),
                self.text(ArgName::Value, TEXT2),
            ]),
            Fsmount => args([self.result_fd(), self.name(fd)]),
            KexecFileLoad => args([self.res(), self.given_fd(), self.name(fd)]),
            Mount => args([
                self.res(),
                self.text(ArgName::Dev, TEXT1),
                (ArgName::Path, self.path(ArgName::Path, TEXT2, BASE2).1),
                self.text(ArgName::Type, TEXT3),
                self.flags(ArgName::Flags, FlagSet::Mount, 3),
            ]),
            Umount2 => args([
                self.res(),
                self.path(ArgName::Name, TEXT1, BASE1),
                self.flags(ArgName::Flags, FlagSet::Umount, 1),
            ]),
            PivotRoot => args([
                self.res(),
                self.path(ArgName::Newpath, TEXT1, BASE1),
                self.path(ArgName::Oldpath, TEXT2, BASE2),
            ]),
            InitModule => args([
                self.res(),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
                self.text(ArgName::Uargs, TEXT1),
            ]),
            FinitModule => args([
                self.res(),
                self.given_fd(),
                self.text(ArgName::Uargs, TEXT1),
                self.flags(ArgName::Flags, FlagSet::Module, 2),
            ]),
            DeleteModule => args([self.res(), self.text(ArgName::Name, TEXT1)]),
            Bpf => args([self.result_fd(), self.flags(ArgName::Cmd, FlagSet::BpfCommand, 0)]),
            Userfaultfd => args([self.res(), self.flags(ArgName::Flags, FlagSet::Userfault, 0)]),
            _ => return None,
        })
    }
}
