/* Probes: what processes do, told when it is done.
 *
 * One program on the exit of system calls looks up whether anybody wants the call and jumps to the program that knows
 * its arguments; exec, fork and exit of processes come from the scheduler's tracepoints. Each writes one record: a fixed
 * head and then fields of (tag, length, bytes). Paths are told as the kernel resolved them, component by component from
 * the leaf, and as the caller wrote them.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

#define DATA_MAX 16384
#define SLACK 4352
#define ARGS_MAX 4096
#define ENV_MAX 4096
#define STRING_MAX 4096
#define COMPONENTS_MAX 64
#define CGROUPS_MAX 32
#define TS_COMPAT 2
#define AT_FDCWD -100
#define OVERLAY_MAGIC 0x794c7630
#define TMPFS_MAGIC 0x01021994

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

enum kind_class { CLASS_CALL, CLASS_EXEC, CLASS_FORK, CLASS_EXIT };

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
	char comm[16];
};

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

struct scratch {
	struct head head;
	__u8 data[DATA_MAX + SLACK];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring SEC(".maps");

/* exec, fork, exit and what changes who a process is: few and never to be crowded out */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} ring_process SEC(".maps");

#define CALLS_MAX 512
#define PROCESS_RING 0x80000000u
/* by system call number: 0 unwanted, else the program to jump to; the high bit asks for the process ring */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CALLS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} wanted SEC(".maps");

/* 32-bit programs number their calls otherwise: the number in this program's tables, 0 where none is wanted ever */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CALLS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} compat_calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

enum counter { COUNT_LOST, COUNT_LOST_PROCESS, COUNT_SENT, COUNTERS };
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/* A datagram's way, told once: the socket by its inode, because addresses of sockets are used again, and who sends. */
struct peer {
	__u64 socket, start;
	__u16 family, port;
	__u32 failed;
	__u8 address[16];
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct peer);
	__type(value, __u8);
} peers SEC(".maps");

const volatile __u32 self_pid = 0;
const volatile struct socket_ends unused_ends;
const volatile struct file_facts unused_facts;

static __always_inline void count(__u32 which)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &which);
	if (value)
		*value += 1;
}

static __always_inline struct scratch *scratch(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&scratches, &zero);
}

/* The id of a task's pid structure in the innermost namespace. */
static __always_inline __u32 inner_id(struct pid *pid)
{
	if (!pid)
		return 0;
	__u32 level = BPF_CORE_READ(pid, level);
	if (level > 32)
		return 0;
	__u32 id = 0;
	void *at = (void *)pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid);
	bpf_probe_read_kernel(&id, sizeof(id), at);
	return id;
}

static __always_inline __u32 outer_id(struct pid *pid)
{
	__u32 id = 0;
	if (pid)
		bpf_probe_read_kernel(&id, sizeof(id), (void *)pid + bpf_core_field_offset(struct pid, numbers));
	return id;
}

static __always_inline void fill_head(struct scratch *s, struct task_struct *task, __u32 class, __s64 result)
{
	struct head *h = &s->head;
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	const struct cred *cred = BPF_CORE_READ(task, cred);
	struct signal_struct *signal = BPF_CORE_READ(task, signal);

	h->time = bpf_ktime_get_boot_ns();
	h->start = BPF_CORE_READ(leader, start_boottime);
	h->parent_start = BPF_CORE_READ(parent, group_leader, start_boottime);
	h->result = result;
	h->size = 0;
	h->class = class;
	h->call = 0;
	h->cpu = bpf_get_smp_processor_id();
	h->pid = BPF_CORE_READ(task, tgid);
	h->tid = BPF_CORE_READ(task, pid);
	h->ppid = BPF_CORE_READ(parent, tgid);
	h->vpid = inner_id(BPF_CORE_READ(leader, thread_pid));
	h->vtid = inner_id(BPF_CORE_READ(task, thread_pid));
	struct pid *group = BPF_CORE_READ(signal, pids[2]);
	struct pid *session = BPF_CORE_READ(signal, pids[3]);
	h->pgid = outer_id(group);
	h->vpgid = inner_id(group);
	h->sid = outer_id(session);
	h->vsid = inner_id(session);
	h->uid = BPF_CORE_READ(cred, uid.val);
	h->gid = BPF_CORE_READ(cred, gid.val);
	h->euid = BPF_CORE_READ(cred, euid.val);
	h->egid = BPF_CORE_READ(cred, egid.val);
	h->suid = BPF_CORE_READ(cred, suid.val);
	h->sgid = BPF_CORE_READ(cred, sgid.val);
	bpf_core_read(&h->cap_inheritable, 8, &cred->cap_inheritable);
	bpf_core_read(&h->cap_permitted, 8, &cred->cap_permitted);
	bpf_core_read(&h->cap_effective, 8, &cred->cap_effective);
	h->loginuid = -1;
	if (bpf_core_field_exists(task->loginuid))
		h->loginuid = BPF_CORE_READ(task, loginuid.val);
	h->tty = 0;
	struct tty_struct *tty = BPF_CORE_READ(signal, tty);
	if (tty) {
		__u32 major = BPF_CORE_READ(tty, driver, major);
		__u32 minor = BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index);
		h->tty = (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
	}
	bpf_core_read(h->comm, sizeof(h->comm), &task->comm);
}

