/* A program that many kernels refuse: loaded and dropped at once, to be able to say which it is. */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

SEC("lsm/bprm_check_security")
int BPF_PROG(check_program, struct linux_binprm *bprm, int given)
{
	return given;
}
