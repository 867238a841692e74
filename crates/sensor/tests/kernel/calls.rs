//! Each kind of call, done for real with success and with failure, and what arrives of it.

use yagura_event::{ArgName, Event, EventKind};

use super::{Seen, python, seen, text};

/// What is looked for: kind, an argument and its text (`*` at an end stands for anything), the result.
struct Row {
    kind: EventKind,
    arg: ArgName,
    value: String,
    result: Outcome,
}

enum Outcome {
    Done,
    Errno(i64),
    Refused,
    // Kernels differ in whether they have it.
    Either,
}

const EPERM: i64 = -1;
const ENOENT: i64 = -2;
const ESRCH: i64 = -3;
const EBADF: i64 = -9;
const EEXIST: i64 = -17;
const EINVAL: i64 = -22;

fn row(kind: EventKind, arg: ArgName, value: impl Into<String>, result: Outcome) -> Row {
    Row { kind, arg, value: value.into(), result }
}

fn fits(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), None) => text.ends_with(rest),
        (None, Some(rest)) => text.starts_with(rest),
        (Some(_), Some(_)) => text.contains(pattern.trim_matches('*')),
        (None, None) => text == pattern,
    }
}

// True where the process or one of its parents is that one: some rows are done by children.
fn is_below(event: &Event, pid: u32) -> bool {
    event.process.pid == pid || event.process.ancestors().any(|parent| parent.pid == pid)
}

fn check(seen: &Seen, pid: u32, rows: &[Row]) {
    for Row { kind, arg, value, result } in rows {
        let what = format!("{kind} {}={value}", arg.name());
        seen.find(&what, |event| {
            event.kind == *kind
                && is_below(event, pid)
                && fits(value, &text(event, *arg))
                && match result {
                    Outcome::Done => event.succeeded(),
                    Outcome::Errno(errno) => event.result == *errno,
                    Outcome::Refused => !event.succeeded(),
                    Outcome::Either => true,
                }
        });
    }
}

const PRELUDE: &str = "import ctypes,os,socket,struct,sys,time,mmap,stat\n\
    c=ctypes.CDLL(None,use_errno=True)\nL=ctypes.c_long\n\
    def call(n,*a): return c.syscall(L(n),*[L(x) if isinstance(x,int) else x for x in a])\n\
    def refused(f,*a):\n try: f(*a)\n except OSError: pass\n";

fn script(lines: &str) -> String {
    format!("{PRELUDE}{lines}")
}

