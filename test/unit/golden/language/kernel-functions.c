/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 2
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_start_key {
	__u64 tid;
};
struct map_start_value {
	__u64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_start_key);
	__type(value, struct map_start_value);
} map_start SEC(".maps");

struct map_value {
	__u64 slots[65];
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_value);
} map SEC(".maps");

struct map_by_key {
	__u64 func;
};
struct map_by_value {
	__u64 value;
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
	char probe[16];
	__u8 gap_1[4];
	__s64 arg2;
};

/* line 1: kprobe:vfs_read { @start[tid] = nsecs; printf("%s %d", probe, arg2); } kretprobe:vfs_read… */
SEC("kprobe")
int kprobe_vfs_read(struct pt_regs *ctx)
{
	if (!on)
		return 0;
	struct map_start_value value = {};
	value.value = bpf_ktime_get_boot_ns();
	struct map_start_key key = {};
	key.tid = (__u64)(__u32)current_ids();
	__s64 code = bpf_map_update_elem(&map_start, &key, &value, UPDATE_ANY);
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
		text(event_2->probe, "kprobe:vfs_read", 16);
		event_2->arg2 = (__s64)PT_REGS_PARM3(ctx);
		bpf_ringbuf_submit(event_2, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}

/* line 1: kprobe:vfs_read { @start[tid] = nsecs; printf("%s %d", probe, arg2); } kretprobe:vfs_read… */
SEC("kretprobe")
int kretprobe_vfs_read(struct pt_regs *ctx)
{
	if (!on)
		return 0;
	struct map_start_key key = {};
	key.tid = (__u64)(__u32)current_ids();
	struct map_start_value *element = bpf_map_lookup_elem(&map_start, &key);
	if (!((element ? element->value : 0)))
		return 0;
	__u64 number = (__u64)(__u64)PT_REGS_RC(ctx);
	__u32 slot = log_slot(number, 0);
	struct map_value *element_2 = bpf_map_lookup_elem(&map, &zero);
	if (element_2) {
		if (slot < 65)
			element_2->slots[slot] += 1;
	}
	return 0;
}

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

/* kprobe:vfs_*, line 1: kprobe:vfs_read { @start[tid] = nsecs; printf("%s %d", probe, arg2); } kretprobe:vfs_read… */
SEC("kprobe.multi")
int kprobe_vfs_(struct pt_regs *ctx)
{
	if (!on)
		return 0;
	struct map_by_key key = {};
	key.func = bpf_get_func_ip(ctx);
	struct map_by_value *element = bpf_map_lookup_elem(&map_by, &key);
	if (!element) {
		__s64 code = bpf_map_update_elem(&map_by, &key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map_by, &key);
		if (!element) {
			if (code < 0) {
				count_failed(LOST_UPDATE + 1, code);
				struct record_3 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
				if (event) {
					event->id = 3;
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
		element->value += 1;
	}
	return 0;
}

struct record_4 {
	__u32 id;
	__u8 gap_1[4];
	__u64 reg;
};

/* line 1: kprobe:vfs_read { @start[tid] = nsecs; printf("%s %d", probe, arg2); } kretprobe:vfs_read… */
SEC("kprobe")
int kprobe_overlay_ovl_open_4(struct pt_regs *ctx)
{
	if (!on)
		return 0;
	struct record_4 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_4), 0);
	if (event) {
		event->id = 4;
		event->reg = ((__u64 *)ctx)[16];
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}