/* True where the call came in by the 32-bit entry, which a 64-bit program may use too (int 0x80). */
static __always_inline bool is_compat(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}

#define COMPAT_UMOUNT 22
#define COMPAT_SOCKETCALL 102

static __always_inline __u32 compat_call(struct pt_regs *regs)
{
	__u32 call = regs->orig_ax;
	if (call == COMPAT_SOCKETCALL) {
		/* one call for all of sockets (linux/net.h); which one is the first argument */
		switch ((__u32)regs->bx) {
		case 1: return 41;   /* socket */
		case 2: return 49;   /* bind */
		case 3: return 42;   /* connect */
		case 4: return 50;   /* listen */
		case 5: return 43;   /* accept */
		case 11: return 44;  /* sendto */
		case 16: return 46;  /* sendmsg */
		case 18: return 288; /* accept4 */
		default: return 0;
		}
	}
	__u32 *known = bpf_map_lookup_elem(&compat_calls, &call);
	return known ? *known : 0;
}

static __always_inline void fill_compat_args(struct scratch *s, struct pt_regs *regs)
{
	__u32 args[6] = { regs->bx, regs->cx, regs->dx, regs->si, regs->di, regs->bp };
	s->head.call = compat_call(regs);
	if ((__u32)regs->orig_ax == COMPAT_SOCKETCALL)
		bpf_probe_read_user(args, sizeof(args), (void *)(regs->cx & 0xffffffff));
	for (int i = 0; i < 6; i++)
		s->head.args[i] = args[i];
	/* the old umount has no flags */
	if ((__u32)regs->orig_ax == COMPAT_UMOUNT)
		s->head.args[1] = 0;
}

static __always_inline void fill_args(struct scratch *s, struct task_struct *task, struct pt_regs *regs)
{
	if (is_compat(task)) {
		fill_compat_args(s, regs);
		return;
	}
	s->head.args[0] = BPF_CORE_READ(regs, di);
	s->head.args[1] = BPF_CORE_READ(regs, si);
	s->head.args[2] = BPF_CORE_READ(regs, dx);
	s->head.args[3] = BPF_CORE_READ(regs, r10);
	s->head.args[4] = BPF_CORE_READ(regs, r8);
	s->head.args[5] = BPF_CORE_READ(regs, r9);
	s->head.call = BPF_CORE_READ(regs, orig_ax);
}

#define MASK (DATA_MAX - 1)
/* An offset that the verifier sees is inside; the barrier keeps the compiler from proving it first and dropping it. */
#define INSIDE(x) ({ __u32 at_ = (x); asm volatile("" : "+r"(at_)); at_ & MASK; })

static __always_inline void field(struct scratch *s, __u32 off, __u16 tag, __u16 len)
{
	off = INSIDE(off);
	s->data[off] = tag;
	s->data[off + 1] = 0;
	s->data[off + 2] = len & 0xff;
	s->data[off + 3] = len >> 8;
}