#[test]
fn changes_to_files_are_told_whether_they_succeed_or_fail() {
    use ArgName::{Filename, Flags, Linkpath, Mode, Name, Newpath, Oldpath, Path, Uid};
    use EventKind::*;
    use Outcome::{Done, Errno};
    let test = "changes_to_files_are_told_whether_they_succeed_or_fail";
    let Some(seen) = seen(test) else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let lines = format!(
        "os.chdir('{}'); open('f','w').write('abc')\n\
         cap=struct.pack('<IIIII',0x02000000,0x400,0,0,0)\n\
         os.setxattr('f','security.capability',cap); refused(os.setxattr,'none','security.capability',cap)\n\
         d=os.open('f',os.O_RDWR); os.setxattr(d,'user.note',b'x'); os.removexattr('f','user.note')\n\
         call(188,b'f',b'trusted.legacy',b'x',1,0); call(198,b'none',b'user.note')\n\
         call(92,b'f',1,2); call(92,b'none',1,2); call(93,d,0,0); call(94,b'f',3,3)\n\
         os.chown('f',0,0); os.truncate('f',1); refused(os.truncate,'none',1); os.ftruncate(d,2)\n\
         os.link('f','g'); refused(os.link,'f','g'); os.symlink('/etc/shadow','s'); refused(os.symlink,'x','s')\n\
         os.rename('g','h'); refused(os.rename,'none','i'); os.unlink('h'); refused(os.unlink,'h')\n\
         os.mknod('null',stat.S_IFCHR|0o600,os.makedev(1,3)); refused(os.mknod,'null',stat.S_IFCHR|0o600,os.makedev(1,3))\n\
         os.utime('f',(1,1)); refused(os.utime,'none',(1,1)); call(132,b'f',0)\n\
         os.chmod('f',0o6755); refused(os.chmod,'none',0o777); os.fchmod(d,0o600)\n\
         os.mkdir('sub'); refused(os.mkdir,'sub'); os.rmdir('sub'); refused(os.rmdir,'sub')\n\
         h=bytearray(struct.pack('<II',64,0)+bytes(64)); b=(ctypes.c_char*72).from_buffer(h); m=ctypes.c_int()\n\
         call(303,-100,b'f',b,ctypes.byref(m),0); r=os.open('.',os.O_RDONLY); call(304,r,b,0); call(304,-1,b,0)\n",
        dir.path().display()
    );
    let Some(pid) = python(test, &script(&lines)) else { return };
    let at = |name: &str| dir.path().join(name).display().to_string();
    check(
        &seen,
        pid,
        &[
            row(Setxattr, Name, "security.capability", Done),
            row(Setxattr, Path, at("none"), Errno(ENOENT)),
            row(Fsetxattr, Path, at("f"), Done),
            row(Removexattr, Name, "user.note", Done),
            row(Setxattr, Name, "trusted.legacy", Done),
            row(Lremovexattr, Path, at("none"), Errno(ENOENT)),
            row(Chown, Uid, "daemon", Done),
            row(Chown, Path, at("none"), Errno(ENOENT)),
            row(Fchown, Uid, "root", Done),
            row(Lchown, Path, at("f"), Done),
            row(Truncate, Path, at("f"), Done),
            row(Truncate, Path, at("none"), Errno(ENOENT)),
            row(Ftruncate, Name, at("f"), Done),
            row(Link, Newpath, at("g"), Done),
            row(Link, Newpath, at("g"), Errno(EEXIST)),
            row(Symlink, Linkpath, at("s"), Done),
            row(Symlink, Linkpath, at("s"), Errno(EEXIST)),
            row(Rename, Newpath, at("h"), Done),
            row(Rename, Oldpath, at("none"), Errno(ENOENT)),
            row(Unlink, Path, at("h"), Done),
            row(Unlink, Path, at("h"), Errno(ENOENT)),
            row(Mknodat, Path, at("null"), Done),
            row(Mknodat, Path, at("null"), Errno(EEXIST)),
            row(Utimensat, Path, at("f"), Done),
            row(Utimensat, Path, at("none"), Errno(ENOENT)),
            row(Chmod, Mode, "S_ISUID*", Done),
            row(Chmod, Filename, at("none"), Errno(ENOENT)),
            row(Fchmod, Filename, "", Done),
            row(Mkdir, Path, at("sub"), Done),
            row(Mkdir, Path, at("sub"), Errno(EEXIST)),
            row(Rmdir, Path, at("sub"), Done),
            row(Rmdir, Path, at("sub"), Errno(ENOENT)),
            row(OpenByHandleAt, Path, at("f"), Done),
            row(OpenByHandleAt, Flags, "O_RDONLY", Errno(EBADF)),
        ],
    );
}

#[test]
fn changes_of_who_a_process_is_are_told() {
    use ArgName::{CapEffective, Egid, Euid, Gid, Persona, Size, Uid};
    use EventKind::*;
    use Outcome::{Done, Errno};
    let test = "changes_of_who_a_process_is_are_told";
    let Some(seen) = seen(test) else { return };
    let lines = "head=struct.pack('<Ii',0x20080522,0); now=ctypes.create_string_buffer(24)\n\
         call(125,head,now); call(126,head,now); call(126,struct.pack('<Ii',1,0),now)\n\
         os.setgroups([1,2]); call(123,1); call(122,1); call(122,0); os.setregid(-1,1); os.setegid(0); os.setresgid(0,0,0); os.setgid(0)\n\
         p=os.fork()\n\
         if p==0:\n  call(105,65534); call(105,0); call(113,-1,0); call(117,0,0,0); call(106,0); call(116,0,0); os._exit(0)\n\
         os.waitpid(p,0); call(135,0x0040000)\n";
    let Some(pid) = python(test, &script(lines)) else { return };
    check(
        &seen,
        pid,
        &[
            row(Capset, CapEffective, "CAP_CHOWN*", Done),
            row(Capset, CapEffective, "*", Errno(EINVAL)),
            row(Setgroups, Size, "2", Done),
            row(Setgroups, Size, "0", Errno(EPERM)),
            row(Setfsgid, Gid, "daemon", Done),
            row(Setfsuid, Uid, "daemon", Done),
            row(Setregid, Egid, "daemon", Done),
            row(Setresgid, Egid, "root", Done),
            row(Setgid, Gid, "root", Done),
            row(Setgid, Gid, "root", Done),
            row(Setuid, Uid, "nobody", Done),
            row(Setuid, Uid, "root", Errno(EPERM)),
            row(Setreuid, Euid, "root", Errno(EPERM)),
            row(Setresuid, Euid, "root", Errno(EPERM)),
            row(Personality, Persona, "ADDR_NO_RANDOMIZE", Done),
        ],
    );
}

