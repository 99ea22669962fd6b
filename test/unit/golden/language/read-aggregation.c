/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 1
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_c_value {
	__u64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_c_value);
} map_c SEC(".maps");

struct map_m_key {
	__s64 key;
};
struct map_m_value {
	__s64 value;
	__u64 set;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_m_key);
	__type(value, struct map_m_value);
} map_m SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 m;
};

/* line 1: begin { @c = count(); @m[1] = min(3); if (@c > 1) { print(@m[1] + 1); } } */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	struct map_c_value *element = bpf_map_lookup_elem(&map_c, &zero);
	if (element) {
		element->value += 1;
	}
	__s64 number = 3;
	struct map_m_key key = {};
	key.key = 1;
	struct map_m_value *element_2 = bpf_map_lookup_elem(&map_m, &key);
	if (!element_2) {
		__s64 code = bpf_map_update_elem(&map_m, &key, nothing, UPDATE_NEW);
		element_2 = bpf_map_lookup_elem(&map_m, &key);
		if (!element_2) {
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
	if (element_2) {
		if (!element_2->set || number < element_2->value) {
			element_2->value = number;
			element_2->set = 1;
		}
	}
	__u64 total = 0;
	for (__u32 cpu = 0; cpu < 2; cpu++) {
		struct map_c_value *part = bpf_map_lookup_percpu_elem(&map_c, &zero, cpu);
		if (!part)
			break;
		total += part->value;
	}
	if (total > 1) {
		struct map_m_key key_2 = {};
		key_2.key = 1;
		__s64 total_2 = 0;
		_Bool seen = 0;
		for (__u32 cpu_2 = 0; cpu_2 < 2; cpu_2++) {
			struct map_m_value *part_2 = bpf_map_lookup_percpu_elem(&map_m, &key_2, cpu_2);
			if (!part_2)
				break;
			if (part_2->set && (!seen || part_2->value < total_2)) {
				total_2 = part_2->value;
				seen = 1;
			}
		}
		struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
		if (event_2) {
			event_2->id = 2;
			event_2->m = (total_2 + 1);
			bpf_ringbuf_submit(event_2, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	return 0;
}
