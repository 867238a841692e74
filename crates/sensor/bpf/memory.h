/* Memory that becomes executable after it was written, or while it can be. */
#pragma once
#include "call.h"

#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_ANONYMOUS 0x20
#define MMAP 9

struct area {
	__u64 known;
	__u64 written;
	__u64 file;
};

static long look_at_area(struct task_struct *task, struct vm_area_struct *vma, struct area *area)
{
	area->known = 1;
	/* Private pages exist once something was written. */
	area->written = vma->anon_vma != 0;
	area->file = vma->vm_file != 0;
	return 0;
}

/* mmap(address, length, protection, flags, …), mprotect(address, length, protection), pkey_mprotect. Told with what the
 * area is after the call: argument 4 whether its pages were written, argument 5 whether it maps a file. */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_memory, struct pt_regs *regs, long result)
{
	BEGIN
	__u64 protection = args[2];
	if (!(protection & PROT_EXEC))
		return 0;
	bool is_map = call == MMAP;
	bool at_once = protection & PROT_WRITE || (is_map && args[3] & MAP_ANONYMOUS);
	struct area area = {};
	if (!is_map && bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_find_vma))
		bpf_find_vma(task, args[0], look_at_area, &area, 0);
	/* An area that cannot be looked at is told: its map is being changed by another thread. */
	bool unknown = !is_map && !area.known;
	if (!at_once && !unknown && !area.written)
		return 0;
	fill_call(s, task, result);
	if (!is_map) {
		args[4] = area.written;
		args[5] = area.file;
	}
	if (is_map && (int)args[4] >= 0 && !(args[3] & MAP_ANONYMOUS))
		off = put_file(s, off, TAG_PATH, file_of(task, args[4]));
	return send(s, off, wish->group);
}