#[test]
fn reaching_into_other_processes_is_told() {
    use ArgName::{Fd, Name, Oldfd, Pid, Sig};
    use EventKind::*;
    use Outcome::{Done, Errno, Refused};
    let test = "reaching_into_other_processes_is_told";
    let Some(seen) = seen(test) else { return };
    let lines = "b=ctypes.create_string_buffer(b'before'); here=ctypes.addressof(b); p=os.fork()\n\
         if p==0:\n  time.sleep(60); os._exit(0)\n\
         v=struct.pack('<QQ',here,6); call(311,p,v,1,v,1,0); call(311,99999999,v,1,v,1,0); call(310,p,v,1,v,1,0)\n\
         f=os.open('/proc/%d/mem'%p,os.O_RDWR); os.pwrite(f,b'after!',here); refused(os.pwrite,f,b'x',0)\n\
         g=os.pidfd_open(p); os.close(call(438,g,0,0)); call(438,g,999,0)\n\
         os.kill(p,18); call(234,p,p,18); call(424,g,18,0,0); call(424,-1,18,0,0); call(129,p,18,bytes(128))\n\
         refused(os.kill,99999999,15); call(200,os.getpid(),0)\n\
         os.kill(p,9); os.waitpid(p,0)\n";
    let Some(pid) = python(test, &script(lines)) else { return };
    check(
        &seen,
        pid,
        &[
            row(ProcessVmWritev, Pid, "*", Done),
            row(ProcessVmWritev, Pid, "99999999", Errno(ESRCH)),
            row(ProcessVmReadv, Pid, "*", Done),
            row(Pwrite64, Name, "*/mem", Done),
            row(Pwrite64, Name, "*/mem", Refused),
            row(PidfdGetfd, Oldfd, "0", Done),
            row(PidfdGetfd, Oldfd, "999", Errno(EBADF)),
            row(Kill, Sig, "SIGCONT", Done),
            row(Tgkill, Sig, "SIGCONT", Done),
            row(PidfdSendSignal, Sig, "SIGCONT", Done),
            row(PidfdSendSignal, Fd, "-1", Errno(EBADF)),
            row(RtSigqueueinfo, Sig, "SIGCONT", Refused),
            row(Kill, Pid, "99999999", Errno(ESRCH)),
            row(Kill, Sig, "SIGKILL", Done),
        ],
    );
    // What was written comes along; a signal to itself does not.
    let write =
        seen.find("the write", |event| is_below(event, pid) && event.kind == Pwrite64 && event.succeeded());
    assert_eq!(write.data.as_deref(), Some(b"after!".as_slice()));
    let events = seen.events.lock().expect("not poisoned");
    assert!(!events.iter().any(|event| event.kind == Tkill && event.process.pid == pid));
}

