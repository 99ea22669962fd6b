/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 3
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

struct map_s_key {
	__s64 key;
};
struct map_s_value {
	__s64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_s_key);
	__type(value, struct map_s_value);
} map_s SEC(".maps");

struct map_mi_value {
	__s64 value;
	__u64 set;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_mi_value);
} map_mi SEC(".maps");

struct map_ma_key {
	char comm[16];
};
struct map_ma_value {
	__s64 value;
	__u64 set;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_ma_key);
	__type(value, struct map_ma_value);
} map_ma SEC(".maps");

struct map_a_value {
	__s64 total;
	__u64 count;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_a_value);
} map_a SEC(".maps");

struct map_st_key {
	__s64 key_1;
	char comm[16];
};
struct map_st_value {
	__s64 total;
	__u64 count;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_st_key);
	__type(value, struct map_st_value);
} map_st SEC(".maps");

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

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

/* line 1: begin { @c = count(); @s[1] = sum(-2); @mi = min(1); @ma[comm] = max(2); @a = avg(3); @st… */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	struct map_c_value *element = bpf_map_lookup_elem(&map_c, &zero);
	if (element) {
		element->value += 1;
	}
	__s64 number = (-2);
	struct map_s_key key = {};
	key.key = 1;
	struct map_s_value *element_2 = bpf_map_lookup_elem(&map_s, &key);
	if (!element_2) {
		__s64 code = bpf_map_update_elem(&map_s, &key, nothing, UPDATE_NEW);
		element_2 = bpf_map_lookup_elem(&map_s, &key);
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
		element_2->value += number;
	}
	__s64 number_2 = 1;
	struct map_mi_value *element_3 = bpf_map_lookup_elem(&map_mi, &zero);
	if (element_3) {
		if (!element_3->set || number_2 < element_3->value) {
			element_3->value = number_2;
			element_3->set = 1;
		}
	}
	__s64 number_3 = 2;
	struct map_ma_key key_2 = {};
	bpf_get_current_comm(key_2.comm, 16);
	struct map_ma_value *element_4 = bpf_map_lookup_elem(&map_ma, &key_2);
	if (!element_4) {
		__s64 code_2 = bpf_map_update_elem(&map_ma, &key_2, nothing, UPDATE_NEW);
		element_4 = bpf_map_lookup_elem(&map_ma, &key_2);
		if (!element_4) {
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
	if (element_4) {
		if (!element_4->set || number_3 > element_4->value) {
			element_4->value = number_3;
			element_4->set = 1;
		}
	}
	__s64 number_4 = 3;
	struct map_a_value *element_5 = bpf_map_lookup_elem(&map_a, &zero);
	if (element_5) {
		element_5->total += number_4;
		element_5->count += 1;
	}
	__s64 number_5 = 4;
	struct map_st_key key_3 = {};
	key_3.key_1 = 1;
	bpf_get_current_comm(key_3.comm, 16);
	struct map_st_value *element_6 = bpf_map_lookup_elem(&map_st, &key_3);
	if (!element_6) {
		__s64 code_3 = bpf_map_update_elem(&map_st, &key_3, nothing, UPDATE_NEW);
		element_6 = bpf_map_lookup_elem(&map_st, &key_3);
		if (!element_6) {
			if (code_3 < 0) {
				count_failed(LOST_UPDATE + 2, code_3);
				struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
				if (event_3) {
					event_3->id = 3;
					event_3->retcode = code_3;
					bpf_ringbuf_submit(event_3, wakeup());
				}
				else {
					count_lost(LOST_RECORD);
				}
			}
		}
	}
	if (element_6) {
		element_6->total += number_5;
		element_6->count += 1;
	}
	return 0;
}
