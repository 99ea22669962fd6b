/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Run-time support of generated bpftrace programs. Included behind vmlinux.h, bpf_helpers.h, bpf_tracing.h
 * and bpf_core_read.h. Needs -mcpu=v3 (atomics that give back a value: Linux 5.12).
 */
#ifndef EBPFNB_BPFTRACE_H
#define EBPFNB_BPFTRACE_H

#ifndef EVENTS_SIZE
#define EVENTS_SIZE (16 << 20)
#endif

/* UAPI values; their enums have no names, so a cut vmlinux.h need not hold them. */
#define UPDATE_ANY 0
#define UPDATE_NEW 1
#define NO_WAKEUP 1
#define FORCE_WAKEUP 2
#define AVAILABLE_DATA 0

/* Every record of the cell, first a u32 that says which. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, EVENTS_SIZE);
} events SEC(".maps");

/* The cell says how many of its maps may take no more elements. */
#ifndef LOST_MAPS
#define LOST_MAPS 0
#endif

/* What was lost, by reason. */
enum lost_reason {
	LOST_RECORD,     /* the ring was full */
	LOST_SCRATCH,    /* a probe found its scratch memory in use and did not run */
	LOST_STACK,      /* Linux gave no stack of its own */
	LOST_USER_STACK, /* nor one of the program */
	LOST_EXIT,       /* the ring was full when the cell asked to end; the error is its exit code */
	LOST_UPDATE,     /* a map took no element: from here on one for each */
	LOST_REASONS = LOST_UPDATE + LOST_MAPS,
};

struct loss {
	__u64 count;
	/* What Linux said last, as a positive number; 0 where it says nothing. */
	__u64 error;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LOST_REASONS);
	__type(key, __u32);
	__type(value, struct loss);
} lost SEC(".maps");

/* 1 = run. exit() and Stop clear it; a section of its own, so that it can be mapped alone. */
volatile int on SEC(".data.on") = 1;

static const __u32 zero;
/* What a missing map element reads as; the cell says when one is larger. */
#ifndef MOST_VALUE
#define MOST_VALUE 1024
#endif
static const __u8 nothing[MOST_VALUE];

static __always_inline void count_failed(__u32 reason, long error)
{
	struct loss *loss = bpf_map_lookup_elem(&lost, &reason);

	if (loss) {
		loss->count += 1;
		loss->error = -error;
	}
}

static __always_inline void count_lost(enum lost_reason reason)
{
	count_failed(reason, 0);
}

/* Waking the reader for every record would cost more than the record: let data gather to a quarter ring. */
static __always_inline __u64 wakeup(void)
{
	return bpf_ringbuf_query(&events, AVAILABLE_DATA) < EVENTS_SIZE / 4 ? NO_WAKEUP : FORCE_WAKEUP;
}

/* Zeroes memory of any size with one call: a failed read clears its destination. */
static __always_inline void clear_memory(void *memory, __u32 size)
{
	bpf_probe_read_kernel(memory, size, (void *)0);
}

/* An address of the program's own, a pointer to the verifier, as a number that a program may count with. */
static __always_inline __u64 as_number(__u64 address)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &address);
	return number;
}

/*
 * What a function was called with and gave back, as numbers: the words of the context itself are pointers to the
 * verifier, with which a program may not count.
 */
static __always_inline __u64 function_argument(void *ctx, __u32 index)
{
	__u64 value = 0;

	bpf_get_func_arg(ctx, index, &value);
	return value;
}

static __always_inline __u64 function_result(void *ctx)
{
	__u64 value = 0;

	bpf_get_func_ret(ctx, &value);
	return value;
}

/* Process and thread id of the current task, as bpf_get_current_pid_tgid() has them, in the user's pid namespace. */
static __always_inline __u64 current_ids(void)
{
#ifdef PID_NAMESPACE_INODE
	struct bpf_pidns_info ids = {};

	/* Other namespaces' tasks, which have no id in this one, read as 0. */
	bpf_get_ns_current_pid_tgid(PID_NAMESPACE_DEVICE, PID_NAMESPACE_INODE, &ids, sizeof(ids));
	return (__u64)ids.tgid << 32 | ids.pid;
#else
	return bpf_get_current_pid_tgid();
#endif
}

/* A number of bytes that fits, in a way that the verifier can follow. */
static __always_inline __u64 at_most(__u64 bytes, __u32 most)
{
	asm volatile("" : "+r"(bytes));
	return bytes > most ? most : bytes;
}

/* The length of a string read, bounded in a way that the verifier can follow. */
static __always_inline __u64 string_length(long result, __u32 size)
{
	asm volatile("" : "+r"(result));
	if (result < 0)
		return 0;
	if (result > size)
		return size;
	return result;
}

static __always_inline __u64 read_string(void *to, __u32 size, __u64 from)
{
	return string_length(bpf_probe_read_kernel_str(to, size, (void *)from), size);
}