#[test]
fn settings_of_the_kernel_that_are_written_are_told() {
    let test = "settings_of_the_kernel_that_are_written_are_told";
    let Some(seen) = seen(test) else { return };
    let lines = "s='/proc/sys/vm/swappiness'; now=open(s,'rb').read(); f=os.open(s,os.O_WRONLY); os.write(f,now)\n\
         os.writev(f,[now]); os.lseek(f,0,0); refused(os.write,f,b'no number')\n\
         g=os.open('/proc/self/oom_score_adj',os.O_RDWR); os.write(g,b'5'); os.write(os.open('/dev/null',1),b'ordinary')\n";
    let Some(pid) = python(test, &script(lines)) else { return };
    use EventKind::{Write, Writev};
    use Outcome::{Done, Errno};
    check(
        &seen,
        pid,
        &[
            row(Write, ArgName::Name, "/proc/sys/vm/swappiness", Done),
            row(Writev, ArgName::Name, "/proc/sys/vm/swappiness", Done),
            row(Write, ArgName::Data, "no number", Errno(EINVAL)),
            row(Write, ArgName::Data, "5", Done),
        ],
    );
    let events = seen.events.lock().expect("not poisoned");
    let ordinary = |event: &&Event| {
        event.process.pid == pid && event.kind == Write && text(event, ArgName::Data) == "ordinary"
    };
    assert_eq!(events.iter().filter(ordinary).count(), 0);
}

#[test]
fn namespaces_and_mounts_are_told() {
    use ArgName::{Fd, Flags, Key, Name, Newpath, Nstype, Path, Type};
    use EventKind::*;
    use Outcome::{Done, Errno, Refused};
    let test = "namespaces_and_mounts_are_told";
    let Some(seen) = seen(test) else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let lines = format!(
        "os.chdir('{}'); [os.mkdir(x) for x in 'abcd']; call(272,0x00020000|0x04000000); call(272,0x1)\n\
         c.mount(b'none',b'/',None,L(0x44000),None)\n\
         f=call(430,b'tmpfs',0); call(431,f,1,b'size',b'1m',0); call(431,f,6,0,0,0); m=call(432,f,0,0)\n\
         call(429,m,b'',-100,b'a',4); call(430,b'nosuchfs',0)\n\
         c.mount(b'none',b'b',b'tmpfs',L(0),None); c.mount(b'none',b'missing',b'tmpfs',L(0),None)\n\
         t=call(428,-100,b'b',1); call(429,t,b'',-100,b'c',4); call(429,t,b'',-100,b'missing',4)\n\
         call(442,-100,b'b',0,struct.pack('<QQQQ',1,0,0,0),32)\n\
         c.umount2(b'c',2); c.umount2(b'missing',0)\n\
         os.mkdir('b/old') if False else None; call(155,b'd',b'd')\n\
         n=os.open('/proc/%d/ns/uts'%os.getppid(),os.O_RDONLY); call(308,n,0x04000000); call(308,-1,0)\n\
         p=os.fork()\n\
         if p==0:\n  os.chroot('a'); refused(os.chroot,'missing'); os._exit(0)\n\
         os.waitpid(p,0)\n",
        dir.path().display()
    );
    let Some(pid) = python(test, &script(&lines)) else { return };
    let at = |name: &str| dir.path().join(name).display().to_string();
    check(
        &seen,
        pid,
        &[
            row(Unshare, Flags, "CLONE_NEWNS|CLONE_NEWUTS", Done),
            row(Unshare, Flags, "*", Errno(EINVAL)),
            row(Fsopen, Type, "tmpfs", Done),
            row(Fsopen, Type, "nosuchfs", Refused),
            row(Fsconfig, Key, "size", Done),
            row(Fsmount, Fd, "*", Done),
            row(MoveMount, Newpath, at("a"), Done),
            row(MoveMount, Newpath, at("missing"), Errno(ENOENT)),
            row(Mount, Path, at("b"), Done),
            row(Mount, Path, at("missing"), Errno(ENOENT)),
            row(OpenTree, Path, at("b"), Done),
            row(MountSetattr, Path, at("b"), Done),
            row(Umount2, Name, at("c"), Done),
            row(Umount2, Name, at("missing"), Errno(ENOENT)),
            row(PivotRoot, Newpath, at("d"), Refused),
            row(Setns, Nstype, "CLONE_NEWUTS", Done),
            row(Setns, Fd, "-1", Errno(EBADF)),
            row(Chroot, Path, at("a"), Done),
        ],
    );
}

