/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands before libbpf's <bpf/bpf_helpers.h>. With EBPFNB_RECORDS, calls that put a record into a ring buffer or a
 * perf buffer also leave a note in section .ebpfnb, which libbpf skips and the notebook reads: the type of the record (a
 * pointer of that type, so that BTF holds the whole type), the ring as it was written, the size and the line.
 * The notes cost no instruction. A record that finds no room is counted; what other calls fail to do the program
 * itself is told, and more code around them could be too much for the verifier.
 */
#ifndef __EBPFNB_BPF_HELPERS_H__
#define __EBPFNB_BPF_HELPERS_H__

#include_next <bpf/bpf_helpers.h>

#ifdef EBPFNB_RECORDS

struct ebpfnb_loss {
	__u64 count;
	/* What Linux said last, as a positive number; of a ring without room it says nothing. */
	__u64 error;
};

#define EBPFNB_LOST_IN_RING 0
#define EBPFNB_LOST_IN_PERF_BUFFER 1

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct ebpfnb_loss);
} ebpfnb_lost SEC(".maps");

static __always_inline void ebpfnb_lose(__u32 where, long error)
{
	struct ebpfnb_loss *lost = bpf_map_lookup_elem(&ebpfnb_lost, &where);

	if (lost) {
		lost->count += 1;
		lost->error = -error;
	}
}

#define EBPFNB_NOTE __attribute__((section(".ebpfnb"), used))

/* 0 where the size is not a constant of the language: it must not become an error here. */
#define EBPFNB_CONSTANT(n) __builtin_choose_expr(__builtin_constant_p(n), (n), 0)

#define EBPFNB_SITE_(id, ringname, n, more) \
	static const struct { \
		unsigned int line, size, extra; \
		char ring[sizeof(ringname)], file[sizeof(__FILE__)]; \
	} ebpfnb_site_##id EBPFNB_NOTE = { __LINE__, EBPFNB_CONSTANT(n), more, ringname, __FILE__ }
#define EBPFNB_TYPE_(id, p) static const typeof(*(p)) *const ebpfnb_type_##id EBPFNB_NOTE = 0

#define EBPFNB_SITE(id, ringname, n, more) EBPFNB_SITE_(id, ringname, n, more)
#define EBPFNB_TYPE(id, p) EBPFNB_TYPE_(id, p)

/*
 * Records of one size in one ring are told apart by bytes behind them: EBPFNB_EXTRA_OF(record) says how many by a
 * record's type, EBPFNB_EXTRA_AT(id) by the number of the call that makes room for it.
 */
#ifndef EBPFNB_EXTRA_OF
#define EBPFNB_EXTRA_OF(record) 0
#define EBPFNB_EXTRA_AT(id) 0
#endif

static __always_inline long ebpfnb_put(void *ring, const void *record, __u64 bytes, __u32 extra, __u64 flags)
{
	void *room;

	if (!extra || !__builtin_constant_p(bytes))
		return (bpf_ringbuf_output)(ring, (void *)record, bytes, flags);
	room = (bpf_ringbuf_reserve)(ring, bytes + extra, 0);
	if (!room)
		return -11; /* as bpf_ringbuf_output() does: EAGAIN */
	bpf_probe_read_kernel(room, bytes, record);
	(bpf_ringbuf_submit)(room, flags);
	return 0;
}

#ifdef EBPFNB_UNSET
/* Some field may stay unwritten: the bytes by which the notebook knows that (UNSET in kernel/layout.ts). */
static __always_inline void ebpfnb_unset(void *room, __u32 bytes)
{
	const __u64 unset = 0x9de54ba7d38f6cb1ULL;
	__u32 at = 0;

	for (; at + 8 <= bytes; at += 8)
		*(volatile __u64 *)(room + at) = unset;
	for (; at < bytes; at++)
		*(volatile __u8 *)(room + at) = (__u8)(unset >> 8 * (at & 7));
}
#else
#define ebpfnb_unset(room, bytes) ((void)0)
#endif

#define EBPFNB_RESERVE(id, ring, bytes, flags) ({ \
	EBPFNB_SITE(id, #ring, bytes, 0); \
	void *ebpfnb_room = (bpf_ringbuf_reserve)(ring, (bytes) + EBPFNB_EXTRA_AT(id), flags); \
	if (ebpfnb_room) \
		ebpfnb_unset(ebpfnb_room, EBPFNB_CONSTANT(bytes)); \
	else \
		ebpfnb_lose(EBPFNB_LOST_IN_RING, 0); \
	ebpfnb_room; \
})

#define EBPFNB_SUBMIT(id, record, flags) ({ \
	EBPFNB_SITE(id, "", 0, EBPFNB_EXTRA_OF(record)); \
	EBPFNB_TYPE(id, record); \
	(bpf_ringbuf_submit)(record, flags); \
})

#define EBPFNB_OUTPUT(id, ring, record, bytes, flags) ({ \
	EBPFNB_SITE(id, #ring, bytes, EBPFNB_EXTRA_OF(record)); \
	EBPFNB_TYPE(id, record); \
	long ebpfnb_error = ebpfnb_put(ring, record, bytes, EBPFNB_EXTRA_OF(record), flags); \
	if (ebpfnb_error) \
		ebpfnb_lose(EBPFNB_LOST_IN_RING, 0); \
	ebpfnb_error; \
})

#define EBPFNB_PERF_OUTPUT(id, ctx, buffer, flags, record, bytes) ({ \
	EBPFNB_SITE(id, #buffer, bytes, 0); \
	EBPFNB_TYPE(id, record); \
	long ebpfnb_error = (bpf_perf_event_output)(ctx, buffer, flags, record, bytes); \
	if (ebpfnb_error) \
		ebpfnb_lose(EBPFNB_LOST_IN_PERF_BUFFER, ebpfnb_error); \
	ebpfnb_error; \
})

#define bpf_ringbuf_reserve(ring, bytes, flags) EBPFNB_RESERVE(__COUNTER__, ring, bytes, flags)
#define bpf_ringbuf_submit(record, flags) EBPFNB_SUBMIT(__COUNTER__, record, flags)
#define bpf_ringbuf_output(ring, record, bytes, flags) EBPFNB_OUTPUT(__COUNTER__, ring, record, bytes, flags)
#define bpf_perf_event_output(ctx, buffer, flags, record, bytes) \
	EBPFNB_PERF_OUTPUT(__COUNTER__, ctx, buffer, flags, record, bytes)

#ifdef EBPFNB_PRINTK
#include <ebpfnb/printk.h>
#endif

#endif /* EBPFNB_RECORDS */
#endif
