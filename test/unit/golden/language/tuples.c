/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 1
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct tuple_1 {
	__s64 _0;
	char _1[2];
	char _2[16];
	__u8 gap_1[6];
};

struct tuple_2 {
	__s64 a;
	__s64 b;
};

struct tuple_3 {
	__s64 _0;
	struct tuple_1 _1;
};

struct map_t_value {
	struct tuple_1 value;
	__u64 set;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_t_value);
} map_t SEC(".maps");

struct map_k_key {
	__s64 t;
	char key_2[2];
	char key_3[16];
	__u8 gap_1[6];
};
struct map_k_value {
	struct tuple_2 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_k_key);
	__type(value, struct map_k_value);
} map_k SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

struct record_2 {
	__u32 id;
	char value[2];
	__u8 gap_1[2];
};

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
	struct tuple_3 value;
};

/* line 1: begin { $t = (1, "x", comm); @t = $t; @k[$t] = (a=1, b=2); print($t.1); print((1, $t)); } */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	struct tuple_1 t = {};
	t._0 = 1;
	text(t._1, "x", 2);
	bpf_get_current_comm(t._2, 16);
	struct map_t_value *element = bpf_map_lookup_elem(&map_t, &zero);
	if (element) {
		bpf_probe_read_kernel(&element->value, sizeof(element->value), &t);
		element->set = 1;
	}
	struct map_k_value value = {};
	value.value.a = 1;
	value.value.b = 2;
	struct map_k_key key = {};
	key.t = (&t)->_0;
	read_string(key.key_2, 2, (__u64)(&t)->_1);
	read_string(key.key_3, 16, (__u64)(&t)->_2);
	__s64 code = bpf_map_update_elem(&map_k, &key, &value, UPDATE_ANY);
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
	struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event_2) {
		event_2->id = 2;
		read_string(event_2->value, 2, (__u64)(&t)->_1);
		bpf_ringbuf_submit(event_2, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_3) {
		event_3->id = 3;
		event_3->value._0 = 1;
		bpf_probe_read_kernel(&event_3->value._1, sizeof(event_3->value._1), &t);
		bpf_ringbuf_submit(event_3, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}