#[test]
fn written_pages_that_become_executable_are_told() {
    use ArgName::{Flags, Length, Prot, Written};
    use EventKind::{Mmap, Mprotect};
    use Outcome::{Done, Errno};
    let test = "written_pages_that_become_executable_are_told";
    let Some(seen) = seen(test) else { return };
    // Lengths tell the areas apart: 5 pages written, 6 never written, 7 both at once, 8 not executable.
    let lines = "c.mmap.restype=c.mprotect.restype=L; P=4096\n\
         def area(n,prot): return c.mmap(L(0),L(n*P),prot,0x22,-1,L(0))\n\
         a=area(5,3); ctypes.memset(ctypes.c_void_p(a),0x90,P); c.mprotect(L(a),L(5*P),5)\n\
         b=area(6,1); c.mprotect(L(b),L(6*P),5)\n\
         area(7,7)\n\
         d=area(8,3); ctypes.memset(ctypes.c_void_p(d),0,P); c.mprotect(L(d),L(8*P),1)\n\
         c.mprotect(L(a+1),L(P),7)\n";
    let Some(pid) = python(test, &script(lines)) else { return };
    check(
        &seen,
        pid,
        &[
            row(Mprotect, Length, "20480", Done),
            row(Mmap, Length, "28672", Done),
            row(Mmap, Prot, "PROT_READ|PROT_WRITE|PROT_EXEC", Done),
            row(Mmap, Flags, "MAP_PRIVATE|MAP_ANONYMOUS", Done),
            row(Mprotect, Prot, "PROT_READ|PROT_WRITE|PROT_EXEC", Errno(EINVAL)),
        ],
    );
    let events = seen.events.lock().expect("not poisoned");
    let of = |length: &str| {
        let found = events.iter().filter(|event| event.process.pid == pid && text(event, Length) == length);
        found.map(|event| text(event, Written)).collect::<Vec<_>>()
    };
    assert_eq!(of("20480"), ["1"]);
    assert_eq!((of("24576").len(), of("32768").len()), (0, 0));
}

#[test]
fn doors_into_the_kernel_are_told() {
    use ArgName::{Cmd, Entries, Name, Option, Res, Uargs};
    use EventKind::*;
    use Outcome::{Done, Either, Errno, Refused};
    let test = "doors_into_the_kernel_are_told";
    let Some(seen) = seen(test) else { return };
    let lines = "call(425,8,bytes(120)); call(425,0,bytes(120)); call(427,999,0,0,0)\n\
         call(323,0x80000); call(323,0xffff)\n\
         call(321,5,bytes(8),8); call(175,b'no module',9,b'opt=7'); call(176,b'nosuchmodule',0)\n\
         call(246,0,99999,0,0); call(172,9); call(173,0,1,0); call(250,0,-3,0)\n\
         call(298,bytes(8),0,0,-1,0); call(319,b'ghost',1); call(319,b'ghost',0xffff)\n\
         call(157,15,b'renamed',0,0,0); call(157,9999,0,0,0,0)\n";
    let Some(pid) = python(test, &script(lines)) else { return };
    check(
        &seen,
        pid,
        &[
            row(IoUringSetup, Entries, "8", Done),
            row(IoUringSetup, Entries, "0", Errno(EINVAL)),
            row(IoUringRegister, Res, "EBADF", Errno(EBADF)),
            row(Userfaultfd, Res, "SUCCESS", Done),
            row(Userfaultfd, Res, "EINVAL", Errno(EINVAL)),
            row(Bpf, Cmd, "BPF_PROG_LOAD", Refused),
            row(InitModule, Uargs, "opt=7", Refused),
            row(DeleteModule, Name, "nosuchmodule", Refused),
            row(KexecLoad, Res, "*", Refused),
            row(Iopl, Res, "*", Refused),
            row(Ioperm, Res, "*", Either),
            row(Keyctl, Option, "KEYCTL_GET_KEYRING_ID", Done),
            row(PerfEventOpen, Res, "*", Refused),
            row(MemfdCreate, Name, "ghost", Done),
            row(MemfdCreate, Name, "ghost", Errno(EINVAL)),
            row(Prctl, Option, "PR_SET_NAME", Done),
            row(Prctl, Option, "9999", Errno(EINVAL)),
        ],
    );
}
