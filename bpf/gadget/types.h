/* SPDX-License-Identifier: Apache-2.0 */
/* Types whose names say how their values are to be shown; the including program brings Linux's types. */
#ifndef __EBPFNB_GADGET_TYPES_H__
#define __EBPFNB_GADGET_TYPES_H__

#ifndef TASK_COMM_LEN
#define TASK_COMM_LEN 16
#endif

typedef __u64 gadget_mntns_id;
typedef __u32 gadget_netns_id;
typedef __u64 gadget_timestamp;
typedef __u64 gadget_duration;
typedef __u64 gadget_bytes;
typedef __u32 gadget_signal;
typedef __u32 gadget_errno;
typedef __u64 gadget_syscall;
typedef __u32 gadget_file_flags;
typedef __u32 gadget_file_mode;
typedef __u32 gadget_kernel_stack;
typedef __u32 gadget_uid;
typedef __u32 gadget_gid;
typedef __u32 gadget_pid;
typedef __u32 gadget_tid;
typedef __u32 gadget_ppid;
typedef char gadget_comm;
typedef char gadget_pcomm;
typedef __u32 gadget_counter__u32;
typedef __u64 gadget_counter__u64;
typedef __u32 gadget_gauge__u32;
typedef __u64 gadget_gauge__u64;
typedef __u32 gadget_histogram_slot__u32;
typedef __u64 gadget_histogram_slot__u64;

struct gadget_creds {
	gadget_uid uid;
	gadget_gid gid;
};

struct gadget_parent {
	gadget_pcomm comm[TASK_COMM_LEN];
	gadget_ppid pid;
};

struct gadget_process {
	gadget_comm comm[TASK_COMM_LEN];
	gadget_pid pid;
	gadget_tid tid;
	struct gadget_creds creds;
	struct gadget_parent parent;
	gadget_mntns_id mntns_id;
};

union gadget_ip_addr_t {
	__u8 v6[16];
	__u32 v4;
};

struct gadget_l3endpoint_t {
	union gadget_ip_addr_t addr_raw;
	/* 4 or 6 */
	__u8 version;
};

struct gadget_l4endpoint_t {
	union gadget_ip_addr_t addr_raw;
	__u16 port;
	__u16 proto_raw;
	/* 4 or 6 */
	__u8 version;
};

#endif
