/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bpf_printk and bpf_trace_printk as output of the cell: trace_pipe is one for the whole machine, and who reads it
 * takes the lines away from others. bpf_printk knows its format when it is compiled, so that Linux itself can format
 * the line. bpf_trace_printk takes the format from memory, which Linux formats into trace_pipe only: what the line is
 * made of goes to the notebook, and each argument's text besides, because only here can be read what %s points to.
 */
#ifndef __EBPFNB_PRINTK_H__
#define __EBPFNB_PRINTK_H__

#define EBPFNB_LINE 0x40000001
#define EBPFNB_FORMAT 0x40000002

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} ebpfnb_printk SEC(".maps");

struct ebpfnb_line {
	__u32 kind;
	char text[508];
};

struct ebpfnb_format {
	__u32 kind;
	char format[252];
	__u64 values[3];
	char texts[3][64];
};

/* A line that finds no room is counted. Answers the record, or null. */
#define EBPFNB_PRINTK_ROOM(type, number) ({ \
	struct type *ebpfnb_room = (bpf_ringbuf_reserve)(&ebpfnb_printk, sizeof(struct type), 0); \
	if (ebpfnb_room) \
		ebpfnb_room->kind = number; \
	else \
		ebpfnb_lose(EBPFNB_LOST_IN_RING, 0); \
	ebpfnb_room; \
})

#undef bpf_printk
#define bpf_printk(fmt, args...) ({ \
	struct ebpfnb_line *ebpfnb_out = EBPFNB_PRINTK_ROOM(ebpfnb_line, EBPFNB_LINE); \
	long ebpfnb_length = -28; \
	if (ebpfnb_out) { \
		ebpfnb_length = BPF_SNPRINTF(ebpfnb_out->text, sizeof(ebpfnb_out->text), fmt, ##args); \
		if (ebpfnb_length < 0) \
			ebpfnb_out->text[0] = 0; \
		(bpf_ringbuf_submit)(ebpfnb_out, 0); \
	} \
	ebpfnb_length; \
})

static __always_inline void ebpfnb_fill_format(struct ebpfnb_format *out, const void *format, __u32 bytes)
{
	if (bytes > sizeof(out->format) - 1)
		bytes = sizeof(out->format) - 1;
	bpf_probe_read_kernel(out->format, bytes, format);
	out->format[sizeof(out->format) - 1] = 0;
}

#define bpf_trace_printk(fmt, bytes, args...) ({ \
	struct ebpfnb_format *ebpfnb_out = EBPFNB_PRINTK_ROOM(ebpfnb_format, EBPFNB_FORMAT); \
	if (ebpfnb_out) { \
		ebpfnb_fill_format(ebpfnb_out, fmt, bytes); \
		_Pragma("GCC diagnostic push") \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
		___bpf_fill(ebpfnb_out->values, ##args); \
		_Pragma("GCC diagnostic pop") \
		for (int ebpfnb_i = 0; ebpfnb_i < ___bpf_narg(args); ebpfnb_i++) \
			bpf_probe_read_kernel_str(ebpfnb_out->texts[ebpfnb_i], sizeof(ebpfnb_out->texts[0]), \
						  (void *)ebpfnb_out->values[ebpfnb_i]); \
		(bpf_ringbuf_submit)(ebpfnb_out, 0); \
	} \
	ebpfnb_out ? (long)(bytes) : -28L; \
})

#endif
