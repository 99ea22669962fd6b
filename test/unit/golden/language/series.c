/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_key {
	__u64 bucket;
};
struct map_value {
	__u64 epoch;
	__u64 total;
	__u64 count;
	__u64 stamp;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_key);
	__type(value, struct map_value);
} map SEC(".maps");

struct map_by_key {
	char comm[16];
	__u64 bucket;
};
struct map_by_value {
	__u64 epoch;
	__u64 total;
	__u64 count;
	__u64 stamp;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_by_key);
	__type(value, struct map_by_value);
} map_by SEC(".maps");

/* line 1: interval:ms:100 { @ = tseries(cpu, 1s, 20); @by[comm] = tseries(pid, 100ms, 5, "max"); } */
SEC("perf_event")
int interval_ms_100(void *ctx)
{
	if (!on)
		return 0;
	__u64 number = (__u64)bpf_get_smp_processor_id();
	__u64 now = bpf_ktime_get_boot_ns();
	__u64 epoch = now / 1000000000ULL;
	struct map_key key = {};
	key.bucket = epoch % 20;
	struct map_value *element = bpf_map_lookup_elem(&map, &key);
	if (!element) {
		bpf_map_update_elem(&map, &key, nothing, UPDATE_NEW);
		element = bpf_map_lookup_elem(&map, &key);
		if (!element)
			count_lost(LOST_UPDATE);
	}
	if (element) {
		if (element->epoch != epoch) {
			element->epoch = epoch;
			element->total = 0;
			element->count = 0;
		}
		element->total = number;
		element->count += 1;
		element->stamp = now;
	}
	__u64 number_2 = (current_ids() >> 32);
	__u64 now_2 = bpf_ktime_get_boot_ns();
	__u64 epoch_2 = now_2 / 100000000ULL;
	struct map_by_key key_2 = {};
	bpf_get_current_comm(key_2.comm, 16);
	key_2.bucket = epoch_2 % 5;
	struct map_by_value *element_2 = bpf_map_lookup_elem(&map_by, &key_2);
	if (!element_2) {
		bpf_map_update_elem(&map_by, &key_2, nothing, UPDATE_NEW);
		element_2 = bpf_map_lookup_elem(&map_by, &key_2);
		if (!element_2)
			count_lost(LOST_UPDATE);
	}
	if (element_2) {
		if (element_2->epoch != epoch_2) {
			element_2->epoch = epoch_2;
			element_2->total = 0;
			element_2->count = 0;
		}
		if (!element_2->count || number_2 > element_2->total)
			element_2->total = number_2;
		element_2->count += 1;
		element_2->stamp = now_2;
	}
	return 0;
}
