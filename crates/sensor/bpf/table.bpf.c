/* The processes there are, for the table at start: one record for each, as the kernel knows it at that moment. Loaded,
 * read once and gone again.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

#include "head.h"

/* One iterator runs at a time. It may sleep, so it cannot share the probes' scratch. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} task_scratch SEC(".maps");

/* Bytes in the memory of another task. */
static __always_inline __u32 put_of_task(struct scratch *s, __u32 off, __u32 tag, struct task_struct *task, __u64 begin, __u64 end)
{
	__u64 length = end - begin;
	if (off >= DATA_MAX - 4 || begin >= end)
		return off;
	if (length > ARGS_MAX - 1)
		length = ARGS_MAX - 1;
	length &= ARGS_MAX - 1;
	if (bpf_copy_from_user_task(&s->data[INSIDE(off + 4)], length, (void *)begin, task, 0))
		return off;
	field(s, off, tag, length);
	return off + 4 + length;
}

SEC("iter.s/task")
int list_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u32 zero = 0, off = 0;
	struct scratch *s = bpf_map_lookup_elem(&task_scratch, &zero);
	/* threads share their process; one that ended and waits for its parent does nothing any more */
	if (!s || !task || task->pid != task->tgid || task->signal->live.counter == 0)
		return 0;
	fill_head(s, task, CLASS_TASK, 0);
	struct mm_struct *mm = task->mm;
	if (mm) {
		struct file *file = BPF_CORE_READ(mm, exe_file);
		off = put_file(s, off, TAG_PATH, file);
		off = put_facts_at(s, off, (__u64)file);
		off = put_of_task(s, off, TAG_ARGV, task, BPF_CORE_READ(mm, arg_start), BPF_CORE_READ(mm, arg_end));
		off = put_of_task(s, off, TAG_ENV, task, BPF_CORE_READ(mm, env_start), BPF_CORE_READ(mm, env_end));
		off = put_path(s, off, TAG_CWD, BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
	}
	__u64 address = 0;
	bpf_probe_read_kernel(&address, sizeof(address), &task);
	off = put_cgroup_at(s, off, address);
	if (off > DATA_MAX)
		off = DATA_MAX;
	s->head.size = off;
	bpf_seq_write(ctx->meta->seq, s, sizeof(struct head) + off);
	return 0;
}
