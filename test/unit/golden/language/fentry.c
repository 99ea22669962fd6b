/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 1
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_key {
	__u64 buf;
};
struct map_value {
	__s64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_key);
	__type(value, struct map_value);
} map SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__u64 count;
	__s64 flags;
};

/* fentry:vmlinux:vfs_read, line 1: fentry:vfs_read { printf("%d %d", args.count, args.flags); } fexit:vfs_read /retval < 0/ … */
SEC("fentry/vfs_read")
int fentry_vmlinux_vfs_read(void *ctx)
{
	if (!on)
		return 0;
	struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
	if (event) {
		event->id = 1;
		event->count = (__u64)(__u64)function_argument(ctx, 2);
		event->flags = (__s64)(__s32)function_argument(ctx, 3);
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

/* fexit:vmlinux:vfs_read, line 1: fentry:vfs_read { printf("%d %d", args.count, args.flags); } fexit:vfs_read /retval < 0/ … */
SEC("fexit/vfs_read")
int fexit_vmlinux_vfs_read(void *ctx)
{
	if (!on)
		return 0;
	if (!(((__s64)(__s64)function_result(ctx) < 0)))
		return 0;
	__s64 number = (__s64)(__s64)function_result(ctx);
	struct map_key key = {};
	key.buf = (__u64)function_argument(ctx, 1);
	struct map_value *element = bpf_map_lookup_elem(&map, &key);
	if (!element) {
		__s64 code = bpf_map_update_elem(&map, &key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map, &key);
		if (!element) {
			if (code < 0) {
				count_failed(LOST_UPDATE + 0, code);
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
	if (element) {
		element->value += number;
	}
	return 0;
}

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retval;
};

/* fexit:vmlinux:vfs_readv, line 1: fentry:vfs_read { printf("%d %d", args.count, args.flags); } fexit:vfs_read /retval < 0/ … */
SEC("fexit/vfs_readv")
int fexit_vmlinux_vfs_readv(void *ctx)
{
	if (!on)
		return 0;
	struct record_3 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event) {
		event->id = 3;
		event->retval = (__s64)(__s32)function_result(ctx);
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}
