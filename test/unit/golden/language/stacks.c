/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 2
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct tuple_1 {
	__s64 _0;
	__u64 _1[5];
};

struct map_key {
	__u64 kstack[128];
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

struct map_k_value {
	__u64 value[6];
	__u64 set;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_k_value);
} map_k SEC(".maps");

struct map_f_key {
	__u64 func[2];
};
struct map_f_value {
	__u64 value;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_f_key);
	__type(value, struct map_f_value);
} map_f SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

struct record_3 {
	__u32 id;
	__u8 gap_1[4];
	struct tuple_1 value;
};

struct record_4 {
	__u32 id;
	__u8 gap_1[4];
};

struct record_5 {
	__u32 id;
	__u8 gap_1[4];
};

struct record_6 {
	__u32 id;
	__u8 gap_1[4];
	__s64 k;
};

struct scratch_tracepoint_sched_sched_switch {
	__u64 users;
	__u64 k[6] __attribute__((aligned(8)));
	char slot_1[1040] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_tracepoint_sched_sched_switch);
} scratch_tracepoint_sched_sched_switch_map SEC(".maps");

/* tracepoint:sched:sched_switch, line 1: t:sched:sched_switch { @[kstack, comm] = count(); print((1, ustack(perf, 3))); $k = kstac… */
SEC("tp/sched/sched_switch")
int tracepoint_sched_sched_switch(void *ctx)
{
	struct scratch_tracepoint_sched_sched_switch *scratch = bpf_map_lookup_elem(&scratch_tracepoint_sched_sched_switch_map, &zero);

	if (!on)
		return 0;
	if (!scratch)
		return 0;
	clear_memory(&scratch->k, 48);
	clear_memory(scratch->slot_1, 1040);
	struct map_key *key = (void *)scratch->slot_1;
	__s64 code = kernel_stack(ctx, (*key).kstack, 1016);
	if (code < 0) {
		count_failed(LOST_STACK, code);
		struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
		if (event) {
			event->id = 1;
			bpf_ringbuf_submit(event, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	bpf_get_current_comm((*key).comm, 16);
	struct map_value *element = bpf_map_lookup_elem(&map, key);
	if (!element) {
		__s64 code_2 = bpf_map_update_elem(&map, key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map, key);
		if (!element) {
			if (code_2 < 0) {
				count_failed(LOST_UPDATE + 0, code_2);
				struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
				if (event_2) {
					event_2->id = 2;
					event_2->retcode = code_2;
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
	struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_3) {
		event_3->id = 3;
		event_3->value._0 = 1;
		__s64 code_3 = user_stack(ctx, event_3->value._1, 24);
		if (code_3 < 0) {
			count_failed(LOST_USER_STACK, code_3);
			struct record_4 *event_4 = bpf_ringbuf_reserve(&events, sizeof(struct record_4), 0);
			if (event_4) {
				event_4->id = 4;
				bpf_ringbuf_submit(event_4, wakeup());
			}
			else {
				count_lost(LOST_RECORD);
			}
		}
		bpf_ringbuf_submit(event_3, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	__s64 code_4 = kernel_stack(ctx, scratch->k, 40);
	if (code_4 < 0) {
		count_failed(LOST_STACK, code_4);
		struct record_5 *event_5 = bpf_ringbuf_reserve(&events, sizeof(struct record_5), 0);
		if (event_5) {
			event_5->id = 5;
			bpf_ringbuf_submit(event_5, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	struct map_k_value *element_2 = bpf_map_lookup_elem(&map_k, &zero);
	if (element_2) {
		bpf_probe_read_kernel(element_2->value, 48, scratch->k);
		element_2->set = 1;
	}
	struct map_k_value *element_3 = bpf_map_lookup_elem(&map_k, &zero);
	const __u64 *words = element_3 ? (const __u64 *)element_3->value : (const __u64 *)nothing;
	if (equal_words(scratch->k, words, 6)) {
		struct record_6 *event_6 = bpf_ringbuf_reserve(&events, sizeof(struct record_6), 0);
		if (event_6) {
			event_6->id = 6;
			event_6->k = (__s64)(scratch->k)[0];
			bpf_ringbuf_submit(event_6, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	return 0;
}

struct record_7 {
	__u32 id;
	__u8 gap_1[4];
	__u64 ustack[510];
	__u64 arg0[2];
};

struct record_8 {
	__u32 id;
	__u8 gap_1[4];
};

struct record_9 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

/* line 1: t:sched:sched_switch { @[kstack, comm] = count(); print((1, ustack(perf, 3))); $k = kstac… */
SEC("uprobe")
int uprobe_bin_x_main(struct pt_regs *ctx)
{
	if (!on)
		return 0;
	__u64 bytes_[2] = {};
	bytes_[0] = (__s64)PT_REGS_PARM1(ctx);
	bytes_[1] = current_ids() >> 32;
	struct record_7 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_7), 0);
	if (event) {
		event->id = 7;
		__s64 code = build_id_stack(ctx, event->ustack, 4064);
		if (code < 0) {
			count_failed(LOST_USER_STACK, code);
			struct record_8 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_8), 0);
			if (event_2) {
				event_2->id = 8;
				bpf_ringbuf_submit(event_2, wakeup());
			}
			else {
				count_lost(LOST_RECORD);
			}
		}
		bpf_probe_read_kernel(&event->arg0, sizeof(event->arg0), bytes_);
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	struct map_f_key key = {};
	key.func[0] = PT_REGS_IP(ctx);
	key.func[1] = current_ids() >> 32;
	struct map_f_value *element = bpf_map_lookup_elem(&map_f, &key);
	if (!element) {
		__s64 code_2 = bpf_map_update_elem(&map_f, &key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map_f, &key);
		if (!element) {
			if (code_2 < 0) {
				count_failed(LOST_UPDATE + 1, code_2);
				struct record_9 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_9), 0);
				if (event_3) {
					event_3->id = 9;
					event_3->retcode = code_2;
					bpf_ringbuf_submit(event_3, wakeup());
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