/* A text in user memory, without its zero byte. */
__noinline __u32 put_text(struct scratch *s, __u32 off, __u32 tag, __u64 address)
{
	if (!s || off >= DATA_MAX - 4)
		return off;
	long n = bpf_probe_read_user_str(&s->data[INSIDE(off + 4)], STRING_MAX, (void *)address);
	if (n <= 0)
		return off;
	n = (n - 1) & (STRING_MAX - 1);
	field(s, off, tag, n);
	return off + 4 + n;
}

/* Bytes in user memory. */
__noinline __u32 put_user(struct scratch *s, __u32 off, __u32 tag, __u64 address, __u64 len)
{
	if (!s || off >= DATA_MAX - 4 || !len)
		return off;
	if (len > ARGS_MAX - 1)
		len = ARGS_MAX - 1;
	len &= ARGS_MAX - 1;
	if (bpf_probe_read_user(&s->data[INSIDE(off + 4)], len, (void *)address))
		return off;
	field(s, off, tag, len);
	return off + 4 + len;
}

/* A path as components from the leaf up; crosses mounts. */
__noinline __u32 put_path_at(struct scratch *s, __u32 off, __u32 tag, __u64 dentry_address, __u64 vfs_address)
{
	struct dentry *dentry = (void *)dentry_address;
	struct vfsmount *vfs = (void *)vfs_address;
	if (!s || off >= DATA_MAX - 4 || !dentry)
		return off;
	__u32 begin = off;
	off += 4;
	struct mount *mount = vfs ? (void *)vfs - bpf_core_field_offset(struct mount, mnt) : 0;
	struct dentry *root = vfs ? BPF_CORE_READ(vfs, mnt_root) : 0;
	for (int i = 0; i < COMPONENTS_MAX; i++) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		if (dentry == root || dentry == parent) {
			struct mount *above = mount ? BPF_CORE_READ(mount, mnt_parent) : 0;
			if (dentry != root) {
				/* no directory holds it: a memfd, a pipe, a removed mount */
				__u32 length = BPF_CORE_READ(dentry, d_name.len) & 0xff;
				if (off < DATA_MAX - 4 && length > 1) {
					bpf_probe_read_kernel(&s->data[INSIDE(off)], length, BPF_CORE_READ(dentry, d_name.name));
					off += length;
				}
				break;
			}
			if (!mount || above == mount)
				break;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mount = above;
			root = BPF_CORE_READ(mount, mnt.mnt_root);
			continue;
		}
		__u32 len = BPF_CORE_READ(dentry, d_name.len) & 0xff;
		if (off >= DATA_MAX - 4)
			break;
		bpf_probe_read_kernel(&s->data[INSIDE(off)], len, BPF_CORE_READ(dentry, d_name.name));
		off += len;
		s->data[INSIDE(off)] = '/';
		off += 1;
		dentry = parent;
	}
	field(s, begin, tag, off - begin - 4);
	return off;
}

static __always_inline __u32 put_path(struct scratch *s, __u32 off, __u16 tag, struct dentry *dentry, struct vfsmount *vfs)
{
	return put_path_at(s, off, tag, (__u64)dentry, (__u64)vfs);
}

__noinline __u32 put_cgroup_at(struct scratch *s, __u32 off, __u64 task_address)
{
	struct task_struct *task = (void *)task_address;
	if (!s || off >= DATA_MAX - 4)
		return off;
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup_subsys_state *state = 0;
	struct cgroup *group = 0;
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id)) {
		__u32 index = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
		bpf_probe_read_kernel(&state, 8, (void *)set + bpf_core_field_offset(struct css_set, subsys) + index * 8);
	}
	if (state)
		group = BPF_CORE_READ(state, cgroup);
	if (!group)
		group = BPF_CORE_READ(set, dfl_cgrp);
	struct kernfs_node *node = BPF_CORE_READ(group, kn);
	__u32 begin = off;
	off += 4;
	for (int i = 0; i < CGROUPS_MAX; i++) {
		if (!node || off >= DATA_MAX - 4)
			break;
		long n = bpf_probe_read_kernel_str(&s->data[INSIDE(off)], 256, BPF_CORE_READ(node, name));
		if (n <= 1)
			break;
		off += (n - 1) & 0xff;
		s->data[INSIDE(off)] = '/';
		off += 1;
		if (bpf_core_field_exists(node->__parent))
			node = BPF_CORE_READ(node, __parent);
		else
			node = BPF_CORE_READ((struct kernfs_node___old *)node, parent);
	}
	field(s, begin, TAG_CGROUP, off - begin - 4);
	return off;
}

