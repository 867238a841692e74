/* What the probes write and Rust reads: a fixed head, then fields of (tag, length, bytes). The Rust types are generated
 * from these. */
#pragma once

enum tag {
	TAG_NONE,
	TAG_PATH,      /* resolved path of the descriptor or program, components leaf first, each with '/' after it */
	TAG_TEXT1,     /* a text argument as the caller wrote it */
	TAG_BASE1,     /* directory that TEXT1 is relative to, as TAG_PATH */
	TAG_TEXT2,
	TAG_BASE2,
	TAG_ARGV,      /* arguments, each with a zero byte after it */
	TAG_ENV,
	TAG_CWD,
	TAG_CGROUP,    /* names of the cgroup, leaf first, each with '/' after it */
	TAG_SOCKET,    /* struct socket_ends */
	TAG_SOCKADDR,  /* sockaddr as the caller gave it */
	TAG_FILE,      /* struct file_facts */
	TAG_DATA,      /* first bytes of a buffer */
	TAG_TEXT3,
};

/* CLASS_TASK comes from the iterator over tasks: a process that was there before. */
enum kind_class { CLASS_CALL, CLASS_EXEC, CLASS_FORK, CLASS_EXIT, CLASS_DNS, CLASS_TASK };

/* What an event is about. The first has a ring of its own, the next two share one: the flood of the rest does not crowd
 * them out. */
enum group {
	GROUP_PROCESS,   /* exec, fork, exit: as the scheduler tells them */
	GROUP_IDENTITY,  /* users, groups, capabilities, namespaces; reaching into other processes */
	GROUP_KERNEL,    /* modules, bpf, mounts */
	GROUP_FILE,
	GROUP_NETWORK,
	GROUP_MEMORY,
	GROUP_CONTROL,   /* signals, sessions, prctl, programs that could not be started */
	GROUPS,
};
#define GROUP_VITAL_LAST GROUP_KERNEL

struct head {
	__u64 time;            /* nanoseconds since boot */
	__u64 start;           /* when the process began, nanoseconds since boot */
	__u64 parent_start;
	__s64 result;
	__u64 args[6];
	__u64 cap_inheritable, cap_permitted, cap_effective;
	__u32 size;            /* bytes of fields that follow */
	__u32 class;
	__u32 call;            /* system call number */
	__u32 cpu;
	__u32 pid, tid, ppid;
	__u32 vpid, vtid, pgid, vpgid, sid, vsid;
	__u32 uid, gid, euid, egid, suid, sgid, loginuid;
	__u32 tty;
	__u32 flags;           /* HEAD_… */
	char comm[16];
};
#define HEAD_KERNEL_THREAD 1u
#define HEAD_IO_URING 2u   /* asked for through a ring of io_uring, not by a system call */

struct socket_ends {
	__u16 family, type, protocol, state;
	__u16 local_port, remote_port;
	__u8 local[16], remote[16];
};

struct file_facts {
	__u64 inode, device;
	__s64 ctime_sec, mtime_sec;
	__u32 ctime_nsec, mtime_nsec;
	__u32 mode, links;
	__u32 uid, gid;
	__u32 upper_layer, lower_layer, memfd, flags;
};

/* Which program tells a call, and where its arguments stand. Filled from the table of calls in `call.rs`. */
struct wish {
	__u8 program;    /* place in the map `programs`; 0 where nobody wants the call */
	__u8 group;
	__u8 fd;         /* the argument that is a descriptor, plus one; WISH_RESULT where the result is */
	__u8 flags;
	__u8 text[3];    /* the argument that is text, plus one */
	__u8 base[3];    /* what a text is relative to: 0 nothing, 1 the working directory, else the argument that is a
	                    directory's descriptor, plus two */
	__u16 compat;    /* by 32-bit number: the number of the same call in this table */
};
#define WISH_RESULT 0xff
#define WISH_CWD 1       /* the working directory after the call is told, too */
#define WISH_DATA 2      /* the first bytes of what was read or written are wanted */
#define WISH_DNS 4       /* questions to name servers are wanted */
#define WISH_QUIET 8     /* the call itself is not wanted: only what it carries (WISH_DNS) */
