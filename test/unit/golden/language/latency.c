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

struct map_ns_value {
	__u64 slots[65];
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_ns_value);
} map_ns SEC(".maps");

struct map_by_key {
	char comm[16];
	__u64 bucket;
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

/* tracepoint:syscalls:sys_enter_openat, line 1: t:syscalls:sys_enter_openat { @start[tid] = nsecs; } */
SEC("tp/syscalls/sys_enter_openat")
int tracepoint_syscalls_sys_enter_openat(void *ctx)
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
	return 0;
}

struct tracepoint_syscalls_sys_exit_openat {
	__u8 gap_0[16];
	__s64 ret;
} __attribute__((packed, aligned(8)));

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

/* tracepoint:syscalls:sys_exit_openat, line 2: t:syscalls:sys_exit_openat /@start[tid]/ { */
SEC("tp/syscalls/sys_exit_openat")
int tracepoint_syscalls_sys_exit_openat(struct tracepoint_syscalls_sys_exit_openat *ctx)
{
	if (!on)
		return 0;
	struct map_start_key key = {};
	key.tid = (__u64)(__u32)current_ids();
	struct map_start_value *element = bpf_map_lookup_elem(&map_start, &key);
	if (!((element ? element->value : 0)))
		return 0;
	struct map_start_key key_2 = {};
	key_2.tid = (__u64)(__u32)current_ids();
	struct map_start_value *element_2 = bpf_map_lookup_elem(&map_start, &key_2);
	__s64 number = ((__s64)bpf_ktime_get_boot_ns() - (__s64)(element_2 ? element_2->value : 0));
	__u32 slot = log_slot(number, 0);
	struct map_ns_value *element_3 = bpf_map_lookup_elem(&map_ns, &zero);
	if (element_3) {
		if (slot < 65)
			element_3->slots[slot] += 1;
	}
	__s64 number_2 = (__s64)ctx->ret;
	struct map_by_key key_3 = {};
	bpf_get_current_comm(key_3.comm, 16);
	key_3.bucket = linear_slot(number_2, 0, 100, 10);
	struct map_by_value *element_4 = bpf_map_lookup_elem(&map_by, &key_3);
	if (!element_4) {
		__s64 code = bpf_map_update_elem(&map_by, &key_3, nothing, UPDATE_NEW);
		element_4 = bpf_map_lookup_elem(&map_by, &key_3);
		if (!element_4) {
			if (code < 0) {
				count_failed(LOST_UPDATE + 1, code);
				struct record_2 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
				if (event) {
					event->id = 2;
					event->retcode = code;
					bpf_ringbuf_submit(event, wakeup());
				}
				else {
					count_lost(LOST_RECORD);
				}
			}
		}
	}
	if (element_4) {
		element_4->value += 1;
	}
	struct map_start_key key_4 = {};
	key_4.tid = (__u64)(__u32)current_ids();
	__s64 code_2 = bpf_map_delete_elem(&map_start, &key_4);
	if (code_2 < 0) {
		struct record_3 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
		if (event_2) {
			event_2->id = 3;
			event_2->retcode = code_2;
			bpf_ringbuf_submit(event_2, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	return 0;
}