__noinline __u32 put_facts_at(struct scratch *s, __u32 off, __u64 file_address)
{
	struct file *file = (void *)file_address;
	if (!s || off >= DATA_MAX - 4 || !file)
		return off;
	struct file_facts f = {};
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	f.inode = BPF_CORE_READ(inode, i_ino);
	f.device = BPF_CORE_READ(inode, i_sb, s_dev);
	f.mode = BPF_CORE_READ(inode, i_mode);
	f.links = BPF_CORE_READ(inode, i_nlink);
	f.uid = BPF_CORE_READ(inode, i_uid.val);
	f.gid = BPF_CORE_READ(inode, i_gid.val);
	f.flags = BPF_CORE_READ(file, f_flags);
	if (bpf_core_field_exists(inode->i_mtime_sec)) {
		f.mtime_sec = BPF_CORE_READ(inode, i_mtime_sec);
		f.mtime_nsec = BPF_CORE_READ(inode, i_mtime_nsec);
		f.ctime_sec = BPF_CORE_READ(inode, i_ctime_sec);
		f.ctime_nsec = BPF_CORE_READ(inode, i_ctime_nsec);
	} else if (bpf_core_field_exists(((struct inode___times *)inode)->i_mtime)) {
		f.mtime_sec = BPF_CORE_READ((struct inode___times *)inode, i_mtime.tv_sec);
		f.mtime_nsec = BPF_CORE_READ((struct inode___times *)inode, i_mtime.tv_nsec);
		f.ctime_sec = BPF_CORE_READ((struct inode___times *)inode, i_ctime.tv_sec);
		f.ctime_nsec = BPF_CORE_READ((struct inode___times *)inode, i_ctime.tv_nsec);
	}
	unsigned long magic = BPF_CORE_READ(inode, i_sb, s_magic);
	if (magic == OVERLAY_MAGIC && bpf_core_type_exists(struct ovl_inode)) {
		struct ovl_inode *overlay = (void *)inode - bpf_core_field_offset(struct ovl_inode, vfs_inode);
		if (BPF_CORE_READ(overlay, __upperdentry))
			f.upper_layer = 1;
		else
			f.lower_layer = 1;
	}
	if (magic == TMPFS_MAGIC) {
		char name[8] = {};
		bpf_probe_read_kernel(name, 7, BPF_CORE_READ(file, f_path.dentry, d_name.name));
		if (name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 'f' && name[4] == 'd' && name[5] == ':')
			f.memfd = f.links == 0;
	}
	bpf_probe_read_kernel(&s->data[INSIDE(off + 4)], sizeof(f), &f);
	field(s, off, TAG_FILE, sizeof(f));
	return off + 4 + sizeof(f);
}

