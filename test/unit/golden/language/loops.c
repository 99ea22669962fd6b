/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 2
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct tuple_1 {
	__s64 _0;
	char _1[2];
	__u8 gap_1[6];
};

struct tuple_2 {
	struct tuple_1 _0;
	__s64 _1;
};

struct tuple_3 {
	char _0[2];
	__u8 gap_1[6];
	__s64 _1;
};

struct tuple_4 {
	__s64 _0;
	__u64 _1;
};

struct map_m_key {
	__s64 key_1;
	char key_2[2];
	__u8 gap_1[6];
};
struct map_m_value {
	__s64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_m_key);
	__type(value, struct map_m_value);
} map_m SEC(".maps");

struct map_c_key {
	__s64 key;
};
struct map_c_value {
	__u64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_c_key);
	__type(value, struct map_c_value);
} map_c SEC(".maps");

struct map_s_value {
	__u64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_s_value);
} map_s SEC(".maps");

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
	struct tuple_3 value;
};

struct vars_begin_1 {
	struct tuple_2 kv;
	__s64 i;
	__s64 from;
	_Bool returned;
	struct tuple_4 kv_2;
};

static long begin_1_loop_2(__u32 index, struct vars_begin_1 *vars)
{
	vars->i = vars->from + index;
	if (vars->i == 2) {
		vars->returned = 1;
		return 1;
	}
	struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_3) {
		event_3->id = 3;
		read_string(event_3->value._0, 2, (__u64)(&(&vars->kv)->_0)->_1);
		event_3->value._1 = vars->i;
		bpf_ringbuf_submit(event_3, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}

static long begin_1_loop_1(void *each_map, const struct map_m_key *each_key, struct map_m_value *each_value, struct vars_begin_1 *vars)
{
	clear_memory(&vars->kv, sizeof(vars->kv));
	vars->kv._0._0 = each_key->key_1;
	read_string(vars->kv._0._1, 2, (__u64)each_key->key_2);
	vars->kv._1 = each_value->value;
	if ((&vars->kv)->_1 > 1) {
		return 1;
	}
	vars->from = 0;
	__s64 length = (&vars->kv)->_1 - vars->from;
	if (length > 0)
		bpf_loop(length, begin_1_loop_2, vars, 0);
	if (vars->returned)
		return 1;
	return 0;
}

static long begin_1_loop_3(void *each_map, const struct map_c_key *each_key_2, struct map_c_value *each_value_2, struct vars_begin_1 *vars)
{
	clear_memory(&vars->kv_2, sizeof(vars->kv_2));
	vars->kv_2._0 = each_key_2->key;
	__u64 total = 0;
	for (__u32 cpu = 0; cpu < 2; cpu++) {
		struct map_c_value *part = bpf_map_lookup_percpu_elem(&map_c, each_key_2, cpu);
		if (!part)
			break;
		total += part->value;
	}
	vars->kv_2._1 = total;
	__u64 number = (&vars->kv_2)->_1;
	struct map_s_value *element_2 = bpf_map_lookup_elem(&map_s, &zero);
	if (element_2) {
		element_2->value += number;
	}
	return 0;
}

/* line 1: begin { @m[1, "a"] = 2; @c[1] = count(); for ($kv : @m) { if ($kv.1 > 1) { break; } for (… */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	struct vars_begin_1 locals = {}, *vars = &locals;
	struct map_m_value value = {};
	value.value = 2;
	struct map_m_key key = {};
	key.key_1 = 1;
	text(key.key_2, "a", 2);
	__s64 code = bpf_map_update_elem(&map_m, &key, &value, UPDATE_ANY);
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
	struct map_c_key key_2 = {};
	key_2.key = 1;
	struct map_c_value *element = bpf_map_lookup_elem(&map_c, &key_2);
	if (!element) {
		__s64 code_2 = bpf_map_update_elem(&map_c, &key_2, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map_c, &key_2);
		if (!element) {
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
	if (element) {
		element->value += 1;
	}
	bpf_for_each_map_elem(&map_m, begin_1_loop_1, vars, 0);
	if (vars->returned)
		return 0;
	bpf_for_each_map_elem(&map_c, begin_1_loop_3, vars, 0);
	return 0;
}
