/* What programs and Rust share: which calls are wanted, the rings, the counters. */
#pragma once
#include "head.h"

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

/* exec, fork and exit alone: as many as the machine can begin, and nobody can crowd them out */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} ring_process SEC(".maps");

/* what changes who a process is, reaches into others or into the kernel: few, but whoever repeats them fills it */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} ring_vital SEC(".maps");

/* One while the reader sleeps until it is woken. While it is at work it comes by itself, and nobody pays for waking it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} reader_sleeps SEC(".maps");

#define CALLS_MAX 512
/* by system call number */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CALLS_MAX);
	__type(key, __u32);
	__type(value, struct wish);
} wanted SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

/* records sent, then records lost by group */
#define COUNT_SENT 0
#define COUNT_LOST 1
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNT_LOST + GROUPS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/* this process as the kernel numbers it, whatever pid namespace it lives in */
__u32 self_tgid = 0;

const volatile struct socket_ends unused_ends;
const volatile struct file_facts unused_facts;
const volatile struct wish unused_wish;

static __always_inline bool is_self(void)
{
	return bpf_get_current_pid_tgid() >> 32 == self_tgid;
}

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

/* Waking costs more than all the rest of a record: only the first after a rest does it. */
static __always_inline __u64 wake(void)
{
	__u32 zero = 0;
	__u32 *sleeps = bpf_map_lookup_elem(&reader_sleeps, &zero);
	if (!sleeps || !*sleeps)
		return BPF_RB_NO_WAKEUP;
	*sleeps = 0;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline int send(struct scratch *s, __u32 size, __u32 group)
{
	if (size > DATA_MAX)
		size = DATA_MAX;
	s->head.size = size;
	__u64 flags = wake();
	long failed;
	if (group == GROUP_PROCESS)
		failed = bpf_ringbuf_output(&ring_process, s, sizeof(struct head) + size, flags);
	else if (group <= GROUP_VITAL_LAST)
		failed = bpf_ringbuf_output(&ring_vital, s, sizeof(struct head) + size, flags);
	else
		failed = bpf_ringbuf_output(&ring, s, sizeof(struct head) + size, flags);
	count(failed ? COUNT_LOST + group : COUNT_SENT);
	return 0;
}