static __always_inline struct file *file_of(struct task_struct *task, int fd)
{
	if (fd < 0)
		return 0;
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	if ((unsigned int)fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *file = 0;
	bpf_probe_read_kernel(&file, sizeof(file), &files[fd]);
	return file;
}

static __always_inline __u32 put_file(struct scratch *s, __u32 off, __u16 tag, struct file *file)
{
	if (!file)
		return off;
	return put_path(s, off, tag, BPF_CORE_READ(file, f_path.dentry), BPF_CORE_READ(file, f_path.mnt));
}

/* The directory a relative path begins at; nothing for an absolute one. */
static __always_inline __u32 put_base(struct scratch *s, __u32 off, __u16 tag, struct task_struct *task, int dirfd, __u64 text)
{
	char first = 0;
	bpf_probe_read_user(&first, 1, (void *)text);
	if (first == '/')
		return off;
	if (dirfd == AT_FDCWD)
		return put_path(s, off, tag, BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
	return put_file(s, off, tag, file_of(task, dirfd));
}

__noinline __u32 put_socket_at(struct scratch *s, __u32 off, __u64 file_address)
{
	struct file *file = (void *)file_address;
	if (!s || off >= DATA_MAX - 4 || !file)
		return off;
	if ((BPF_CORE_READ(file, f_inode, i_mode) & 0170000) != 0140000)
		return off;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk);
	if (!sk)
		return off;
	struct socket_ends e = {};
	e.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	e.state = BPF_CORE_READ(sk, __sk_common.skc_state);
	e.type = BPF_CORE_READ(sk, sk_type);
	e.protocol = BPF_CORE_READ(sk, sk_protocol);
	e.local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	e.remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (e.family == 2) {
		bpf_core_read(e.local, 4, &sk->__sk_common.skc_rcv_saddr);
		bpf_core_read(e.remote, 4, &sk->__sk_common.skc_daddr);
	} else if (e.family == 10) {
		bpf_core_read(e.local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(e.remote, 16, &sk->__sk_common.skc_v6_daddr);
	}
	bpf_probe_read_kernel(&s->data[INSIDE(off + 4)], sizeof(e), &e);
	field(s, off, TAG_SOCKET, sizeof(e));
	return off + 4 + sizeof(e);
}

static __always_inline int send(struct scratch *s, __u32 size, bool process)
{
	if (size > DATA_MAX)
		size = DATA_MAX;
	s->head.size = size;
	long failed;
	if (process)
		failed = bpf_ringbuf_output(&ring_process, s, sizeof(struct head) + size, 0);
	else
		failed = bpf_ringbuf_output(&ring, s, sizeof(struct head) + size, 0);
	count(failed ? (process ? COUNT_LOST_PROCESS : COUNT_LOST) : COUNT_SENT);
	return 0;
}

static __always_inline bool process_ring(__u32 call)
{
	__u32 *wish = bpf_map_lookup_elem(&wanted, &call);
	return wish && (*wish & PROCESS_RING);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(call_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 call = is_compat(task) ? compat_call(regs) : (__u32)regs->orig_ax;
	__u32 *wish = bpf_map_lookup_elem(&wanted, &call);
	if (!wish || !*wish)
		return 0;
	if (bpf_get_current_pid_tgid() >> 32 == self_pid)
		return 0;
	bpf_tail_call(ctx, &programs, *wish & 0xff);
	/* Only a jump that failed comes back. */
	count(*wish & PROCESS_RING ? COUNT_LOST_PROCESS : COUNT_LOST);
	return 0;
}

#define BEGIN                                                       \
	struct task_struct *task = (void *)bpf_get_current_task();  \
	struct scratch *s = scratch();                              \
	if (!s)                                                     \
		return 0;                                           \
	fill_head(s, task, CLASS_CALL, result);                     \
	fill_args(s, task, regs);                                         \
	__u64 *args = s->head.args;                                 \
	__u32 off = 0;

/* open(path, flags, mode), openat(dir, path, …), openat2(dir, path, how, size), creat(path, mode) */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_open, struct pt_regs *regs, long result)
{
	BEGIN
	__u32 call = s->head.call;
	bool at = call == 257 || call == 437;
	__u64 text = at ? args[1] : args[0];
	if (call == 437) {
		/* struct open_how: flags, mode, resolve */
		__u64 how[3] = {};
		bpf_probe_read_user(how, sizeof(how), (void *)args[2]);
		args[2] = how[0];
		args[3] = how[1];
		args[4] = how[2];
	}
	if (result >= 0) {
		struct file *file = file_of(task, result);
		off = put_file(s, off, TAG_PATH, file);
		off = put_facts_at(s, off, (__u64)file);
	} else {
		off = put_base(s, off, TAG_BASE1, task, at ? (int)args[0] : AT_FDCWD, text);
	}
	off = put_text(s, off, TAG_TEXT1, text);
	return send(s, off, false);
}

/* one path: where it stands among the arguments comes from the number of the call */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_path, struct pt_regs *regs, long result)
{
	BEGIN
	__u32 call = s->head.call;
	/* unlinkat, mkdirat, fchmodat, fchownat, fchmodat2, execveat */
	bool at = call == 263 || call == 258 || call == 268 || call == 260 || call == 452 || call == 322;
	__u64 text = at ? args[1] : args[0];
	off = put_base(s, off, TAG_BASE1, task, at ? (int)args[0] : AT_FDCWD, text);
	off = put_text(s, off, TAG_TEXT1, text);
	if (call == 80 || call == 161) /* chdir, chroot */
		off = put_path(s, off, TAG_CWD, BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
	return send(s, off, process_ring(call));
}

/* two paths: rename, link and symlink with their …at forms */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_paths, struct pt_regs *regs, long result)
{
	BEGIN
	__u32 call = s->head.call;
	__u64 first = args[0], second = args[1];
	int first_dir = AT_FDCWD, second_dir = AT_FDCWD;
	if (call == 264 || call == 316 || call == 265) { /* renameat, renameat2, linkat */
		first = args[1];
		second = args[3];
		first_dir = args[0];
		second_dir = args[2];
	} else if (call == 266) { /* symlinkat(target, dir, path) */
		second = args[2];
		second_dir = args[1];
	}
	if (call != 88 && call != 266) /* a symlink's target is text, not a path from here */
		off = put_base(s, off, TAG_BASE1, task, first_dir, first);
	off = put_text(s, off, TAG_TEXT1, first);
	off = put_base(s, off, TAG_BASE2, task, second_dir, second);
	off = put_text(s, off, TAG_TEXT2, second);
	return send(s, off, false);
}

/* the first argument is a descriptor */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_fd, struct pt_regs *regs, long result)
{
	BEGIN
	struct file *file = file_of(task, args[0]);
	off = put_file(s, off, TAG_PATH, file);
	off = put_facts_at(s, off, (__u64)file);
	off = put_socket_at(s, off, (__u64)file);
	if (s->head.call == 81) /* fchdir */
		off = put_path(s, off, TAG_CWD, BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
	return send(s, off, process_ring(s->head.call));
}

#define MSG_FASTOPEN 0x20000000

/* True the first time that this process sends from this socket to this address. */
static __always_inline bool new_peer(struct scratch *s, struct file *file, __u64 address, long result)
{
	struct { __u16 family, port; __u8 rest[24]; } to = {};
	struct peer key = {};
	if (bpf_probe_read_user(&to, 8, (void *)address))
		return true;
	key.socket = BPF_CORE_READ(file, f_inode, i_ino);
	key.start = s->head.start;
	key.family = to.family;
	key.port = to.port;
	key.failed = result < 0;
	if (to.family == 2)
		__builtin_memcpy(key.address, to.rest, 4);
	else if (to.family != 10 || bpf_probe_read_user(key.address, 16, (void *)(address + 8)))
		return true;
	__u8 seen = 1;
	if (bpf_map_lookup_elem(&peers, &key))
		return false;
	bpf_map_update_elem(&peers, &key, &seen, BPF_ANY);
	return true;
}

/* calls on sockets */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_socket, struct pt_regs *regs, long result)
{
	BEGIN
	__u32 call = s->head.call;
	int fd = args[0];
	__u64 address = 0, length = 0;
	if (call == 43 || call == 288 || call == 41) { /* accept, accept4, socket */
		fd = result;
	} else if (call == 42 || call == 49) { /* connect, bind */
		address = args[1];
		length = args[2];
	} else if (call == 44) { /* sendto(fd, data, len, flags, address, length) */
		address = args[4];
		length = args[5];
	} else if (call == 46) { /* sendmsg(fd, struct msghdr: name, name length, …) */
		struct { __u64 name; __u32 len; } m = {};
		struct { __u32 name, len; } compat = {};
		if (is_compat(task)) {
			bpf_probe_read_user(&compat, sizeof(compat), (void *)args[1]);
			m.name = compat.name;
			m.len = compat.len;
		} else {
			bpf_probe_read_user(&m, sizeof(m), (void *)args[1]);
		}
		address = m.name;
		length = m.len;
	}
	/* Sending is told only for datagrams that name their receiver: streams were told at connect. */
	if ((call == 44 || call == 46) && (!address || length < 8))
		return 0;
	struct file *file = file_of(task, fd);
	off = put_socket_at(s, off, (__u64)file);
	if ((call == 44 || call == 46) && off) {
		__u16 type = s->data[4 + 2];
		/* TCP Fast Open sends and connects at once. */
		bool connects = (call == 44 ? args[3] : args[2]) & MSG_FASTOPEN;
		if (type != 2 && type != 3 && !connects)
			return 0;
		if (!connects && !new_peer(s, file, address, result))
			return 0;
	}
	if (address && length <= 128)
		off = put_user(s, off, TAG_SOCKADDR, address, length);
	return send(s, off, false);
}