static __always_inline __u64 read_user_string(void *to, __u32 size, __u64 from)
{
	return string_length(bpf_probe_read_user_str(to, size, (void *)from), size);
}

/* Addresses that nobody says the space of: on 64-bit machines Linux owns the upper half. */
static __always_inline __u64 read_any_string(void *to, __u32 size, __u64 from)
{
	if ((__s64)from < 0)
		return read_string(to, size, from);
	return read_user_string(to, size, from);
}

static __always_inline long read_any(void *to, __u32 size, __u64 from)
{
	if ((__s64)from < 0)
		return bpf_probe_read_kernel(to, size, (void *)from);
	return bpf_probe_read_user(to, size, (void *)from);
}

/* A scalar behind a pointer; 0 when it cannot be read. */
#define READ_BY(read, type, from)                                                                                     \
	({                                                                                                             \
		type read_value = 0;                                                                                   \
		read(&read_value, sizeof(read_value), from);                                                           \
		read_value;                                                                                            \
	})
#define READ(type, from) READ_BY(bpf_probe_read_kernel, type, (void *)(from))
#define READ_USER(type, from) READ_BY(bpf_probe_read_user, type, (void *)(from))
#define READ_ANY(type, from) READ_BY(read_any, type, from)

/* A constant string: short ones as stores, others by a copy from .rodata. */
#define text(to, from, length)                                                                                        \
	({                                                                                                             \
		if ((length) <= 16)                                                                                    \
			__builtin_memcpy(to, from, length);                                                            \
		else                                                                                                   \
			bpf_probe_read_kernel(to, length, from);                                                       \
	})

/* 1 = equal. Both end within their sizes. */
static __noinline int equal_strings(const char *a, const char *b, __u32 size)
{
	for (__u32 i = 0; i < 4096; i++) {
		if (i >= size)
			return 1;
		if (a[i] != b[i])
			return 0;
		if (!a[i])
			return 1;
	}
	return 1;
}

