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
	__u64 strlen;
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 value;
};

struct record_3 {
	__u32 id;
	char full_type[7];
	__u8 gap_1[5];
};

struct record_4 {
	__u32 id;
	char value[2];
	__u8 gap_1[2];
};

struct scratch_begin_1 {
	__u64 users;
	char slot_1[8] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_begin_1);
} scratch_begin_1_map SEC(".maps");

/* line 1: config = { unstable_typeinfo = enable } macro show(x) { if comptime is_str(x) { print(str… */
SEC("raw_tp")
int begin_1(void *ctx)
{
	struct scratch_begin_1 *scratch = bpf_map_lookup_elem(&scratch_begin_1_map, &zero);

	if (!on)
		return 0;
	if (!scratch)
		return 0;
	 {
		 {
			 {
				text(scratch->slot_1, "abc", 4);
				__u64 length = 4;
				struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
				if (event) {
					event->id = 1;
					event->strlen = (length ? length - 1 : 0);
					bpf_ringbuf_submit(event, wakeup());
				}
				else {
					count_lost(LOST_RECORD);
				}
			}
		}
	}
	 {
		 {
			 {
				struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
				if (event_2) {
					event_2->id = 2;
					event_2->value = 6;
					bpf_ringbuf_submit(event_2, wakeup());
				}
				else {
					count_lost(LOST_RECORD);
				}
			}
		}
	}
	struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
	if (event_3) {
		event_3->id = 3;
		read_string(event_3->full_type, 7, (__u64)"uint32");
		bpf_ringbuf_submit(event_3, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	 {
		struct record_4 *event_4 = bpf_ringbuf_reserve(&events, sizeof(struct record_4), 0);
		if (event_4) {
			event_4->id = 4;
			read_string(event_4->value, 2, (__u64)"a");
			bpf_ringbuf_submit(event_4, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	return 0;
}
