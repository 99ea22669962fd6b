#include "bench.h"

struct name {
	char text[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct name);
	__type(value, __u64);
} calls SEC(".maps");

SEC("tp/syscalls/sys_enter_getppid")
int on_getppid(void *ctx)
{
	struct name key = {};
	__u64 *count, one = 1;

	if (!is_target())
		return 0;
	bpf_get_current_comm(&key.text, sizeof(key.text));
	count = bpf_map_lookup_elem(&calls, &key);
	if (count)
		(*count)++;
	else
		bpf_map_update_elem(&calls, &key, &one, BPF_ANY);
	return 0;
}
