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
	char _1[8];
	__u64 _2;
};

struct map_s_key {
	__u8 in[8] __attribute__((aligned(8)));
};
struct map_s_value {
	__s64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_s_key);
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
	__u8 a[40] __attribute__((aligned(8)));
};

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
	struct tuple_1 value;
};

struct record_4 {
	__u32 id;
	char comm[16];
	__u8 gap_1[4];
};

struct scratch_uprobe_bin_x_f {
	__u64 users;
	char slot_1[40] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_uprobe_bin_x_f);
} scratch_uprobe_bin_x_f_map SEC(".maps");

/* line 1: struct I { int x; short y; } struct A { struct I in; int a[2]; unsigned f : 3; char name[… */
static __always_inline int uprobe_bin_x_f_body(struct pt_regs *ctx, struct scratch_uprobe_bin_x_f *scratch)
{
	__u64 a = 0;
	__u8 i[8] __attribute__((aligned(8))) = {};
	a = (__u64)((__s64)PT_REGS_PARM1(ctx));
	struct map_s_value value = {};
	value.value = (__s64)READ_USER(__s32, (((__u64)READ_USER(__u64, (a + 32)) + 8) + 1 * 4));
	struct map_s_key key = {};
	bpf_probe_read_user(key.in, 8, (void *)a);
	__s64 code = bpf_map_update_elem(&map_s, &key, &value, UPDATE_ANY);
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
	clear_memory(scratch->slot_1, 40);
	__u8 *bytes_ = (void *)scratch->slot_1;
	bpf_probe_read_user(bytes_, 40, (void *)a);
	struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event_2) {
		event_2->id = 2;
		bpf_probe_read_kernel(&event_2->a, sizeof(event_2->a), bytes_);
		bpf_ringbuf_submit(event_2, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	bpf_probe_read_user(i, 8, (void *)a);
	struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_3) {
		event_3->id = 3;
		__u64 address = (__u64)i;
		barrier_var(address);
		event_3->value._0 = (__s64)READ(__s16, (address + 4));
		read_user_string(event_3->value._1, 8, (a + 17));
		event_3->value._2 = (((__u64)READ_USER(__u32, (a + 16)) >> 0) & 7ULL);
		bpf_ringbuf_submit(event_3, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct record_4 *event_4 = bpf_ringbuf_reserve(&events, sizeof(struct record_4), 0);
	if (event_4) {
		event_4->id = 4;
		__u64 curtask = (__u64)bpf_get_current_task();
		__u64 real_parent = (__u64)BPF_CORE_READ((struct task_struct *)curtask, real_parent);
		read_string(event_4->comm, 16, (__u64)__builtin_preserve_access_index(&((struct task_struct *)real_parent)->comm));
		bpf_ringbuf_submit(event_4, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}

SEC("uprobe")
int uprobe_bin_x_f(struct pt_regs *ctx)
{
	struct scratch_uprobe_bin_x_f *scratch = bpf_map_lookup_elem(&scratch_uprobe_bin_x_f_map, &zero);

	if (!on)
		return 0;
	if (!scratch)
		return 0;
	if (__sync_fetch_and_add(&scratch->users, 1))
		count_lost(LOST_SCRATCH);
	else
		uprobe_bin_x_f_body(ctx, scratch);
	__sync_fetch_and_add(&scratch->users, -1);
	return 0;
}
