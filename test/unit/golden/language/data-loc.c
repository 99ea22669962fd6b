/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__s64 pid;
	__u32 filename;
	__u8 gap_2[4];
};

struct tracepoint_sched_sched_process_exec {
	__u8 gap_0[8];
	__u32 filename;
	__s32 pid;
} __attribute__((packed, aligned(8)));

struct scratch_tracepoint_sched_sched_process_exec {
	__u64 users;
	char slot_1[1048] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_tracepoint_sched_sched_process_exec);
} scratch_tracepoint_sched_sched_process_exec_map SEC(".maps");

/* line 1: tracepoint:sched:sched_process_exec { printf("%d %s\n", args.pid, args->filename); } */
SEC("tp/sched/sched_process_exec")
int tracepoint_sched_sched_process_exec(struct tracepoint_sched_sched_process_exec *ctx)
{
	struct scratch_tracepoint_sched_sched_process_exec *scratch = bpf_map_lookup_elem(&scratch_tracepoint_sched_sched_process_exec_map, &zero);

	if (!on)
		return 0;
	if (!scratch)
		return 0;
	struct record_1 *event = (void *)scratch->slot_1;
	__u64 end = sizeof(*event);
	event->id = 1;
	event->pid = (__s64)ctx->pid;
	__u64 length = read_string((char *)event + end, 1024, (__u64)ctx + (ctx->filename & 0xffff));
	event->filename = length;
	end += length;
	if (bpf_ringbuf_output(&events, event, end, wakeup()))
		count_lost(LOST_RECORD);
	return 0;
}
