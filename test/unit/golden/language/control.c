/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__s64 a;
};

/* line 1: begin { $a = 3; if ($a > 2 && comm == "x") { $a++; } else if ($a == 1) { $a -= 2; } else … */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	__s64 a = 0;
	a = 3;
	_Bool both = (a > 2);
	if (both) {
		char comm[16] = {};
		bpf_get_current_comm(comm, 16);
		both = ((bpf_strncmp(comm, 2, "x") == 0));
	}
	if (both) {
		a += 1;
	}
	else {
		if (a == 1) {
			a = (a - 2);
		}
		else {
			#pragma clang loop unroll(full)
			for (int i = 0; i < 3; i++) {
				a = (a * 2);
			}
		}
	}
	for (;;) {
		if (!(a < 10))
			break;
		a = (a + 1);
	}
	struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
	if (event) {
		event->id = 1;
		event->a = a;
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}
