/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Addresses as text, for generated bpftrace programs that ask for it. Included behind ebpfnb/bpftrace.h. */
#ifndef EBPFNB_ADDRESS_H
#define EBPFNB_ADDRESS_H

/* Text being written; its length is masked before use, which bounds it for the verifier. */
struct text_writer {
	char text[64];
	__u32 length;
};

static __always_inline void put_char(struct text_writer *to, char c)
{
	__u64 index = to->length++ & 63;

	/* Or the compiler makes the address by an OR, which the verifier refuses. */
	asm volatile("" : "+r"(index));
	to->text[index] = c;
}

static __always_inline void put_hex(struct text_writer *to, __u32 value, __u32 least, const char *digits)
{
	for (int shift = 12; shift >= 0; shift -= 4) {
		__u32 digit = (value >> shift) & 15;

		if (value >> shift || shift < 4 * least)
			put_char(to, digits[digit]);
	}
}

static __always_inline void put_decimal(struct text_writer *to, __u8 value)
{
	if (value >= 100)
		put_char(to, '0' + value / 100);
	if (value >= 10)
		put_char(to, '0' + value / 10 % 10);
	put_char(to, '0' + value % 10);
}

static __always_inline void put_ipv4(struct text_writer *to, const __u8 *address)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			put_char(to, '.');
		put_decimal(to, address[i]);
	}
}

/* The verifier no longer knows what numbers are in it: paths on which only they differ are one again. */
#define forget(memory)                                                        \
	({                                                                    \
		typeof(memory) known_ = memory;                               \
		bpf_probe_read_kernel(&memory, sizeof(memory), &known_);      \
	})

/* The longest run of zero groups becomes `::`; addresses that hold an IPv4 one end in its form. */
static __always_inline void put_ipv6(struct text_writer *to, const __u8 *address)
{
	/* `run` zeros end at the group that is looked at; the longest ones begin at `best`. */
	struct {
		__u32 run, best, best_length;
	} zeros = { 0, 8, 1 };
	__u32 groups[8];

	for (int i = 0; i < 8; i++) {
		groups[i] = address[2 * i] << 8 | address[2 * i + 1];
		zeros.run = groups[i] ? 0 : zeros.run + 1;
		if (zeros.run > zeros.best_length) {
			zeros.best = i + 1 - zeros.run;
			zeros.best_length = zeros.run;
		}
		forget(zeros);
	}
	__u32 best = zeros.best, best_length = zeros.best_length;

	for (int i = 0; i < 8; i++) {
		forget(to->length);
		if (i >= best && i < best + best_length) {
			if (i == best)
				put_char(to, ':');
			continue;
		}
		if (i)
			put_char(to, ':');
		if (i == 6 && best == 0 && (best_length == 6 || (best_length == 5 && groups[5] == 0xffff))) {
			put_ipv4(to, address + 12);
			return;
		}
		put_hex(to, groups[i], 1, "0123456789abcdef");
	}
	if (best < 8 && best + best_length == 8)
		put_char(to, ':');
}

/* IPv4 and IPv6 addresses by their number of bytes, MAC addresses where it is 6; and the text of one. */
struct address {
	__u8 bytes[16];
	__u32 count;
	struct text_writer writer;
};

/* Not static: the verifier follows it once, not again for each call. */
__noinline int format_address(struct address *address)
{
	if (!address)
		return 0;
	struct text_writer writer = {};

	if (address->count == 16) {
		put_ipv6(&writer, address->bytes);
	} else if (address->count == 6) {
		for (int i = 0; i < 6; i++) {
			if (i)
				put_char(&writer, ':');
			put_hex(&writer, address->bytes[i], 2, "0123456789ABCDEF");
		}
	} else {
		put_ipv4(&writer, address->bytes);
	}
	address->writer = writer;
	return 0;
}

static __noinline __u64 write_address(char *to, __u32 size, const __u8 *bytes, __u32 count)
{
	struct address address = { .count = count };

	bpf_probe_read_kernel(address.bytes, count, bytes);
	format_address(&address);
	return string_length(bpf_probe_read_kernel_str(to, size, address.writer.text), size);
}

#endif
