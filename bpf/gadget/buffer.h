/* SPDX-License-Identifier: Apache-2.0 */
/* A gadget's way to its user: a ring buffer. As macros, so that a record's type is seen where it is handed over. */
#ifndef __EBPFNB_GADGET_BUFFER_H__
#define __EBPFNB_GADGET_BUFFER_H__

#include <bpf/bpf_helpers.h>

#define GADGET_TRACER_MAP(name, bytes) \
	struct { \
		__uint(type, BPF_MAP_TYPE_RINGBUF); \
		__uint(max_entries, bytes); \
	} name SEC(".maps")

#define gadget_reserve_buf(map, bytes) bpf_ringbuf_reserve(map, bytes, 0)
#define gadget_submit_buf(ctx, map, record, bytes) ({ (void)(ctx); bpf_ringbuf_submit(record, 0); 0; })
#define gadget_discard_buf(record) bpf_ringbuf_discard(record, 0)
#define gadget_output_buf(ctx, map, record, bytes) ({ (void)(ctx); bpf_ringbuf_output(map, record, bytes, 0); })

#endif
