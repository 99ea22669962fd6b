/* What the hand-written programs share: they look at one process only. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

const volatile int target = 0;

static __always_inline bool is_target(void)
{
	return bpf_get_current_pid_tgid() >> 32 == target;
}
