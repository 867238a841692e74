/* Fills the head of a record: who does it. */
#pragma once
#include "field.h"

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

#define PF_KTHREAD 0x00200000

/* True where the programs are attached by BTF and may follow a tracepoint's pointers; else they copy. */
const volatile bool direct = true;

#define FOLLOW2(from, a) ((from)->a)
#define FOLLOW3(from, a, b) ((from)->a->b)
#define FOLLOW4(from, a, b, c) ((from)->a->b->c)
#define FOLLOW_(_1, _2, _3, _4, name, ...) name
/* The shape of BPF_CORE_READ, for pointers that the verifier knows. */
#define FOLLOW(...) FOLLOW_(__VA_ARGS__, FOLLOW4, FOLLOW3, FOLLOW2)(__VA_ARGS__)

#define FILL_HEAD(name, READ)                                                                        \
static __always_inline void name(struct scratch *s, struct task_struct *task, __u32 class, __s64 result) \
{                                                                                                    \
	struct head *h = &s->head;                                                                   \
	struct task_struct *leader = READ(task, group_leader);                                       \
	struct task_struct *parent = READ(task, real_parent);                                        \
	const struct cred *cred = READ(task, cred);                                                  \
	struct signal_struct *signal = READ(task, signal);                                           \
	h->time = bpf_ktime_get_boot_ns();                                                           \
	h->start = READ(leader, start_boottime);                                                     \
	h->parent_start = READ(parent, group_leader, start_boottime);                                \
	h->result = result;                                                                          \
	h->size = 0;                                                                                 \
	h->class = class;                                                                            \
	h->call = 0;                                                                                 \
	h->flags = READ(task, flags) & PF_KTHREAD ? HEAD_KERNEL_THREAD : 0;                          \
	h->cpu = bpf_get_smp_processor_id();                                                         \
	h->pid = READ(task, tgid);                                                                   \
	h->tid = READ(task, pid);                                                                    \
	h->ppid = READ(parent, tgid);                                                                \
	h->vpid = inner_id(READ(leader, thread_pid));                                                \
	h->vtid = h->pid == h->tid ? h->vpid : inner_id(READ(task, thread_pid));                     \
	struct pid *group = READ(signal, pids[2]);                                                   \
	struct pid *session = READ(signal, pids[3]);                                                 \
	h->pgid = outer_id(group);                                                                   \
	h->vpgid = inner_id(group);                                                                  \
	h->sid = group == session ? h->pgid : outer_id(session);                                     \
	h->vsid = group == session ? h->vpgid : inner_id(session);                                   \
	h->uid = READ(cred, uid.val);                                                                \
	h->gid = READ(cred, gid.val);                                                                \
	h->euid = READ(cred, euid.val);                                                              \
	h->egid = READ(cred, egid.val);                                                              \
	h->suid = READ(cred, suid.val);                                                              \
	h->sgid = READ(cred, sgid.val);                                                              \
	/* copied whole: before 6.3 a set was two words of 32 bits */                                \
	bpf_core_read(&h->cap_inheritable, 8, &cred->cap_inheritable);                               \
	bpf_core_read(&h->cap_permitted, 8, &cred->cap_permitted);                                   \
	bpf_core_read(&h->cap_effective, 8, &cred->cap_effective);                                   \
	h->loginuid = -1;                                                                            \
	if (bpf_core_field_exists(task->loginuid))                                                   \
		h->loginuid = READ(task, loginuid.val);                                              \
	h->tty = 0;                                                                                  \
	struct tty_struct *tty = READ(signal, tty);                                                  \
	if (tty) {                                                                                   \
		__u32 major = READ(tty, driver, major);                                              \
		__u32 minor = READ(tty, driver, minor_start) + READ(tty, index);                     \
		h->tty = (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);                    \
	}                                                                                            \
	bpf_core_read(h->comm, sizeof(h->comm), &task->comm);                                        \
}

/* From a pointer that the verifier knows, which costs a load a member, and from any other, which costs a call. */
FILL_HEAD(fill_head, FOLLOW)
FILL_HEAD(fill_head_copying, BPF_CORE_READ)
