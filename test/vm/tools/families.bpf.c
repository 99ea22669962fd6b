/* Each kind of program at a function of Linux's own tells once that it ran, and what CO-RE finds there. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

/* Set by whoever starts a command to trace. */
const volatile u32 cpid = 0;
const volatile int tag = 0;

struct event {
	char kind[20];
	int tag;
	/* The helper's word, and the member of the task: alike where the member was found. */
	int pid, tgid;
	/* Where that member is: as it was compiled, and as it is here. */
	int built_at, found_at;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16384);
} events SEC(".maps");

struct kind { char name[20]; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32);
	__type(key, struct kind);
	__type(value, u64);
} told SEC(".maps");

static __noinline int tell(struct kind *kind)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	u64 once = 1;

	if (!kind || pid != cpid || bpf_map_update_elem(&told, kind, &once, BPF_NOEXIST))
		return 0;
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	__builtin_memcpy(event->kind, kind->name, sizeof(kind->name));
	event->tag = tag;
	event->pid = pid;
	event->tgid = BPF_CORE_READ(task, tgid);
	event->built_at = __builtin_offsetof(struct task_struct, tgid);
	event->found_at = bpf_core_field_offset(struct task_struct, tgid);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

#define TELL(name) ({ struct kind kind = { name }; tell(&kind); })
#define PROGRAM(section, function) \
	SEC(section) int function(void *ctx) { TELL(#function); return 0; }

PROGRAM("kprobe/vfs_read", kprobe)
PROGRAM("kprobe/vfs_read+0", kprobe_offset)
PROGRAM("kretprobe/vfs_read", kretprobe)
PROGRAM("kprobe.multi/vfs_re*", kprobe_multi)
PROGRAM("kretprobe.multi/vfs_re*", kretprobe_multi)
PROGRAM("ksyscall/read", ksyscall)
PROGRAM("kretsyscall/read", kretsyscall)
PROGRAM("fentry/vfs_read", fentry)
PROGRAM("fexit/vfs_read", fexit)
PROGRAM("uprobe.s/libc:read", uprobe_sleepable)
PROGRAM("uretprobe.multi/libc:read", uretprobe_multi)
PROGRAM("tp/syscalls/sys_enter_read", tp)
PROGRAM("raw_tp/sys_enter", raw_tp)
PROGRAM("tp_btf/sys_exit", tp_btf)
