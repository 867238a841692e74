/* Files: opening them, and writing to those that are the kernel itself. */
#pragma once
#include "call.h"

/* open(path, flags, mode), openat(dir, path, …), openat2(dir, path, how, size), creat(path, mode) */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_open, struct pt_regs *regs, long result)
{
	BEGIN
	fill_call(s, task, result);
	__u64 text = argument(s, wish->text[0]);
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
		__u32 dir = wish->base[0] > 1 ? (__u32)argument(s, wish->base[0] - 1) : (__u32)AT_FDCWD;
		off = put_base(s, off, TAG_BASE1, dir, text);
	}
	off = put_text(s, off, TAG_TEXT1, text);
	return send(s, off, wish->group);
}

/* File systems that are the kernel's own knobs (linux/magic.h): proc, sysfs, cgroup, cgroup2, debugfs, tracefs,
 * securityfs, binfmt_misc, configfs, SELinux. */
static __always_inline bool is_kernel_file_system(unsigned long magic)
{
	return magic == 0x9fa0 || magic == 0x62656572 || magic == 0x27e0eb || magic == 0x63677270 || magic == 0x64626720 ||
	       magic == 0x74726163 || magic == 0x73636673 || magic == 0x42494e4d || magic == 0x62656570 ||
	       magic == 0xf97cff8c;
}

#include "network.h"

/* write(fd, data, length), pwrite64, writev(fd, vectors, count), pwritev, pwritev2: of all writes only those that change
 * the kernel or another process (/proc/PID/mem, /proc/sys, a cgroup's release_agent, …) and questions to name servers. */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_write, struct pt_regs *regs, long result)
{
	BEGIN
	struct file *file = file_of(task, args[0]);
	if (!file)
		return 0;
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	bool is_socket = (BPF_CORE_READ(inode, i_mode) & 0170000) == 0140000;
	bool is_knob = !(wish->flags & WISH_QUIET) && is_kernel_file_system(BPF_CORE_READ(inode, i_sb, s_magic));
	if (!is_knob && !(is_socket && (wish->flags & WISH_DNS) && asks_name_server((__u64)file)))
		return 0;
	fill_call(s, task, result);
	__u64 data = args[1], length = args[2];
	if (call != 1 && call != 18) {
		__u64 vector[2] = {};
		__u32 compat[2] = {};
		if (is_compat()) {
			bpf_probe_read_user(compat, sizeof(compat), (void *)args[1]);
			vector[0] = compat[0];
			vector[1] = compat[1];
		} else {
			bpf_probe_read_user(vector, sizeof(vector), (void *)args[1]);
		}
		data = vector[0];
		length = vector[1];
	}
	if (is_socket) {
		s->message.name_bytes = 0;
		s->message.data = data;
		s->message.data_bytes = length;
		tell_question(s, (__u64)file);
		return 0;
	}
	off = put_file(s, off, TAG_PATH, file);
	off = put_facts_at(s, off, (__u64)file);
	off = put_user(s, off, TAG_DATA, data, length < PAYLOAD_MAX ? length : PAYLOAD_MAX);
	return send(s, off, wish->group);
}
