//! Operations through a ring of io_uring: no system call does them.

use std::{fs, process::Command};

use yagura_event::{ArgName, Event, EventKind};

use super::{run, seen, text};

// Each line of operations: opcode, descriptor, address, length, offset, flags.
const PROGRAM: &str = r#"
    #define _GNU_SOURCE
    #include <arpa/inet.h>
    #include <fcntl.h>
    #include <linux/io_uring.h>
    #include <stdio.h>
    #include <string.h>
    #include <sys/mman.h>
    #include <sys/socket.h>
    #include <sys/syscall.h>
    #include <unistd.h>
    static int ring; static char *sq, *cq; static struct io_uring_sqe *entries; static struct io_uring_params p;
    static int run(int op, int fd, unsigned long addr, unsigned len, unsigned long off, unsigned flags, int skip) {
        unsigned *tail = (unsigned *)(sq + p.sq_off.tail), *array = (unsigned *)(sq + p.sq_off.array);
        unsigned index = *tail & (p.sq_entries - 1);
        struct io_uring_sqe *e = &entries[index];
        memset(e, 0, sizeof *e);
        e->opcode = op; e->fd = fd; e->addr = addr; e->len = len; e->off = off; e->open_flags = flags;
        if (skip) e->flags = 1 << 6;
        array[index] = index;
        __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
        syscall(SYS_io_uring_enter, ring, 1, skip ? 0 : 1, IORING_ENTER_GETEVENTS, 0, 0);
        unsigned *head = (unsigned *)(cq + p.cq_off.head);
        if (skip) return 0;
        struct io_uring_cqe *c = (struct io_uring_cqe *)(cq + p.cq_off.cqes) + (*head & (p.cq_entries - 1));
        int res = c->res;
        __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
        return res;
    }
    int main(int argc, char **argv) {
        ring = syscall(SYS_io_uring_setup, 8, &p);
        if (ring < 0) return 2;
        sq = mmap(0, p.sq_off.array + p.sq_entries * 4, 3, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
        cq = mmap(0, p.cq_off.cqes + p.cq_entries * 16, 3, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
        entries = mmap(0, p.sq_entries * sizeof *entries, 3, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
        chdir(argv[1]);
        int fd = run(18, AT_FDCWD, (long)"file", 0644, 0, O_RDWR | O_CREAT, 0);
        run(18, AT_FDCWD, (long)"missing/file", 0, 0, O_RDONLY, 0);
        run(18, AT_FDCWD, (long)"silent", 0644, 0, O_RDWR | O_CREAT, 1);
        run(37, AT_FDCWD, (long)"folder", 0700, 0, 0, 0);
        run(35, AT_FDCWD, (long)"file", AT_FDCWD, (long)"moved", 0, 0);
        run(38, AT_FDCWD, (long)"/etc/shadow", 0, (long)"link", 0, 0);
        run(36, AT_FDCWD, (long)"moved", 0, 0, 0, 0);
        int s = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = { htonl(0x7f000001) } };
        run(16, s, (long)&to, 0, sizeof to, 0, 0);
        run(45, AF_INET, 0, 0, SOCK_DGRAM, 0, 0);
        run(55, fd, 0, 0, 3, 0, 0);
        return fd < 0;
    }
"#;

#[test]
fn operations_of_a_ring_are_told_as_the_calls_they_stand_for() {
    use EventKind::{Connect, IoUringSubmit, Mkdirat, Openat, Renameat2, Socket, Symlinkat, Unlinkat};
    let test = "operations_of_a_ring_are_told_as_the_calls_they_stand_for";
    let Some(seen) = seen(test) else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let (code, program) = (dir.path().join("ring.c"), dir.path().join("ring"));
    fs::write(&code, PROGRAM).expect("writable");
    let built =
        Command::new("cc").arg("-o").args([&program, &code]).status().is_ok_and(|status| status.success());
    let work = dir.path().join("work");
    fs::create_dir(&work).expect("writable");
    if !built || !Command::new(&program).arg(&work).status().is_ok_and(|status| status.success()) {
        return println!("SKIPPED {test}: needs cc and io_uring");
    }
    let status = seen.handle.status();
    if !status
        .capabilities
        .iter()
        .any(|tried| tried.name.ends_with("/io_uring_submit_req") && tried.available)
    {
        return println!("SKIPPED {test}: this kernel gives no hook: {:?}", status.capabilities);
    }
    let work = dir.path().join("again");
    fs::create_dir(&work).expect("writable");
    let pid = run(&program, &[&work.display().to_string()]);
    let at = |name: &str| work.join(name).display().to_string();
    let find = |kind: EventKind, what: &str, fits: &dyn Fn(&Event) -> bool| {
        seen.find(what, |event| event.process.pid == pid && event.kind == kind && fits(event))
    };
    let opens = |event: &Event, name: &str| event.fd.as_ref().is_some_and(|fd| *fd.name == *at(name));
    let open = find(Openat, "the open", &|event| opens(event, "file"));
    assert!(open.result >= 3, "{open:?}");
    assert_eq!(open.fd.as_ref().and_then(|fd| fd.raw_name.as_deref()), Some("file"));
    assert_eq!(text(&open, ArgName::Flags), "O_RDWR|O_CREAT|O_LARGEFILE");
    assert!(open.fd.as_ref().is_some_and(|fd| fd.inode.is_some()));
    assert_eq!(find(Openat, "the failed open", &|event| opens(event, "missing/file")).result, -2);
    find(Openat, "the open that asks for no answer", &|event| opens(event, "silent"));
    find(Mkdirat, "the folder", &|event| text(event, ArgName::Path) == at("folder"));
    let moved = find(Renameat2, "the rename", &|event| text(event, ArgName::Newpath) == at("moved"));
    assert_eq!(text(&moved, ArgName::Oldpath), at("file"));
    let link = find(Symlinkat, "the link", &|event| text(event, ArgName::Linkpath) == at("link"));
    assert_eq!(text(&link, ArgName::Target), "/etc/shadow");
    find(Unlinkat, "the removal", &|event| text(event, ArgName::Name) == at("moved"));
    let connect = find(Connect, "the connection", &|event| event.fd.is_some());
    let socket = connect.fd.as_ref().and_then(|fd| fd.socket.as_ref()).expect("a socket");
    assert_eq!(socket.remote.map(|end| end.to_string()).as_deref(), Some("127.0.0.1:9"), "{connect:?}");
    find(Socket, "the socket", &|event| text(event, ArgName::Type) == "SOCK_DGRAM");
    find(IoUringSubmit, "the cut", &|event| text(event, ArgName::Opcode) == "IORING_OP_FTRUNCATE");
}
