/* One program at the entry and the return of a function, for Linux that has such links. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";
extern bool bpf_session_is_return(void) __ksym __weak;

const volatile u32 cpid = 0;
struct event { int returns; };
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16384);
} events SEC(".maps");

SEC("kprobe.session/vfs_read")
int BPF_KPROBE(both)
{
	if (bpf_get_current_pid_tgid() >> 32 != cpid)
		return 0;
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	event->returns = bpf_session_is_return();
	bpf_ringbuf_submit(event, 0);
	return 0;
}
