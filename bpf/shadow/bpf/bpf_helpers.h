/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands before libbpf's <bpf/bpf_helpers.h>. With EBPFNB_RECORDS, calls that put a record into a ring buffer
 * also leave a note in section .ebpfnb, which libbpf skips and the notebook reads: the type of the record (a
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
	/* Linux says nothing of a ring without room. */
	__u64 error;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ebpfnb_loss);
} ebpfnb_lost SEC(".maps");

static __always_inline void ebpfnb_lose(void)
{
	__u32 zero = 0;
	struct ebpfnb_loss *lost = bpf_map_lookup_elem(&ebpfnb_lost, &zero);

	if (lost)
		lost->count += 1;
}

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
		ebpfnb_lose(); \
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
		ebpfnb_lose(); \
	ebpfnb_error; \
})

#define bpf_ringbuf_reserve(ring, bytes, flags) EBPFNB_RESERVE(__COUNTER__, ring, bytes, flags)
#define bpf_ringbuf_submit(record, flags) EBPFNB_SUBMIT(__COUNTER__, record, flags)
#define bpf_ringbuf_output(ring, record, bytes, flags) EBPFNB_OUTPUT(__COUNTER__, ring, record, bytes, flags)

#endif /* EBPFNB_RECORDS */
#endif
