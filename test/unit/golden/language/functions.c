/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

static __noinline __s64 fn_sum(__s64 argument_1);

static __noinline __u64 fn_greet(const char *argument_1);

struct vars_fn_sum {
	__s64 n;
	__s64 t;
	__s64 i;
	__s64 from;
	_Bool returned;
	__s64 answer;
};

static long fn_sum_loop_1(__u32 index, struct vars_fn_sum *vars)
{
	vars->i = vars->from + index;
	if (vars->i == 9) {
		vars->returned = 1;
		vars->answer = (-1);
		return 1;
	}
	vars->t = (vars->t + vars->i);
	return 0;
}

/* line 1: fn sum($n: int64): int64 { $t = 0; for ($i : 0..$n) { if ($i == 9) { return -1; } $t += $… */
static __noinline __s64 fn_sum(__s64 argument_1)
{
	struct vars_fn_sum locals = {}, *vars = &locals;
	vars->n = argument_1;
	vars->t = 0;
	vars->from = 0;
	__s64 length = vars->n - vars->from;
	if (length > 0)
		bpf_loop(length, fn_sum_loop_1, vars, 0);
	if (vars->returned)
		return vars->answer;
	return vars->t;
	return 0;
}

struct record_1 {
	__u32 id;
	char s[16];
	__u8 gap_1[4];
};

/* line 1: fn sum($n: int64): int64 { $t = 0; for ($i : 0..$n) { if ($i == 9) { return -1; } $t += $… */
static __noinline __u64 fn_greet(const char *argument_1)
{
	char s[16] = {};
	read_string(s, 16, (__u64)argument_1);
	struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
	if (event) {
		event->id = 1;
		read_string(event->s, 16, (__u64)s);
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
	__s64 sum;
};

struct vars_begin_1 {
	__u64 unused;
};

/* line 2: ", $s); } begin { print(sum(4)); greet(comm); } */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	struct vars_begin_1 locals = {}, *vars = &locals;
	struct record_2 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
	if (event) {
		event->id = 2;
		event->sum = fn_sum(4);
		bpf_ringbuf_submit(event, wakeup());
	}
	else {
		count_lost(LOST_RECORD);
	}
	char comm[16] = {};
	bpf_get_current_comm(comm, 16);
	fn_greet((const char *)comm);
	return 0;
}
