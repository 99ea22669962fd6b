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
	__u64 a;
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__u64 a;
};

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
	__u64 a;
};

struct record_4 {
	__u32 id;
	__u8 gap_1[4];
};

struct record_5 {
	__u32 id;
	__u8 gap_1[4];
	__u64 a;
};

struct record_6 {
	__u32 id;
	__u8 gap_1[4];
	__s64 value;
};

struct record_7 {
	__u32 id;
	__u8 gap_1[4];
	__s64 a;
};

struct record_8 {
	__u32 id;
	__u8 gap_1[4];
	__s64 value;
};

/* line 1: begin { $a = nsecs; print($a / 3); print(-$a / 3); print($a % (uint64)cpu); print($a >> 2… */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	__u64 a = 0;
	a = bpf_ktime_get_boot_ns();
	struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
	if (event) {
		event->id = 1;
		event->a = (a / 3);
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event_2) {
		event_2->id = 2;
		event_2->a = (-a / 3);
		bpf_ringbuf_submit(event_2, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	__u64 divisor = (__u64)((__u64)bpf_get_smp_processor_id());
	if (!divisor) {
		struct record_4 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_4), 0);
		if (event_3) {
			event_3->id = 4;
			bpf_ringbuf_submit(event_3, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	struct record_3 *event_4 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_4) {
		event_4->id = 3;
		event_4->a = modulo_unsigned(a, divisor);
		bpf_ringbuf_submit(event_4, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_5 *event_5 = bpf_ringbuf_reserve(&events, sizeof(struct record_5), 0);
	if (event_5) {
		event_5->id = 5;
		event_5->a = (a >> 2);
		bpf_ringbuf_submit(event_5, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_6 *event_6 = bpf_ringbuf_reserve(&events, sizeof(struct record_6), 0);
	if (event_6) {
		event_6->id = 6;
		event_6->value = 1099511627776LL;
		bpf_ringbuf_submit(event_6, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_7 *event_7 = bpf_ringbuf_reserve(&events, sizeof(struct record_7), 0);
	if (event_7) {
		event_7->id = 7;
		event_7->a = (__s64)(__s8)(a);
		bpf_ringbuf_submit(event_7, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	__s64 chosen = 0;
	if ((a > 5)) {
		chosen = 1;
	}
	else {
		chosen = 2;
	}
	struct record_8 *event_8 = bpf_ringbuf_reserve(&events, sizeof(struct record_8), 0);
	if (event_8) {
		event_8->id = 8;
		event_8->value = chosen;
		bpf_ringbuf_submit(event_8, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}
