/* The few kernel types the probes read. Offsets come from the running kernel's BTF (CO-RE), so only names matter here. */
#pragma once

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0

enum { BPF_ANY = 0, BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2, BPF_RB_AVAIL_DATA = 0 };
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum bpf_func_id { BPF_FUNC_find_vma = 180, BPF_FUNC_copy_from_user_task = 191 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};
struct kuid { __u32 val; };
struct qstr { __u32 len; const unsigned char *name; };
struct super_block { unsigned long s_magic; __u32 s_dev; };
struct inode {
	__u16 i_mode;
	struct kuid i_uid;
	struct kuid i_gid;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_nlink;
	__s64 i_mtime_sec;
	__u32 i_mtime_nsec;
	__s64 i_ctime_sec;
	__u32 i_ctime_nsec;
};
struct timespec64 { __s64 tv_sec; long tv_nsec; };
struct inode___times {
	struct timespec64 i_mtime;
	struct timespec64 i_ctime;
};
struct inode___hidden {
	struct timespec64 __i_mtime;
	struct timespec64 __i_ctime;
};
struct dentry { struct dentry *d_parent; struct qstr d_name; struct inode *d_inode; };
struct vfsmount { struct dentry *mnt_root; struct super_block *mnt_sb; };
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; };
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct file { struct path f_path; struct inode *f_inode; void *private_data; unsigned int f_flags; };
struct fdtable { unsigned int max_fds; struct file **fd; };
struct files_struct { struct fdtable *fdt; };
struct fs_struct { struct path root; struct path pwd; };
struct mm_struct { unsigned long arg_start, arg_end, env_start, env_end; struct file *exe_file; };
struct ovl_inode { struct inode vfs_inode; struct dentry *__upperdentry; };

typedef struct { __u64 val; } kernel_cap_t;
struct cred {
	struct kuid uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
	kernel_cap_t cap_inheritable, cap_permitted, cap_effective;
};
struct tty_driver { int major; int minor_start; };
struct tty_struct { struct tty_driver *driver; int index; };
struct pid_namespace { unsigned int level; };
struct upid { int nr; };
struct pid { unsigned int level; struct upid numbers[1]; };
struct signal_struct { struct { int counter; } live; struct pid *pids[4]; struct tty_struct *tty; };
struct kernfs_node { const char *name; struct kernfs_node *__parent; };
struct kernfs_node___old { struct kernfs_node *parent; };
struct cgroup { struct kernfs_node *kn; };
struct cgroup_subsys_state { struct cgroup *cgroup; };
struct css_set { struct cgroup *dfl_cgrp; struct cgroup_subsys_state *subsys[1]; };
enum cgroup_subsys_id { pids_cgrp_id = 0 };
struct thread_info { __u32 status; };
struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	__u64 start_boottime;
	char comm[16];
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct files_struct *files;
	const struct cred *cred;
	struct signal_struct *signal;
	struct pid *thread_pid;
	struct css_set *cgroups;
	struct kuid loginuid;
	int exit_code;
};
struct linux_binprm;
struct anon_vma;
struct vm_area_struct { struct anon_vma *anon_vma; struct file *vm_file; };
struct seq_file;
struct filename { const char *name; };
struct open_how { __u64 flags, mode, resolve; };
struct io_cqe { __s32 res; int fd; };
struct io_kiocb { __u8 opcode; __u32 flags; struct io_cqe cqe; void *async_data; };
struct io_open { int dfd; __u32 file_slot; struct filename *filename; struct open_how how; };
struct io_unlink { int dfd; int flags; struct filename *filename; };
struct io_mkdir { int dfd; __u16 mode; struct filename *filename; };
struct io_rename { int old_dfd, new_dfd; struct filename *oldpath, *newpath; int flags; };
struct io_link { int old_dfd, new_dfd; struct filename *oldpath, *newpath; int flags; };
struct io_connect { int addr_len; };
struct io_socket { int domain, type, protocol; };
struct io_listen { int backlog; };
struct io_bind { int addr_len; };
struct __kernel_sockaddr_storage { __u16 ss_family; };
struct io_async_msghdr { struct __kernel_sockaddr_storage addr; };
struct bpf_iter_meta { struct seq_file *seq; };
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; };

struct in6_addr { __u8 bytes[16]; };
struct sock_common {
	__u16 skc_family;
	__u8 skc_state;
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};
struct sock { struct sock_common __sk_common; __u16 sk_type; __u16 sk_protocol; };
struct socket { __s16 type; struct sock *sk; };
struct unix_address { int len; };
struct unix_sock { struct sock sk; struct unix_address *addr; };

#pragma clang attribute pop