/* The sign of the first difference of two stretches of memory, 0 when there is none. */
static __noinline int compare_bytes(const char *a, const char *b, __u32 size)
{
	for (__u32 i = 0; i < 1024; i++) {
		__u8 x, y;

		if (i >= size)
			return 0;
		x = a[i];
		y = b[i];
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* Are two values the same, word by word? */
static __noinline int equal_words(const __u64 *a, const __u64 *b, __u32 words)
{
	for (__u32 i = 0; i < 4200; i++) {
		if (i >= words)
			return 1;
		if (a[i] != b[i])
			return 0;
	}
	return 1;
}

/*
 * Stacks: the number of frames, in a user stack behind the process, then the frames. Linux zeroes what they do not
 * fill. Negative = it gave none, and there are no frames.
 */
#define STACK_OF_USER (1 << 8)
#define STACK_BY_BUILD_ID (1 << 11)

static __always_inline long kernel_stack(void *ctx, __u64 *stack, __u32 size)
{
	long bytes = bpf_get_stack(ctx, stack + 1, size, 0);

	stack[0] = bytes < 0 ? 0 : bytes / 8;
	return bytes;
}

static __always_inline long user_stack(void *ctx, __u64 *stack, __u32 size)
{
	long bytes = bpf_get_stack(ctx, stack + 2, size, STACK_OF_USER);

	stack[0] = current_ids() >> 32;
	stack[1] = bytes < 0 ? 0 : bytes / 8;
	return bytes;
}

/*
 * Where a function begins and where it returns the frame pointer is its caller's, and Linux leaves the caller out.
 * The return address is on top of the stack, on arm64 in register 30. Since 6.11, on x86 alone, Linux puts the caller
 * in where a function begins as those of C do: not the one that the frame pointer leads to.
 */
#ifdef __TARGET_ARCH_arm64
#define RETURN_ADDRESS(ctx) (((__u64 *)(ctx))[30])
#define HAS_CALLER(ctx, second, caller) 0
#else
#define RETURN_ADDRESS(ctx) READ_USER(__u64, ((__u64 *)(ctx))[19])
#define HAS_CALLER(ctx, second, caller) \
	((second) == (caller) && READ_USER(__u64, ((__u64 *)(ctx))[4] + 8) != (caller))
#endif

/* At a return instruction: begins with the caller, as where Linux itself catches returns. */
static __always_inline long user_stack_of_caller(void *ctx, __u64 *stack, __u32 size)
{
	long bytes = user_stack(ctx, stack, size);

	if (bytes > 0)
		stack[2] = RETURN_ADDRESS(ctx);
	return bytes;
}

/* At least two frames. */
static __always_inline long user_stack_at_entry(void *ctx, __u64 *stack, __u32 size)
{
	__u64 caller = RETURN_ADDRESS(ctx);
	long bytes = bpf_get_stack(ctx, stack + 3, size - 8, STACK_OF_USER);

	if (bytes <= 0 || (bytes > 8 && HAS_CALLER(ctx, stack[4], caller)))
		return user_stack(ctx, stack, size);
	stack[0] = current_ids() >> 32;
	stack[1] = (__u64)bytes / 8 + 1;
	stack[2] = stack[3];
	stack[3] = caller;
	return bytes + 8;
}

/* Frames are structs bpf_stack_build_id of 32 bytes. */
static __always_inline long build_id_stack(void *ctx, __u64 *stack, __u32 size)
{
	long bytes = bpf_get_stack(ctx, stack + 2, size, STACK_OF_USER | STACK_BY_BUILD_ID);

	stack[0] = current_ids() >> 32;
	stack[1] = bytes < 0 ? 0 : bytes / 32;
	return bytes;
}

struct search {
	const char *whole;
	const char *part;
	/* Words, so that the verifier still knows them when they are read back. */
	__u64 size;
	__u64 part_size;
	__u64 at;
	__s64 found;
};

/* Compares one byte at the place being tried. */
static long search_byte(__u32 i, struct search *search)
{
	const char *whole = search->whole, *part = search->part;
	__u64 size = search->size, part_size = search->part_size;
	__u64 index = search->at + i;

	if (i >= part_size || !part[i]) {
		search->found = search->at;
		return 1;
	}
	/* The compiler must not add the parts of the index one by one: only their sum has a bound. */
	asm volatile("" : "+r"(index));
	return index >= size || whole[index] != part[i];
}

/* Tries one place. Callbacks, because the verifier would follow loops in loops step by step. */
static long search_at(__u32 at, struct search *search)
{
	const char *whole = search->whole;
	__u64 size = search->size;

	search->at = at;
	bpf_loop(search->part_size, search_byte, search, 0);
	return search->found >= 0 || at >= size || !whole[at];
}

/* Where `part` begins in `whole`, or -1. Both end within their sizes. */
static __always_inline __s64 find_text(const char *whole, __u32 size, const char *part, __u32 part_size)
{
	struct search search = { whole, part, size, part_size, 0, -1 };

	bpf_loop(size, search_at, &search, 0);
	return search.found;
}

static long count_element(void *each_map, const void *each_key, void *each_value, void *context)
{
	return 0;
}

/* BPF before version 4 has no signed division; dividing by zero gives 1, as in bpftrace. */
static __always_inline __s64 divide(__s64 a, __s64 b)
{
	__u64 x = a < 0 ? -(__u64)a : a;
	__u64 y = b < 0 ? -(__u64)b : b;

	if (!b)
		return 1;
	return (a < 0) != (b < 0) ? -(__s64)(x / y) : (__s64)(x / y);
}

static __always_inline __s64 modulo(__s64 a, __s64 b)
{
	__u64 x = a < 0 ? -(__u64)a : a;
	__u64 y = b < 0 ? -(__u64)b : b;

	if (!b)
		return 1;
	return a < 0 ? -(__s64)(x % y) : (__s64)(x % y);
}

static __always_inline __u64 divide_unsigned(__u64 a, __u64 b)
{
	return b ? a / b : 1;
}

static __always_inline __u64 modulo_unsigned(__u64 a, __u64 b)
{
	return b ? a % b : 1;
}

/* Index of the highest set bit; 0 for 0. */
static __always_inline __u32 highest_bit(__u64 n)
{
	__u32 bit = 0;

	if (n >> 32) {
		bit += 32;
		n >>= 32;
	}
	if (n >> 16) {
		bit += 16;
		n >>= 16;
	}
	if (n >> 8) {
		bit += 8;
		n >>= 8;
	}
	if (n >> 4) {
		bit += 4;
		n >>= 4;
	}
	if (n >> 2) {
		bit += 2;
		n >>= 2;
	}
	return bit + (n >> 1);
}

/*
 * Slot of a logarithmic histogram with 2^k slots for each power of two: 0 holds the negatives, then come the
 * single values below 2^k, then the powers.
 */
static __always_inline __u32 log_slot(__s64 n, __u32 k)
{
	__u64 mask = (1ULL << k) - 1;
	__u32 power;

	if (n < 0)
		return 0;
	if (n <= mask)
		return n + 1;
	power = highest_bit(n) - k;
	return ((power + 1) << k) + ((n >> power) & mask) + 1;
}

/* Slot of a linear histogram: 0 lies below `least`, the last one from `most` on. */
static __always_inline __u32 linear_slot(__s64 n, __s64 least, __s64 most, __s64 step)
{
	__u64 last = (__u64)(most - least) / step + 1;
	__u64 slot = (__u64)(n - least) / step + 1;

	if (n < least)
		return 0;
	/* The verifier follows no division, and clang drops a comparison that it knows to be true. */
	barrier_var(slot);
	return n < most && slot < last ? slot : last;
}

#endif
