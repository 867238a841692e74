/* Probes: what processes do, told when it is done.
 *
 * One program on the exit of system calls looks up whether anybody wants the call and jumps to the program that knows
 * its arguments; exec, fork and exit of processes come from the scheduler's tracepoints. Each writes one record. Paths
 * are told as the kernel resolved them, component by component from the leaf, and as the caller wrote them.
 *
 * Every program runs as a BTF tracing program and as a raw tracepoint: what a tracepoint hands over is followed where
 * `direct` says so and copied otherwise.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

#include "process.h"
#include "file.h"
#include "network.h"
#include "memory.h"
