/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 1
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

/* Set before load. */
const volatile __u32 cpid SEC(".rodata.cpid") = 0;

struct map_key {
	char comm[16];
};
struct map_value {
	__u64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_key);
	__type(value, struct map_value);
} map SEC(".maps");

struct record_1 {
	__u32 id;
	char comm[16];
	__u32 filename;
};

struct tracepoint_syscalls_sys_enter_openat {
	__u8 gap_0[24];
	__u64 filename;
} __attribute__((packed, aligned(8)));

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

struct scratch_tracepoint_syscalls_sys_enter_openat {
	__u64 users;
	char slot_1[1048] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_tracepoint_syscalls_sys_enter_openat);
} scratch_tracepoint_syscalls_sys_enter_openat_map SEC(".maps");

/* line 1: tracepoint:syscalls:sys_enter_openat /pid == cpid/ { printf("%s %s\n", comm, str(args.fil… */
SEC("tp/syscalls/sys_enter_openat")
int tracepoint_syscalls_sys_enter_openat(struct tracepoint_syscalls_sys_enter_openat *ctx)
{
	struct scratch_tracepoint_syscalls_sys_enter_openat *scratch = bpf_map_lookup_elem(&scratch_tracepoint_syscalls_sys_enter_openat_map, &zero);

	if (!on)
		return 0;
	if (!scratch)
		return 0;
	if (!(((current_ids() >> 32) == (__u64)cpid)))
		return 0;
	char comm[16] = {};
	bpf_get_current_comm(comm, 16);
	struct record_1 *event = (void *)scratch->slot_1;
	__u64 end = sizeof(*event);
	event->id = 1;
	clear_memory(event->comm, 16);
	read_string(event->comm, 16, (__u64)comm);
	__u64 length = read_user_string((char *)event + end, 1024, ctx->filename);
	event->filename = length;
	end += length;
	if (bpf_ringbuf_output(&events, event, end, wakeup()))
		count_lost(LOST_RECORD);
	struct map_key key = {};
	bpf_get_current_comm(key.comm, 16);
	struct map_value *element = bpf_map_lookup_elem(&map, &key);
	if (!element) {
		__s64 code = bpf_map_update_elem(&map, &key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map, &key);
		if (!element) {
			if (code < 0) {
				count_failed(LOST_UPDATE + 0, code);
				struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
				if (event_2) {
					event_2->id = 2;
					event_2->retcode = code;
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
	return 0;
}
