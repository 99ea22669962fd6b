/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define zero imported_zero
#pragma clang attribute push(__attribute__((internal_linkage)), apply_to = function)

/* not_this(int a) { */
int add(int a, const char *b) { return a; }
static const int zero = 0;
static __u64 __always_inline own(void)
{
	if (1) { return 2; }
	return 1;
}
#pragma clang attribute pop
#undef zero
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_shared_value {
	__s64 value;
	__u64 set;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_shared_value);
} map_shared SEC(".maps");

static __noinline __s64 fn_twice(__s64 argument_1);

/* helpers.bt, line 3: fn twice($a: int64): int64 { return $a * 2; } */
static __noinline __s64 fn_twice(__s64 argument_1)
{
	__s64 a = 0;
	a = argument_1;
	return (a * 2);
	return 0;
}

/* helpers.bt, line 4: begin { @shared = 3; } */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	struct map_shared_value *element = bpf_map_lookup_elem(&map_shared, &zero);
	if (element) {
		element->value = 3;
		element->set = 1;
	}
	return 0;
}

struct record_1 {
	__u32 id;
	char value[4];
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 twice;
};

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
	__s64 value;
};

struct record_4 {
	__u32 id;
	__u8 gap_1[4];
	__s64 own;
};

/* line 4: begin { greet("you"); print(twice(ANSWER)); print(sizeof(struct pair)); print(add(1, "x")… */
SEC("raw_tp")
int begin_2(void *ctx)
{
	if (!on)
		return 0;
	 {
		struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
		if (event) {
			event->id = 1;
			text(event->value, "you", 4);
			bpf_ringbuf_submit(event, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event_2) {
		event_2->id = 2;
		event_2->twice = fn_twice(42);
		bpf_ringbuf_submit(event_2, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_3) {
		event_3->id = 3;
		event_3->value = 8;
		bpf_ringbuf_submit(event_3, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_4 *event_4 = bpf_ringbuf_reserve(&events, sizeof(struct record_4), 0);
	if (event_4) {
		event_4->id = 4;
		event_4->own = ((__s64)add((int)1, (void *)"x") + (__s64)(own()));
		bpf_ringbuf_submit(event_4, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}
