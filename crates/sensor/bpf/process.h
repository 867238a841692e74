/* Processes that begin, run another program and end, told by the scheduler. */
#pragma once
#include "call.h"

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
int BPF_PROG(process_exec, struct task_struct *unused, int old_pid, struct linux_binprm *bprm)
{
	struct scratch *s = scratch();
	if (!s || is_self())
		return 0;
	struct task_struct *task = bpf_get_current_task_btf();
	fill_head(s, task, CLASS_EXEC, 0);
	/* The new memory is not yet used by anybody: nobody can have changed the arguments. */
	return send(s, put_program(s, 0, (void *)bpf_get_current_task()), GROUP_PROCESS);
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
	if (direct)
		fill_head(s, child, CLASS_FORK, BPF_CORE_READ(child, tgid));
	else
		fill_head_copying(s, child, CLASS_FORK, BPF_CORE_READ(child, tgid));
	s->head.args[0] = BPF_CORE_READ(parent, tgid);
	s->head.args[1] = BPF_CORE_READ(parent, group_leader, start_boottime);
	/* copied, because a function of its own takes plain numbers only */
	__u64 address = 0;
	bpf_probe_read_kernel(&address, sizeof(address), &child);
	__u32 off = put_cgroup_at(s, 0, address);
	return send(s, off, GROUP_PROCESS);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *unused)
{
	struct task_struct *task = bpf_get_current_task_btf();
	if (task->signal->live.counter != 0)
		return 0;
	struct scratch *s = scratch();
	if (!s)
		return 0;
	fill_head(s, task, CLASS_EXIT, task->exit_code);
	return send(s, 0, GROUP_PROCESS);
}
