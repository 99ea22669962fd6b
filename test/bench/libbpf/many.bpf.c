/* Counts the hits of all functions that PLACES names, the way libbpf names sections. */
#include "bench.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

SEC(PLACES)
int on_call(void *ctx)
{
	__u32 key = 0;
	__u64 *count;

	if (!is_target())
		return 0;
	count = bpf_map_lookup_elem(&calls, &key);
	if (count)
		(*count)++;
	return 0;
}
