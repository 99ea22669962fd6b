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
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 code;
};

/* line 1: begin { printf("hello\n"); exit(); } end { printf("bye\n"); } */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
	if (event) {
		event->id = 1;
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event_2) {
		event_2->id = 2;
		event_2->code = 0;
		bpf_ringbuf_submit(event_2, FORCE_WAKEUP);
	}
	else {
		count_failed(LOST_EXIT, -(0));
	}
	on = 0;
	return 0;
	return 0;
}

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
};

/* line 1: begin { printf("hello\n"); exit(); } end { printf("bye\n"); } */
SEC("raw_tp")
int end_1(void *ctx)
{
	struct record_3 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event) {
		event->id = 3;
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}
