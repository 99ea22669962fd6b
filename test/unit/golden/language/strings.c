/* Generated from a bpftrace program. */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#define LOST_MAPS 1
#include <ebpfnb/bpftrace.h>

char LICENSE[] SEC("license") = "GPL";

struct map_m_value {
	char value[6];
	__u8 gap_1[2];
	__u64 set;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_m_value);
} map_m SEC(".maps");

struct map_k_key {
	char s[6];
	__u8 gap_1[2];
	__s64 key_2;
};
struct map_k_value {
	char value[16];
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct map_k_key);
	__type(value, struct map_k_value);
} map_k SEC(".maps");

struct record_1 {
	__u32 id;
	__u8 gap_1[4];
	__s64 retcode;
};

struct record_2 {
	__u32 id;
	__u8 gap_1[4];
	__s64 top;
	__s64 div;
};

struct record_3 {
	__u32 id;
	char k[16];
	__u8 gap_1[4];
};

/* line 1: begin { $s = "hello"; @m = $s; @k[$s, 1] = comm; if (@m == $s) { print(@m); } if (strncmp… */
SEC("raw_tp")
int begin_1(void *ctx)
{
	if (!on)
		return 0;
	char s[6] = {};
	text(s, "hello", 6);
	struct map_m_value *element = bpf_map_lookup_elem(&map_m, &zero);
	if (element) {
		read_string(element->value, 6, (__u64)s);
		element->set = 1;
	}
	struct map_k_value value = {};
	bpf_get_current_comm(value.value, 16);
	struct map_k_key key = {};
	read_string(key.s, 6, (__u64)s);
	key.key_2 = 1;
	__s64 code = bpf_map_update_elem(&map_k, &key, &value, UPDATE_ANY);
	if (code < 0) {
		count_failed(LOST_UPDATE + 0, code);
		struct record_1 *event = bpf_ringbuf_reserve(&events, sizeof(struct record_1), 0);
		if (event) {
			event->id = 1;
			event->retcode = code;
			bpf_ringbuf_submit(event, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	struct map_m_value *element_2 = bpf_map_lookup_elem(&map_m, &zero);
	const char *string = element_2 ? (const char *)element_2->value : (const char *)nothing;
	if (equal_strings(string, s, 6)) {
		struct record_2 *event_2 = bpf_ringbuf_reserve(&events, sizeof(struct record_2), 0);
		if (event_2) {
			event_2->id = 2;
			event_2->top = 0;
			event_2->div = 0;
			bpf_ringbuf_submit(event_2, FORCE_WAKEUP);
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	char comm[16] = {};
	bpf_get_current_comm(comm, 16);
	if (!(bpf_strncmp(comm, 2, "ab") == 0) == 0) {
		struct map_k_key key_2 = {};
		text(key_2.s, "x", 2);
		key_2.key_2 = 1;
		struct map_k_value *element_3 = bpf_map_lookup_elem(&map_k, &key_2);
		const char *string_2 = element_3 ? (const char *)element_3->value : (const char *)nothing;
		struct record_3 *event_3 = bpf_ringbuf_reserve(&events, sizeof(struct record_3), 0);
		if (event_3) {
			event_3->id = 3;
			read_string(event_3->k, 16, (__u64)string_2);
			bpf_ringbuf_submit(event_3, wakeup());
		}
		else {
			count_lost(LOST_RECORD);
		}
	}
	return 0;
}
