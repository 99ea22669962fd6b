/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct tuple_1 {
	__s64 _0;
	char _1[2];
	__u8 gap_1[6];
};

struct map_n_value {
	__u64 value;
	__u64 set;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_n_value);
} map_n SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__s64 a;
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
};

struct record_3 {
	__u32 id;
	char value[2];
	__u8 gap_1[2];
};

struct vars_begin_1 {
	__u8 a[4] __attribute__((aligned(8)));
	__s64 i;
	__s64 from;
	struct tuple_1 t;
	__u64 n;
};

static long begin_1_loop_1(__u32 index, struct vars_begin_1 *vars)
{
	vars->i = vars->from + index;
	__u64 address = (__u64)vars->a;
	barrier_var(address);
	__u64 at = vars->i;
	if (at >= 4) {
		struct record_2 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
		if (event) {
			event->id = 2;
			bpf_ringbuf_submit(event, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	__u64 within = at < 4 ? at : 0;
	barrier_var(within);
	struct record_1 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
	if (event_2) {
		event_2->id = 1;
		event_2->a = (__s64)READ(__s8, (at < 4 ? address + within * 1 : 0));
		bpf_ringbuf_submit(event_2, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}

/* line 1: begin { $a = (int8[4])0x12345678; for ($i : 0..4) { print($a[$i]); } $t = (1, "x"); print… */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	struct vars_begin_1 locals = {}, *vars = &locals;
	__u64 bytes_ = 305419896;
	__builtin_memcpy(vars->a, &bytes_, 4);
	vars->from = 0;
	__s64 length = 4 - vars->from;
	if (length > 0)
		bpf_loop(length, begin_1_loop_1, vars, 0);
	vars->t._0 = 1;
	text(vars->t._1, "x", 2);
	struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_3) {
		event_3->id = 3;
		read_string(event_3->value, 2, (__u64)(&vars->t)->_1);
		bpf_ringbuf_submit(event_3, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	vars->n = 255;
	vars->n += 1;
	vars->n = (__u64)(__u8)(vars->n);
	struct map_n_value *element = bpf_map_lookup_elem(&map_n, &zero);
	if (element) {
		element->value = vars->n;
		element->set = 1;
	}
	return 0;
}
