/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 1
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_key {
	__u64 username;
};
struct map_value {
	__u64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_key);
	__type(value, struct map_value);
} map SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__u64 pid;
};

struct record_2 {
	__u32 id;
	char comm[16];
	__u8 gap_1[4];
};

struct record_3 {
	__u32 id;
	char value[4];
};

struct record_4 {
	__u32 id;
	__u8 gap_1[4];
	__s64 code;
};

struct record_5 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

/* tracepoint:syscalls:sys_enter_openat, line 1: t:syscalls:sys_enter_openat { cat("/proc/%d/maps", pid); errorf("odd: %s", comm); assert(… */
SEC("tp/syscalls/sys_enter_openat")
int tracepoint_syscalls_sys_enter_openat(void *ctx)
{
	if (!on)
		return 0;
	struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
	if (event) {
		event->id = 1;
		event->pid = (current_ids() >> 32);
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	char comm[16] = {};
	bpf_get_current_comm(comm, 16);
	struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event_2) {
		event_2->id = 2;
		read_string(event_2->comm, 16, (__u64)comm);
		bpf_ringbuf_submit(event_2, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	if (!((current_ids() >> 32) > 0)) {
		struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
		if (event_3) {
			event_3->id = 3;
			text(event_3->value, "pid", 4);
			bpf_ringbuf_submit(event_3, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
		struct record_4 *event_4 = bpf_ringbuf_reserve(&events, sizeof(struct record_4), 0);
		if (event_4) {
			event_4->id = 4;
			event_4->code = 1;
			bpf_ringbuf_submit(event_4, FORCE_WAKEUP);
		}
		else {
			count_failed(LOST_EXIT, -(1));
		}
		on = 0;
		return 0;
	}
	struct map_value value = {};
	value.value = bpf_ktime_get_boot_ns();
	struct map_key key = {};
	key.username = (__u64)(__u32)bpf_get_current_uid_gid();
	__s64 code = bpf_map_update_elem(&map, &key, &value, UPDATE_ANY);
	if (code < 0) {
		count_failed(LOST_UPDATE + 0, code);
		struct record_5 *event_5 = bpf_ringbuf_reserve(&events, sizeof(struct record_5), 0);
		if (event_5) {
			event_5->id = 5;
			event_5->retcode = code;
			bpf_ringbuf_submit(event_5, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	return 0;
}
