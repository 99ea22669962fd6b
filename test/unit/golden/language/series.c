/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 2
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_key {
	__u64 bucket;
};
struct map_value {
	__u64 epoch;
	__u64 total;
	__u64 count;
	__u64 stamp;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_key);
	__type(value, struct map_value);
} map SEC(".maps");

struct map_by_key {
	char comm[16];
	__u64 bucket;
};
struct map_by_value {
	__u64 epoch;
	__u64 total;
	__u64 count;
	__u64 stamp;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_by_key);
	__type(value, struct map_by_value);
} map_by SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

/* line 1: interval:ms:100 { @ = tseries(cpu, 1s, 20); @by[comm] = tseries(pid, 100ms, 5, "max"); } */
SEC("perf_event")
int interval_ms_100(void *ctx)
{
	if (!on)
		return 0;
	__u64 number = (__u64)bpf_get_smp_processor_id();
	__u64 now = bpf_ktime_get_boot_ns();
	__u64 epoch = now / 1000000000ULL;
	struct map_key key = {};
	key.bucket = epoch % 20;
	struct map_value *element = bpf_map_lookup_elem(&map, &key);
	if (!element) {
		__s64 code = bpf_map_update_elem(&map, &key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map, &key);
		if (!element) {
			if (code < 0) {
				count_failed(LOST_UPDATE + 0, code);
				struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
				if (event) {
					event->id = 1;
					event->retcode = code;
					bpf_ringbuf_submit(event, wakeup());
				}
				else {
					count_lost(LOST_RECORD);
				}
			}
		}
	}
	if (element) {
		if (element->epoch != epoch) {
			element->epoch = epoch;
			element->total = 0;
			element->count = 0;
		}
		element->total = number;
		element->count += 1;
		element->stamp = now;
	}
	__u64 number_2 = (current_ids() >> 32);
	__u64 now_2 = bpf_ktime_get_boot_ns();
	__u64 epoch_2 = now_2 / 100000000ULL;
	struct map_by_key key_2 = {};
	bpf_get_current_comm(key_2.comm, 16);
	key_2.bucket = epoch_2 % 5;
	struct map_by_value *element_2 = bpf_map_lookup_elem(&map_by, &key_2);
	if (!element_2) {
		__s64 code_2 = bpf_map_update_elem(&map_by, &key_2, nothing, UPDATE_NEW);
		element_2 = bpf_map_lookup_elem(&map_by, &key_2);
		if (!element_2) {
			if (code_2 < 0) {
				count_failed(LOST_UPDATE + 1, code_2);
				struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
				if (event_2) {
					event_2->id = 2;
					event_2->retcode = code_2;
					bpf_ringbuf_submit(event_2, wakeup());
				}
				else {
					count_lost(LOST_RECORD);
				}
			}
		}
	}
	if (element_2) {
		if (element_2->epoch != epoch_2) {
			element_2->epoch = epoch_2;
			element_2->total = 0;
			element_2->count = 0;
		}
		if (!element_2->count || number_2 > element_2->total)
			element_2->total = number_2;
		element_2->count += 1;
		element_2->stamp = now_2;
	}
	return 0;
}
