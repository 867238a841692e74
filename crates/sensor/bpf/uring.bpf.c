/* Operations of io_uring: they pass no system call. Each is told as the call that does the same, with what the kernel
 * copied for itself when it took the operation: nobody can change that any more. An object of its own, because kernels
 * without io_uring lack its tracepoints; it shares the maps of the other probes.
 *
 * What makes a descriptor is told when it completes, with its result. All else is told when it is taken: its result is
 * not known then and is told as success, a connection's as being in progress.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

#include "maps.h"

enum {
	OP_ACCEPT = 13, OP_CONNECT = 16, OP_OPENAT = 18, OP_OPENAT2 = 28, OP_SPLICE = 30, OP_RENAMEAT = 35, OP_UNLINKAT = 36,
	OP_MKDIRAT = 37, OP_SYMLINKAT = 38, OP_LINKAT = 39, OP_FSETXATTR = 41, OP_SETXATTR = 42, OP_SOCKET = 45,
	OP_URING_CMD = 46, OP_FIXED_FD_INSTALL = 54, OP_FTRUNCATE = 55, OP_BIND = 56, OP_LISTEN = 57,
};
#define REQ_SKIPS_COMPLETION (1u << 6)
#define EINPROGRESS 115
#define OP_CALL 511     /* stands for operations that are no call; no call has this number */
#define PATH_KEPT 256

/* An open that was taken and is not yet done. */
struct pending {
	__u64 args[6];
	__u32 call;
	char text[PATH_KEPT];
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct pending);
} pendings SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pending);
} pending_scratch SEC(".maps");

static __always_inline __u32 call_of(__u8 op)
{
	switch (op) {
	case OP_ACCEPT: return 288;
	case OP_CONNECT: return 42;
	case OP_OPENAT: return 257;
	case OP_OPENAT2: return 437;
	case OP_RENAMEAT: return 316;
	case OP_UNLINKAT: return 263;
	case OP_MKDIRAT: return 258;
	case OP_SYMLINKAT: return 266;
	case OP_LINKAT: return 265;
	case OP_SOCKET: return 41;
	case OP_BIND: return 49;
	case OP_LISTEN: return 50;
	case OP_SPLICE: case OP_FSETXATTR: case OP_SETXATTR: case OP_URING_CMD: case OP_FIXED_FD_INSTALL: case OP_FTRUNCATE:
		return OP_CALL;
	default: return 0;
	}
}

static __always_inline bool is_wanted(__u32 call, __u32 *group)
{
	*group = GROUP_FILE;
	struct wish *wish = bpf_map_lookup_elem(&wanted, &call);
	if (!wish || !wish->program || wish->flags & WISH_QUIET)
		return false;
	*group = wish->group;
	return true;
}

static __always_inline void begin(struct scratch *s, __u32 call, long result)
{
	fill_head(s, bpf_get_current_task_btf(), CLASS_CALL, result);
	s->head.call = call;
	s->head.flags |= HEAD_IO_URING;
	for (int i = 0; i < 6; i++)
		s->head.args[i] = 0;
}

static __always_inline void keep_open(struct io_kiocb *req, __u32 call)
{
	__u32 zero = 0;
	__u64 key = (__u64)req;
	struct io_open *open = (void *)req;
	struct pending *kept = bpf_map_lookup_elem(&pending_scratch, &zero);
	if (!kept)
		return;
	kept->call = call;
	kept->args[0] = (__s64)BPF_CORE_READ(open, dfd);
	kept->args[1] = 0;
	kept->args[2] = BPF_CORE_READ(open, how.flags);
	kept->args[3] = BPF_CORE_READ(open, how.mode);
	kept->args[4] = BPF_CORE_READ(open, how.resolve);
	kept->args[5] = BPF_CORE_READ(open, file_slot);
	if (bpf_probe_read_kernel_str(kept->text, PATH_KEPT, BPF_CORE_READ(open, filename, name)) < 0)
		kept->text[0] = 0;
	bpf_map_update_elem(&pendings, &key, kept, BPF_ANY);
}

/* Keeps what is told when it completes; false where nothing has to be. */
static __always_inline bool keep(struct io_kiocb *req, __u8 op, __u32 call)
{
	if (op == OP_OPENAT || op == OP_OPENAT2) {
		keep_open(req, call);
		return true;
	}
	if (op != OP_ACCEPT)
		return false;
	__u32 zero = 0;
	__u64 key = (__u64)req;
	struct pending *kept = bpf_map_lookup_elem(&pending_scratch, &zero);
	if (kept) {
		kept->call = call;
		bpf_map_update_elem(&pendings, &key, kept, BPF_ANY);
	}
	return true;
}

/* The address lies in the kernel's own copy since the operation was taken: alone, or in the middle of a message, by the
 * kernel's version. A message begins with a pointer, whose low bits are no family. */
static __always_inline __u32 put_address(struct scratch *s, __u32 off, struct io_kiocb *req, __u32 length)
{
	void *copy = BPF_CORE_READ(req, async_data);
	__u16 family = 0;
	if (!copy || bpf_probe_read_kernel(&family, sizeof(family), copy))
		return off;
	if (!(family & 7)) {
		if (!bpf_core_field_exists(((struct io_async_msghdr *)0)->addr))
			return off;
		copy += bpf_core_field_offset(struct io_async_msghdr, addr);
	}
	return put_kernel(s, off, TAG_SOCKADDR, (__u64)copy, length & 127);
}

SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(ring_submit, struct io_kiocb *req)
{
	__u8 op = BPF_CORE_READ(req, opcode);
	__u32 call = call_of(op), group = 0, off = 0;
	if (!call || is_self() || !is_wanted(call, &group))
		return 0;
	bool completes = !(BPF_CORE_READ(req, flags) & REQ_SKIPS_COMPLETION);
	if (completes && keep(req, op, call))
		return 0;
	struct scratch *s = scratch();
	if (!s)
		return 0;
	begin(s, call, op == OP_CONNECT ? -EINPROGRESS : 0);
	__u64 *args = s->head.args;
	struct task_struct *task = bpf_get_current_task_btf();
	int fd = BPF_CORE_READ(req, cqe.fd);
	switch (op) {
	case OP_OPENAT: case OP_OPENAT2: {
		struct io_open *open = (void *)req;
		args[0] = (__s64)BPF_CORE_READ(open, dfd);
		args[2] = BPF_CORE_READ(open, how.flags);
		args[3] = BPF_CORE_READ(open, how.mode);
		off = put_kernel_path(s, off, TAG_TEXT1, (__u64)BPF_CORE_READ(open, filename, name), args[0]);
		break;
	}
	case OP_UNLINKAT: {
		struct io_unlink *unlink = (void *)req;
		args[0] = (__s64)BPF_CORE_READ(unlink, dfd);
		args[2] = BPF_CORE_READ(unlink, flags);
		off = put_kernel_path(s, off, TAG_TEXT1, (__u64)BPF_CORE_READ(unlink, filename, name), args[0]);
		break;
	}
	case OP_MKDIRAT: {
		struct io_mkdir *mkdir = (void *)req;
		args[0] = (__s64)BPF_CORE_READ(mkdir, dfd);
		args[2] = BPF_CORE_READ(mkdir, mode);
		off = put_kernel_path(s, off, TAG_TEXT1, (__u64)BPF_CORE_READ(mkdir, filename, name), args[0]);
		break;
	}
	case OP_RENAMEAT: {
		struct io_rename *pair = (void *)req;
		args[0] = (__s64)BPF_CORE_READ(pair, old_dfd);
		args[2] = (__s64)BPF_CORE_READ(pair, new_dfd);
		off = put_kernel_path(s, off, TAG_TEXT1, (__u64)BPF_CORE_READ(pair, oldpath, name), args[0]);
		off = put_kernel_path(s, off, TAG_TEXT2, (__u64)BPF_CORE_READ(pair, newpath, name), args[2]);
		break;
	}
	case OP_LINKAT: case OP_SYMLINKAT: {
		struct io_link *pair = (void *)req;
		args[0] = (__s64)BPF_CORE_READ(pair, old_dfd);
		args[2] = (__s64)BPF_CORE_READ(pair, new_dfd);
		off = put_kernel_path(s, off, TAG_TEXT1, (__u64)BPF_CORE_READ(pair, oldpath, name), args[0]);
		off = put_kernel_path(s, off, TAG_TEXT2, (__u64)BPF_CORE_READ(pair, newpath, name), args[2]);
		break;
	}
	case OP_SOCKET: {
		struct io_socket *socket = (void *)req;
		args[0] = BPF_CORE_READ(socket, domain);
		args[1] = BPF_CORE_READ(socket, type);
		args[2] = BPF_CORE_READ(socket, protocol);
		break;
	}
	case OP_CONNECT: case OP_BIND: case OP_LISTEN: {
		args[0] = (__s64)fd;
		off = put_socket_at(s, off, (__u64)file_of(task, fd));
		if (op == OP_CONNECT)
			off = put_address(s, off, req, BPF_CORE_READ((struct io_connect *)(void *)req, addr_len));
		else if (op == OP_LISTEN)
			args[1] = BPF_CORE_READ((struct io_listen *)(void *)req, backlog);
		else
			off = put_address(s, off, req, BPF_CORE_READ((struct io_bind *)(void *)req, addr_len));
		break;
	}
	default:
		args[5] = op;
	}
	return send(s, off, group);
}

SEC("tp_btf/io_uring_complete")
int BPF_PROG(ring_complete, void *ring_context, struct io_kiocb *req)
{
	__u64 key = (__u64)req;
	struct pending *kept = bpf_map_lookup_elem(&pendings, &key);
	if (!kept)
		return 0;
	struct scratch *s = scratch();
	if (!s)
		return 0;
	long result = BPF_CORE_READ(req, cqe.res);
	__u32 off = 0, call = kept->call;
	begin(s, call, result);
	__builtin_memcpy(s->head.args, kept->args, sizeof(kept->args));
	struct task_struct *task = bpf_get_current_task_btf();
	if (call == 288) {
		off = put_socket_at(s, off, result >= 0 ? (__u64)file_of(task, result) : 0);
		bpf_map_delete_elem(&pendings, &key);
		return send(s, off, GROUP_NETWORK);
	}
	/* a file that went into the ring's own table has no descriptor */
	if (result >= 0 && kept->args[5] == 0) {
		struct file *file = file_of(task, result);
		off = put_file(s, off, TAG_PATH, file);
		off = put_facts_at(s, off, (__u64)file);
	}
	/* copied, because a function of its own takes plain numbers only */
	const char *text = kept->text;
	__u64 address = 0;
	bpf_probe_read_kernel(&address, sizeof(address), &text);
	off = put_kernel_path(s, off, TAG_TEXT1, address, kept->args[0]);
	bpf_map_delete_elem(&pendings, &key);
	return send(s, off, GROUP_FILE);
}
