/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 1
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_x_key {
	__u64 pid;
};
struct map_x_value {
	__u64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_x_key);
	__type(value, struct map_x_value);
} map_x SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__s64 top;
	__s64 div;
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 top;
	__s64 div;
};

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
};

struct record_4 {
	__u32 id;
	__u8 gap_1[4];
};

struct record_5 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

/* line 1: interval:s:1 { print(@x); print(@x, 5, 2); clear(@x); zero(@x); @x[pid] = count(); } */
SEC("perf_event")
int interval_s_1(void *ctx)
{
	if (!on)
		return 0;
	struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
	if (event) {
		event->id = 1;
		event->top = 0;
		event->div = 0;
		bpf_ringbuf_submit(event, FORCE_WAKEUP);
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event_2) {
		event_2->id = 2;
		event_2->top = 5;
		event_2->div = 2;
		bpf_ringbuf_submit(event_2, FORCE_WAKEUP);
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_3) {
		event_3->id = 3;
		bpf_ringbuf_submit(event_3, FORCE_WAKEUP);
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_4 *event_4 = bpf_ringbuf_reserve(&events, sizeof(struct record_4), 0);
	if (event_4) {
		event_4->id = 4;
		bpf_ringbuf_submit(event_4, FORCE_WAKEUP);
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct map_x_key key = {};
	key.pid = (current_ids() >> 32);
	struct map_x_value *element = bpf_map_lookup_elem(&map_x, &key);
	if (!element) {
		__s64 code = bpf_map_update_elem(&map_x, &key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map_x, &key);
		if (!element) {
			if (code < 0) {
				count_failed(LOST_UPDATE + 0, code);
				struct record_5 *event_5 = bpf_ringbuf_reserve(&events, sizeof(struct record_5), 0);
				if (event_5) {
					event_5->id = 5;
					event_5->retcode = code;
					bpf_ringbuf_submit(event_5, wakeup());
				}
				else {
					count_lost(LOST_RECORD);
				}
			}
		}
	}
	if (element) {
		element->value += 1;
	}
	return 0;
}
