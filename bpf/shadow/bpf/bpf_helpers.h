/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands before libbpf's <bpf/bpf_helpers.h>. With EBPFNB_RECORDS, calls that put a record into a ring buffer
 * also leave a note in section .ebpfnb, which libbpf skips and the notebook reads: the type of the record (a
 * pointer of that type, so that BTF holds the whole type), the ring as it was written, the size and the line.
 * The notes cost no instruction. With EBPFNB_LOSSES, what calls fail to do is counted: records that find no room,
 * updates of full maps, stacks that Linux does not give.
 */
#ifndef __EBPFNB_BPF_HELPERS_H__
#define __EBPFNB_BPF_HELPERS_H__

#include_next <bpf/bpf_helpers.h>

#ifdef EBPFNB_LOSSES

enum {
	EBPFNB_RECORD,
	EBPFNB_UPDATE,
	EBPFNB_STACK,
	EBPFNB_USER_STACK,
	EBPFNB_REASONS,
};

struct ebpfnb_loss {
	__u64 count;
	/* What Linux said last, as a positive number; 0 where it says nothing. */
	__u64 error;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EBPFNB_REASONS);
	__type(key, __u32);
	__type(value, struct ebpfnb_loss);
} ebpfnb_lost SEC(".maps");

static __always_inline void ebpfnb_lose(__u32 reason, long error)
{
	struct ebpfnb_loss *loss = bpf_map_lookup_elem(&ebpfnb_lost, &reason);

	if (loss) {
		loss->count += 1;
		loss->error = -error;
	}
}

/* E2BIG and ENOMEM: other errors may be what the flags ask for. */
#define bpf_map_update_elem(map, key, value, flags) ({ \
	long ebpfnb_error = (bpf_map_update_elem)(map, key, value, flags); \
	if (ebpfnb_error == -7 || ebpfnb_error == -12) \
		ebpfnb_lose(EBPFNB_UPDATE, ebpfnb_error); \
	ebpfnb_error; \
})

/* BPF_F_USER_STACK */
#define EBPFNB_STACK_OF(flags) ((flags) & (1 << 8) ? EBPFNB_USER_STACK : EBPFNB_STACK)

#define EBPFNB_STACK_CALL(call, flags) ({ \
	long ebpfnb_error = (call); \
	if (ebpfnb_error < 0) \
		ebpfnb_lose(EBPFNB_STACK_OF(flags), ebpfnb_error); \
	ebpfnb_error; \
})

#define bpf_get_stackid(ctx, map, flags) EBPFNB_STACK_CALL((bpf_get_stackid)(ctx, map, flags), flags)
#define bpf_get_stack(ctx, to, size, flags) EBPFNB_STACK_CALL((bpf_get_stack)(ctx, to, size, flags), flags)

#endif /* EBPFNB_LOSSES */

#ifdef EBPFNB_RECORDS

#define EBPFNB_NOTE __attribute__((section(".ebpfnb"), used))

/* 0 where the size is not a constant of the language: it must not become an error here. */
#define EBPFNB_CONSTANT(n) __builtin_choose_expr(__builtin_constant_p(n), (n), 0)

#define EBPFNB_SITE_(id, ringname, n) \
	static const struct { \
		unsigned int line, size; \
		char ring[sizeof(ringname)], file[sizeof(__FILE__)]; \
	} ebpfnb_site_##id EBPFNB_NOTE = { __LINE__, EBPFNB_CONSTANT(n), ringname, __FILE__ }
#define EBPFNB_TYPE_(id, p) static const typeof(*(p)) *const ebpfnb_type_##id EBPFNB_NOTE = 0

#define EBPFNB_SITE(id, ringname, n) EBPFNB_SITE_(id, ringname, n)
#define EBPFNB_TYPE(id, p) EBPFNB_TYPE_(id, p)

#define EBPFNB_RESERVE(id, ring, bytes, flags) ({ \
	EBPFNB_SITE(id, #ring, bytes); \
	void *ebpfnb_room = (bpf_ringbuf_reserve)(ring, bytes, flags); \
	if (!ebpfnb_room) \
		ebpfnb_lose(EBPFNB_RECORD, 0); \
	ebpfnb_room; \
})

#define EBPFNB_SUBMIT(id, record, flags) ({ \
	EBPFNB_SITE(id, "", 0); \
	EBPFNB_TYPE(id, record); \
	(bpf_ringbuf_submit)(record, flags); \
})

#define EBPFNB_OUTPUT(id, ring, record, bytes, flags) ({ \
	EBPFNB_SITE(id, #ring, bytes); \
	EBPFNB_TYPE(id, record); \
	long ebpfnb_error = (bpf_ringbuf_output)(ring, record, bytes, flags); \
	if (ebpfnb_error) \
		ebpfnb_lose(EBPFNB_RECORD, 0); \
	ebpfnb_error; \
})

#define bpf_ringbuf_reserve(ring, bytes, flags) EBPFNB_RESERVE(__COUNTER__, ring, bytes, flags)
#define bpf_ringbuf_submit(record, flags) EBPFNB_SUBMIT(__COUNTER__, record, flags)
#define bpf_ringbuf_output(ring, record, bytes, flags) EBPFNB_OUTPUT(__COUNTER__, ring, record, bytes, flags)

#endif /* EBPFNB_RECORDS */
#endif
