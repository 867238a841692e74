/* The exit of system calls: looks up whether anybody wants the call and jumps to the program that knows its arguments.
 *
 * Names and addresses that a call was given lie in the caller's memory. They are read when the call returned, so another
 * thread of the caller can have changed them since the kernel read them. What the kernel keeps of its own is told
 * instead wherever it does: the file behind a descriptor, the ends of a connected socket, the program that runs, who the
 * caller is. Left to the caller's memory are: the path of a call that makes no descriptor (unlink, rename, chmod, …) or
 * failed, the receiver of a datagram, the strings of mount, the name of a memfd. */
#pragma once
#include "maps.h"

/* A register as the call was made; raw tracepoints must copy it. */
#define REG(regs, name) (direct ? (regs)->name : BPF_CORE_READ(regs, name))

/* True where the call came in by the 32-bit entry, which a 64-bit program may use too (int 0x80). */
static __always_inline bool is_compat(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	return task->thread_info.status & TS_COMPAT;
}

#define COMPAT_UMOUNT 22
#define COMPAT_SOCKETCALL 102
/* Marks calls of the x32 interface, which have the numbers and the arguments of the 64-bit one. */
#define X32_BIT 0x40000000

static __always_inline __u32 compat_call(__u32 call, __u32 first)
{
	if (call == COMPAT_SOCKETCALL) {
		/* one call for all of sockets (linux/net.h); which one is the first argument */
		switch (first) {
		case 1: return 41;   /* socket */
		case 2: return 49;   /* bind */
		case 3: return 42;   /* connect */
		case 4: return 50;   /* listen */
		case 5: return 43;   /* accept */
		case 9: case 11: return 44;  /* send, sendto */
		case 10: case 12: return 45; /* recv, recvfrom */
		case 16: return 46;  /* sendmsg */
		case 17: return 47;  /* recvmsg */
		case 18: return 288; /* accept4 */
		case 19: return 299; /* recvmmsg */
		case 20: return 307; /* sendmmsg */
		default: return CALLS_MAX;
		}
	}
	struct wish *wish = bpf_map_lookup_elem(&wanted, &call);
	return wish && wish->compat ? wish->compat : CALLS_MAX;
}

static __always_inline void fill_compat_args(struct scratch *s, struct pt_regs *regs)
{
	__u32 call = REG(regs, orig_ax);
	__u32 args[6] = { REG(regs, bx), REG(regs, cx), REG(regs, dx), REG(regs, si), REG(regs, di), REG(regs, bp) };
	s->head.call = compat_call(call, args[0]);
	if (call == COMPAT_SOCKETCALL) {
		__u32 which = args[0];
		bpf_probe_read_user(args, sizeof(args), (void *)(__u64)args[1]);
		/* send and recv have no address */
		if (which == 9 || which == 10)
			args[4] = args[5] = 0;
	}
	for (int i = 0; i < 6; i++)
		s->head.args[i] = args[i];
	/* the old umount has no flags */
	if (call == COMPAT_UMOUNT)
		s->head.args[1] = 0;
}

static __always_inline void fill_args(struct scratch *s, struct pt_regs *regs)
{
	if (is_compat()) {
		fill_compat_args(s, regs);
		return;
	}
	s->head.args[0] = REG(regs, di);
	s->head.args[1] = REG(regs, si);
	s->head.args[2] = REG(regs, dx);
	s->head.args[3] = REG(regs, r10);
	s->head.args[4] = REG(regs, r8);
	s->head.args[5] = REG(regs, r9);
	s->head.call = (__u32)REG(regs, orig_ax) & ~X32_BIT;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(call_exit, struct pt_regs *regs, long result)
{
	__u32 call = (__u32)REG(regs, orig_ax) & ~X32_BIT;
	struct wish *wish = bpf_map_lookup_elem(&wanted, &call);
	/* Nearly every call ends here. `compat` stands for the 32-bit call of this number. */
	if (!wish || (!wish->program && !wish->compat && call != COMPAT_SOCKETCALL))
		return 0;
	if (is_compat()) {
		call = compat_call((__u32)REG(regs, orig_ax), REG(regs, bx));
		wish = bpf_map_lookup_elem(&wanted, &call);
	}
	if (!wish || !wish->program || is_self())
		return 0;
	bpf_tail_call(ctx, &programs, wish->program);
	/* Only a jump that failed comes back. */
	if (wish->group < GROUPS)
		count(COUNT_LOST + wish->group);
	return 0;
}

/* Run once by the loader, in its own name. */
SEC("raw_tp/sys_exit")
int identify(void *ctx)
{
	self_tgid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

#define BEGIN                                                        \
	struct task_struct *task = bpf_get_current_task_btf();       \
	struct scratch *s = scratch();                               \
	if (!s)                                                      \
		return 0;                                            \
	fill_args(s, regs);                                          \
	__u32 call = s->head.call;                                   \
	struct wish *wish = bpf_map_lookup_elem(&wanted, &call);     \
	if (!wish)                                                   \
		return 0;                                            \
	__u64 *args = s->head.args;                                  \
	__u32 off = 0;

/* Fills the rest of the head. `fill_args` comes first, and what it told is kept. */
static __always_inline void fill_call(struct scratch *s, struct task_struct *task, long result)
{
	__u32 call = s->head.call;
	fill_head(s, task, CLASS_CALL, result);
	s->head.call = call;
}

/* The argument of this place, counted from one; nothing for none. */
static __always_inline __u64 argument(struct scratch *s, __u32 place)
{
	if (place == 0 || place > 6)
		return 0;
	return s->head.args[place - 1];
}

static __always_inline __u32 put_argument(struct scratch *s, __u32 off, __u32 place, __u32 base, __u32 tag)
{
	if (place == 0)
		return off;
	__u64 text = argument(s, place);
	if (base == 1)
		off = put_base(s, off, tag + 1, AT_FDCWD, text);
	else if (base > 1)
		off = put_base(s, off, tag + 1, argument(s, base - 1), text);
	return put_text(s, off, tag, text);
}

#define PRCTL 157
#define PR_SET_NAME 15
#define KILL 62
#define TKILL 200
#define TGKILL 234

/* Signals among its own threads are no business of anybody: some runtimes send thousands a second. */
static __always_inline bool is_to_itself(struct scratch *s, struct task_struct *task)
{
	__u32 call = s->head.call;
	if (call != KILL && call != TKILL && call != TGKILL)
		return false;
	__u32 to = s->head.args[0];
	return to == s->head.vpid || (call == TKILL && to == s->head.vtid);
}

/* calls of any shape: a descriptor, up to three texts with the directories they are relative to, numbers */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_any, struct pt_regs *regs, long result)
{
	BEGIN
	fill_call(s, task, result);
	if (is_to_itself(s, task))
		return 0;
	if (wish->fd) {
		int fd = wish->fd == WISH_RESULT ? (int)result : (int)argument(s, wish->fd);
		struct file *file = file_of(task, fd);
		off = put_file(s, off, TAG_PATH, file);
		off = put_facts_at(s, off, (__u64)file);
		off = put_socket_at(s, off, (__u64)file);
	}
	/* only one of prctl's options has a text */
	if (call != PRCTL || args[0] == PR_SET_NAME)
		off = put_argument(s, off, wish->text[0], wish->base[0], TAG_TEXT1);
	off = put_argument(s, off, wish->text[1], wish->base[1], TAG_TEXT2);
	off = put_argument(s, off, wish->text[2], 0, TAG_TEXT3);
	if (wish->flags & WISH_CWD)
		off = put_path(s, off, TAG_CWD, BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
	return send(s, off, wish->group);
}
