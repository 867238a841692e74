/* Writes the fields of a record: texts, paths, files, sockets. Each function takes the place of the next free byte and
 * returns the place after what it wrote; what cannot be read is left out.
 *
 * The larger ones are functions of their own, which the verifier checks once; those take plain numbers, not pointers. */
#pragma once
#include "record.h"

#define DATA_MAX 16384
#define SLACK 4352
#define ARGS_MAX 4096
#define ENV_MAX 4096
#define STRING_MAX 4096
#define PAYLOAD_MAX 512
#define COMPONENTS_MAX 128
#define CGROUPS_MAX 32
#define TS_COMPAT 2
#define AT_FDCWD -100
#define OVERLAY_MAGIC 0x794c7630
#define TMPFS_MAGIC 0x01021994

/* A message as its sender or receiver described it. */
struct message {
	__u64 name, data;
	__u32 name_bytes, data_bytes;
};

struct scratch {
	struct head head;
	__u8 data[DATA_MAX + SLACK];
	struct message message;
};

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
	bool is_whole = false;
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
				is_whole = true;
				break;
			}
			if (!mount || above == mount) {
				is_whole = true;
				break;
			}
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
	/* Deeper than is told: a first component that no path has says so. */
	if (!is_whole && off < DATA_MAX - 4)
		for (int i = 0; i < 3; i++)
			s->data[INSIDE(off++)] = '.';
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

/* A directory by its descriptor, or the working directory. */
__noinline __u32 put_directory(struct scratch *s, __u32 off, __u32 tag, __u32 dirfd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	if (!s || off >= DATA_MAX - 4)
		return off;
	if ((int)dirfd == AT_FDCWD)
		return put_path(s, off, tag, BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
	return put_file(s, off, tag, file_of(task, dirfd));
}

/* The directory a relative path begins at; nothing for an absolute one. */
static __always_inline __u32 put_base(struct scratch *s, __u32 off, __u32 tag, __u32 dirfd, __u64 text)
{
	char first = 0;
	bpf_probe_read_user(&first, 1, (void *)text);
	return first == '/' ? off : put_directory(s, off, tag, dirfd);
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

/* A text in kernel memory, without its zero byte, and the directory it is relative to, if it is. */
__noinline __u32 put_kernel_path(struct scratch *s, __u32 off, __u32 tag, __u64 address, __u32 dirfd)
{
	if (!s || off >= DATA_MAX - 4)
		return off;
	long n = bpf_probe_read_kernel_str(&s->data[INSIDE(off + 4)], STRING_MAX, (void *)address);
	if (n <= 0)
		return off;
	n = (n - 1) & (STRING_MAX - 1);
	field(s, off, tag, n);
	bool is_absolute = s->data[INSIDE(off + 4)] == '/';
	off += 4 + n;
	return is_absolute ? off : put_directory(s, off, tag + 1, dirfd);
}

/* Bytes in kernel memory. */
__noinline __u32 put_kernel(struct scratch *s, __u32 off, __u32 tag, __u64 address, __u32 len)
{
	if (!s || off >= DATA_MAX - 4)
		return off;
	asm volatile("" : "+r"(len));
	len &= 127;
	if (bpf_probe_read_kernel(&s->data[INSIDE(off + 4)], len, (void *)address))
		return off;
	field(s, off, tag, len);
	return off + 4 + len;
}