/* numbers only */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_plain, struct pt_regs *regs, long result)
{
	BEGIN
	return send(s, off, process_ring(s->head.call));
}

/* mount(source, target, type, …), umount2(target, …), pivot_root(new, old), init_module(image, length, options),
 * memfd_create(name, …), prctl(option, …) */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_texts, struct pt_regs *regs, long result)
{
	BEGIN
	__u32 call = s->head.call;
	if (call == 165) {
		off = put_text(s, off, TAG_TEXT1, args[0]);
		off = put_base(s, off, TAG_BASE2, task, AT_FDCWD, args[1]);
		off = put_text(s, off, TAG_TEXT2, args[1]);
		off = put_text(s, off, TAG_TEXT3, args[2]);
	} else if (call == 155) {
		off = put_base(s, off, TAG_BASE1, task, AT_FDCWD, args[0]);
		off = put_text(s, off, TAG_TEXT1, args[0]);
		off = put_base(s, off, TAG_BASE2, task, AT_FDCWD, args[1]);
		off = put_text(s, off, TAG_TEXT2, args[1]);
	} else if (call == 175) {
		off = put_text(s, off, TAG_TEXT1, args[2]);
	} else if (call == 313) {
		struct file *file = file_of(task, args[0]);
		off = put_file(s, off, TAG_PATH, file);
		off = put_facts_at(s, off, (__u64)file);
		off = put_text(s, off, TAG_TEXT1, args[1]);
	} else if (call == 157) {
		if (args[0] != 15) /* PR_SET_NAME */
			return send(s, off, false);
		off = put_text(s, off, TAG_TEXT1, args[1]);
	} else {
		off = put_text(s, off, TAG_TEXT1, args[0]);
	}
	return send(s, off, process_ring(call));
}

