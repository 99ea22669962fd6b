/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 1
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_key {
	char arg0[1024];
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
	__u8 gap_1[4];
	__s64 retcode;
};

struct scratch_uprobe_bin_x_main {
	__u64 users;
	char slot_1[1024] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_uprobe_bin_x_main);
} scratch_uprobe_bin_x_main_map SEC(".maps");

/* line 1: uprobe:/bin/x:main { @[str(arg0)] = count(); } uretprobe:/bin/x:main { printf("%d %s\n", … */
static __always_inline int uprobe_bin_x_main_body(struct pt_regs *ctx, struct scratch_uprobe_bin_x_main *scratch)
{
	clear_memory(scratch->slot_1, 1024);
	struct map_key *key = (void *)scratch->slot_1;
	read_user_string((*key).arg0, 1024, (__s64)PT_REGS_PARM1(ctx));
	struct map_value *element = bpf_map_lookup_elem(&map, key);
	if (!element) {
		__s64 code = bpf_map_update_elem(&map, key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map, key);
		if (!element) {
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
		}
	}
	if (element) {
		element->value += 1;
	}
	return 0;
}

SEC("uprobe")
int uprobe_bin_x_main(struct pt_regs *ctx)
{
	struct scratch_uprobe_bin_x_main *scratch = bpf_map_lookup_elem(&scratch_uprobe_bin_x_main_map, &zero);

	if (!on)
		return 0;
	if (!scratch)
		return 0;
	if (__sync_fetch_and_add(&scratch->users, 1))
		count_lost(LOST_SCRATCH);
	else
		uprobe_bin_x_main_body(ctx, scratch);
	__sync_fetch_and_add(&scratch->users, -1);
	return 0;
}

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__u64 retval;
	char probe[22];
	__u8 gap_2[2];
};

/* line 1: uprobe:/bin/x:main { @[str(arg0)] = count(); } uretprobe:/bin/x:main { printf("%d %s\n", … */
SEC("uretprobe")
int uretprobe_bin_x_main(struct pt_regs *ctx)
{
	if (!on)
		return 0;
	struct record_2 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event) {
		event->id = 2;
		event->retval = (__u64)(__u64)PT_REGS_RC(ctx);
		text(event->probe, "uretprobe:/bin/x:main", 22);
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	return 0;
}
