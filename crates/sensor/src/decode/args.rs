//! The arguments of each kind of event, with the names and in the order of Falco's event table.

use yagura_event::{ArgName, ArgValue, EventKind, Fd, FlagSet};

use super::{Args, CallOf, args};
use crate::{record, table::Table};

impl CallOf<'_> {
    pub(super) fn args(&self, table: &mut Table, fd: Option<&Fd>) -> Args {
        use EventKind::*;
        use record::{BASE1, BASE2, TEXT1, TEXT2, TEXT3};
        let name = || (ArgName::Name, ArgValue::Path(fd.map(|fd| fd.name.clone()).unwrap_or_default()));
        let opened = (ArgName::Fd, ArgValue::Fd(self.result()));
        let on = (ArgName::Fd, ArgValue::Fd(self.int(0)));
        let uid = |table: &mut Table, index| match self.int(index) {
            -1 => ArgValue::Int(-1),
            id => ArgValue::Uid { id: id as u32, name: table.user(self.process, id as u32).name },
        };
        let gid = |table: &mut Table, index| match self.int(index) {
            -1 => ArgValue::Int(-1),
            id => ArgValue::Gid { id: id as u32, name: table.group(self.process, id as u32).name },
        };
        let tuple = || {
            let text = fd.and_then(|fd| fd.socket.as_ref()).map(yagura_event::Socket::tuple);
            let text = text.unwrap_or_else(|| fd.map(|fd| fd.name.to_string()).unwrap_or_default());
            (ArgName::Tuple, ArgValue::Text(text.into()))
        };
        let inode = || {
            let (device, inode) = fd.and_then(|fd| fd.inode).unwrap_or_default();
            [(ArgName::Dev, ArgValue::Hex(device)), (ArgName::Ino, ArgValue::Uint(inode))]
        };
        let [dev, ino] = inode();
        let open_flags =
            |index| (ArgName::Flags, ArgValue::Flags(FlagSet::Open, self.number(index) & 0xffff_ffff));
        let mode = |index| (ArgName::Mode, ArgValue::Flags(FlagSet::Mode, self.number(index) & 0o7777));
        let device = |index| (ArgName::Dev, ArgValue::Hex(self.number(index) & 0xffff_ffff));
        let filename = |text, base| self.path(ArgName::Filename, text, base);
        match self.kind {
            Open => args([opened, name(), open_flags(1), mode(2), dev, ino]),
            Openat => args([opened, self.dir(ArgName::Dirfd, 0), name(), open_flags(2), mode(3), dev, ino]),
            Openat2 => args([
                opened,
                self.dir(ArgName::Dirfd, 0),
                name(),
                open_flags(2),
                mode(3),
                self.flags(ArgName::Resolve, FlagSet::Resolve, 4),
                dev,
                ino,
            ]),
            Creat => args([opened, name(), mode(1), dev, ino]),
            Execve | Execveat => args([self.res(), filename(TEXT1, BASE1)]),
            Unlink | Rmdir => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            Unlinkat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Name, TEXT1, BASE1),
                self.flags(ArgName::Flags, FlagSet::At, 2),
            ]),
            Mkdir => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1), mode(1)]),
            Mkdirat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                mode(2),
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
            Chmod => args([self.res(), filename(TEXT1, BASE1), mode(1)]),
            Fchmodat => args([self.res(), self.dir(ArgName::Dirfd, 0), filename(TEXT1, BASE1), mode(2)]),
            Fchmod => args([self.res(), on, mode(1), name()]),
            Chown | Lchown => args([
                self.res(),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Uid, uid(table, 1)),
                (ArgName::Gid, gid(table, 2)),
            ]),
            Fchown => args([self.res(), on, (ArgName::Uid, uid(table, 1)), (ArgName::Gid, gid(table, 2))]),
            Fchownat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Uid, uid(table, 2)),
                (ArgName::Gid, gid(table, 3)),
                self.flags(ArgName::Flags, FlagSet::At, 4),
            ]),
            Truncate => args([
                self.res(),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
            ]),
            Ftruncate => args([self.res(), on, name(), (ArgName::Length, ArgValue::Uint(self.number(1)))]),
            Setxattr | Lsetxattr | Removexattr | Lremovexattr => {
                args([self.res(), self.path(ArgName::Path, TEXT1, BASE1), self.text(ArgName::Name, TEXT2)])
            }
            Fsetxattr | Fremovexattr => {
                let path = ArgValue::Path(fd.map(|fd| fd.name.clone()).unwrap_or_default());
                args([self.res(), on, self.text(ArgName::Name, TEXT1), (ArgName::Path, path)])
            }
            Utimensat => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            Mknod => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1), mode(1), device(2)]),
            Mknodat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                mode(2),
                device(3),
            ]),
            OpenByHandleAt => {
                let path = ArgValue::Path(fd.map(|fd| fd.name.clone()).unwrap_or_default());
                let path = (ArgName::Path, path);
                args([opened, self.dir(ArgName::Mountfd, 0), open_flags(2), path, dev, ino])
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
            Chdir | Chroot => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            Fchdir => args([self.res(), on]),
            Connect | Bind => args([self.res(), tuple(), on]),
            Accept | Accept4 => args([opened, tuple()]),
            Listen => args([self.res(), on, (ArgName::Backlog, ArgValue::Int(self.int(1)))]),
            Socket => args([
                opened,
                self.flags(ArgName::Domain, FlagSet::SocketDomain, 0),
                self.flags(ArgName::Type, FlagSet::SocketType, 1),
                (ArgName::Proto, ArgValue::Int(self.int(2))),
            ]),
            Sendto | Sendmsg | Sendmmsg | Recvfrom | Recvmsg | Recvmmsg => {
                let size =
                    if self.kind == Sendto { self.number(2) } else { self.result().max(0).unsigned_abs() };
                args([self.res(), on, (ArgName::Size, ArgValue::Uint(size)), tuple()])
            }
            Write | Pwrite64 | Writev | Pwritev => {
                let data = self.record.field(crate::record::DATA).unwrap_or_default();
                let data = (ArgName::Data, ArgValue::Bytes(data.into()));
                args([self.res(), on, (ArgName::Size, ArgValue::Int(self.result())), name(), data])
            }
            Setgroups => args([self.res(), (ArgName::Size, ArgValue::Uint(self.number(0)))]),
            Setuid | Setfsuid => args([self.res(), (ArgName::Uid, uid(table, 0))]),
            Setreuid => args([self.res(), (ArgName::Ruid, uid(table, 0)), (ArgName::Euid, uid(table, 1))]),
            Setresuid => args([
                self.res(),
                (ArgName::Ruid, uid(table, 0)),
                (ArgName::Euid, uid(table, 1)),
                (ArgName::Suid, uid(table, 2)),
            ]),
            Setgid | Setfsgid => args([self.res(), (ArgName::Gid, gid(table, 0))]),
            Setregid => args([self.res(), (ArgName::Rgid, gid(table, 0)), (ArgName::Egid, gid(table, 1))]),
            Setresgid => args([
                self.res(),
                (ArgName::Rgid, gid(table, 0)),
                (ArgName::Egid, gid(table, 1)),
                (ArgName::Sgid, gid(table, 2)),
            ]),
            Setsid => args([self.res()]),
            Setpgid => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                (ArgName::Pgid, ArgValue::Pid(self.int(1))),
            ]),
            Capset => args([
                self.res(),
                (
                    ArgName::CapInheritable,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_inheritable),
                ),
                (
                    ArgName::CapPermitted,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_permitted),
                ),
                (
                    ArgName::CapEffective,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_effective),
                ),
            ]),
            Setns => args([self.res(), on, self.flags(ArgName::Nstype, FlagSet::Namespace, 1)]),
            Unshare => args([self.res(), self.flags(ArgName::Flags, FlagSet::Clone, 0)]),
            Ptrace => args([
                self.res(),
                self.flags(ArgName::Request, FlagSet::PtraceRequest, 0),
                (ArgName::Pid, ArgValue::Pid(self.int(1))),
                (ArgName::Addr, ArgValue::Hex(self.number(2))),
                (ArgName::Data, ArgValue::Hex(self.number(3))),
            ]),
            ProcessVmReadv | ProcessVmWritev => {
                args([self.res(), (ArgName::Pid, ArgValue::Pid(self.int(0)))])
            }
            Kill | Tkill => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                self.flags(ArgName::Sig, FlagSet::Signal, 1),
            ]),
            Tgkill => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                (ArgName::Tid, ArgValue::Pid(self.int(1))),
                self.flags(ArgName::Sig, FlagSet::Signal, 2),
            ]),
            RtSigqueueinfo => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                self.flags(ArgName::Sig, FlagSet::Signal, 1),
            ]),
            RtTgsigqueueinfo => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                (ArgName::Tid, ArgValue::Pid(self.int(1))),
                self.flags(ArgName::Sig, FlagSet::Signal, 2),
            ]),
            PidfdSendSignal => args([self.res(), on, self.flags(ArgName::Sig, FlagSet::Signal, 1)]),
            PidfdGetfd => args([opened, (ArgName::Oldfd, ArgValue::Fd(self.int(1)))]),
            Personality => args([self.res(), self.flags(ArgName::Persona, FlagSet::Persona, 0)]),
            Keyctl => args([self.res(), self.flags(ArgName::Option, FlagSet::Keyctl, 0)]),
            Mprotect => args([
                self.res(),
                (ArgName::Addr, ArgValue::Hex(self.number(0))),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
                self.flags(ArgName::Prot, FlagSet::Prot, 2),
                (ArgName::Written, ArgValue::Uint(self.number(4))),
            ]),
            Mmap => args([
                self.res(),
                (ArgName::Addr, ArgValue::Hex(self.number(0))),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
                self.flags(ArgName::Prot, FlagSet::Prot, 2),
                self.flags(ArgName::Flags, FlagSet::Mmap, 3),
                (ArgName::Fd, ArgValue::Fd(self.int(4))),
                name(),
            ]),
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
            Fsopen => args([opened, self.text(ArgName::Type, TEXT1)]),
            Fsconfig => args([
                self.res(),
                on,
                (ArgName::Cmd, ArgValue::Uint(self.number(1))),
                self.text(ArgName::Key, TEXT1),
                self.text(ArgName::Value, TEXT2),
            ]),
            Fsmount => args([opened, name()]),
            KexecFileLoad => args([self.res(), on, name()]),
            IoUringSetup => args([opened, (ArgName::Entries, ArgValue::Uint(self.number(0)))]),
            IoUringEnter | IoUringRegister => args([self.res(), on]),
            IoUringSubmit => args([self.res(), self.flags(ArgName::Opcode, FlagSet::IoUringOp, 5)]),
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
                on,
                self.text(ArgName::Uargs, TEXT1),
                self.flags(ArgName::Flags, FlagSet::Module, 2),
            ]),
            DeleteModule => args([self.res(), self.text(ArgName::Name, TEXT1)]),
            Bpf => args([opened, self.flags(ArgName::Cmd, FlagSet::BpfCommand, 0)]),
            Userfaultfd => args([self.res(), self.flags(ArgName::Flags, FlagSet::Userfault, 0)]),
            MemfdCreate => {
                args([opened, self.text(ArgName::Name, TEXT1), self.flags(ArgName::Flags, FlagSet::Memfd, 1)])
            }
            Prctl => args([
                self.res(),
                self.flags(ArgName::Option, FlagSet::PrctlOption, 0),
                self.text(ArgName::Arg2Str, TEXT1),
                (ArgName::Arg2Int, ArgValue::Int(self.number(1).cast_signed())),
            ]),
            _ => args([self.res()]),
        }
    }
}