static __always_inline __u32 put_program(struct scratch *s, __u32 off, struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	if (!mm)
		return off;
	struct file *file = BPF_CORE_READ(mm, exe_file);
	off = put_file(s, off, TAG_PATH, file);
	off = put_facts_at(s, off, (__u64)file);
	__u64 begin = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
	off = put_user(s, off, TAG_ARGV, begin, end - begin);
	begin = BPF_CORE_READ(mm, env_start);
	end = BPF_CORE_READ(mm, env_end);
	off = put_user(s, off, TAG_ENV, begin, end - begin);
	off = put_path(s, off, TAG_CWD, BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
	return put_cgroup_at(s, off, (__u64)task);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct scratch *s = scratch();
	if (!s || bpf_get_current_pid_tgid() >> 32 == self_pid)
		return 0;
	struct task_struct *current = (void *)bpf_get_current_task();
	fill_head(s, current, CLASS_EXEC, 0);
	return send(s, put_program(s, 0, current), true);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	/* threads share their process */
	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	struct scratch *s = scratch();
	if (!s)
		return 0;
	fill_head(s, child, CLASS_FORK, BPF_CORE_READ(child, tgid));
	s->head.args[0] = BPF_CORE_READ(parent, tgid);
	s->head.args[1] = BPF_CORE_READ(parent, group_leader, start_boottime);
	/* copied, because a function of its own takes plain numbers only */
	__u64 address = 0;
	bpf_probe_read_kernel(&address, sizeof(address), &child);
	__u32 off = put_cgroup_at(s, 0, address);
	return send(s, off, true);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	struct scratch *s = scratch();
	if (!s)
		return 0;
	fill_head(s, task, CLASS_EXIT, BPF_CORE_READ(task, exit_code));
	return send(s, 0, true);
}
