//! Files: opening, making, moving and removing them; descriptors.

use yagura_event::{ArgName, ArgValue, EventKind, Fd, FlagSet};

use crate::{
    decode::{Args, CallOf, args},
    record,
};

impl CallOf<'_> {
    pub(super) fn file_args(&self, fd: Option<&Fd>) -> Option<Args> {
        use EventKind::*;
        use record::{BASE1, BASE2, TEXT1, TEXT2};
        Some(match self.kind {
            Open => args([
                self.result_fd(),
                self.name(fd),
                self.open_flags(1),
                self.mode(2),
                self.dev(fd),
                self.ino(fd),
            ]),
            Openat => args([
                self.result_fd(),
                self.dir(ArgName::Dirfd, 0),
                self.name(fd),
                self.open_flags(2),
                self.mode(3),
                self.dev(fd),
                self.ino(fd),
            ]),
            Openat2 => args([
                self.result_fd(),
                self.dir(ArgName::Dirfd, 0),
                self.name(fd),
                self.open_flags(2),
                self.mode(3),
                self.flags(ArgName::Resolve, FlagSet::Resolve, 4),
                self.dev(fd),
                self.ino(fd),
            ]),
            Creat => args([self.result_fd(), self.name(fd), self.mode(1), self.dev(fd), self.ino(fd)]),
            Unlink | Rmdir => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            Unlinkat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Name, TEXT1, BASE1),
                self.flags(ArgName::Flags, FlagSet::At, 2),
            ]),
            Mkdir => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1), self.mode(1)]),
            Mkdirat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                self.mode(2),
            ]),
            Rename => args([
                self.res(),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.path(ArgName::Newpath, TEXT2, BASE2),
            ]),
            Renameat | Renameat2 => args([
                self.res(),
                self.dir(ArgName::Olddirfd, 0),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.dir(ArgName::Newdirfd, 2),
                self.path(ArgName::Newpath, TEXT2, BASE2),
                self.flags(ArgName::Flags, FlagSet::Rename, 4),
            ]),
            Link => args([
                self.res(),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.path(ArgName::Newpath, TEXT2, BASE2),
            ]),
            Linkat => args([
                self.res(),
                self.dir(ArgName::Olddir, 0),
                self.path(ArgName::Oldpath, TEXT1, BASE1),
                self.dir(ArgName::Newdir, 2),
                self.path(ArgName::Newpath, TEXT2, BASE2),
                self.flags(ArgName::Flags, FlagSet::At, 4),
            ]),
            Symlink => args([
                self.res(),
                self.text(ArgName::Target, TEXT1),
                self.path(ArgName::Linkpath, TEXT2, BASE2),
            ]),
            Symlinkat => args([
                self.res(),
                self.text(ArgName::Target, TEXT1),
                self.dir(ArgName::Linkdirfd, 1),
                self.path(ArgName::Linkpath, TEXT2, BASE2),
            ]),
            Truncate => args([
                self.res(),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
            ]),
            Ftruncate => args([
                self.res(),
                self.given_fd(),
                self.name(fd),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
            ]),
            Mknod => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1), self.mode(1), self.device(2)]),
            Mknodat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                self.mode(2),
                self.device(3),
            ]),
            OpenByHandleAt => {
                let path = ArgValue::Path(fd.map(|fd| fd.name.clone()).unwrap_or_default());
                let path = (ArgName::Path, path);
                args([
                    self.result_fd(),
                    self.dir(ArgName::Mountfd, 0),
                    self.open_flags(2),
                    path,
                    self.dev(fd),
                    self.ino(fd),
                ])
            }
            Dup => args([self.res(), (ArgName::Oldfd, ArgValue::Fd(self.int(0)))]),
            Dup2 => args([
                self.res(),
                (ArgName::Oldfd, ArgValue::Fd(self.int(0))),
                (ArgName::Newfd, ArgValue::Fd(self.int(1))),
            ]),
            Dup3 => args([
                self.res(),
                (ArgName::Oldfd, ArgValue::Fd(self.int(0))),
                (ArgName::Newfd, ArgValue::Fd(self.int(1))),
                self.flags(ArgName::Flags, FlagSet::Dup, 2),
            ]),
            Chdir => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            Fchdir => args([self.res(), self.given_fd()]),
            Write | Pwrite64 | Writev | Pwritev => {
                let data = self.record.field(record::DATA).unwrap_or_default();
                let data = (ArgName::Data, ArgValue::Bytes(data.into()));
                args([
                    self.res(),
                    self.given_fd(),
                    (ArgName::Size, ArgValue::Int(self.result())),
                    self.name(fd),
                    data,
                ])
            }
            IoUringSetup => args([self.result_fd(), (ArgName::Entries, ArgValue::Uint(self.number(0)))]),
            IoUringEnter | IoUringRegister => args([self.res(), self.given_fd()]),
            IoUringSubmit => args([self.res(), self.flags(ArgName::Opcode, FlagSet::IoUringOp, 5)]),
            MemfdCreate => args([
                self.result_fd(),
                self.text(ArgName::Name, TEXT1),
                self.flags(ArgName::Flags, FlagSet::Memfd, 1),
            ]),
            _ => return None,
        })
    }
}
