/* SPDX-License-Identifier: Apache-2.0 */
/* What every gadget can be narrowed down to: a process, a thread, a user, a name. */
#ifndef __EBPFNB_GADGET_FILTER_H__
#define __EBPFNB_GADGET_FILTER_H__

#include <gadget/mntns_filter.h>

const volatile gadget_pid targ_pid = 0;
const volatile gadget_tid targ_tid = 0;
const volatile gadget_uid targ_uid = (gadget_uid)-1;
const volatile gadget_gid targ_gid = (gadget_gid)-1;
const volatile char targ_comm[TASK_COMM_LEN] = {};

static __always_inline bool gadget_should_discard_data(gadget_mntns_id mntns_id, gadget_pid pid, gadget_tid tid,
						       const char comm[TASK_COMM_LEN], gadget_uid uid,
						       gadget_gid gid)
{
	if (gadget_should_discard_mntns_id(mntns_id))
		return true;
	if ((targ_pid && targ_pid != pid) || (targ_tid && targ_tid != tid))
		return true;
	if ((targ_uid != (gadget_uid)-1 && targ_uid != uid) || (targ_gid != (gadget_gid)-1 && targ_gid != gid))
		return true;
	for (int i = 0; targ_comm[0] && i < TASK_COMM_LEN; i++) {
		if (targ_comm[i] != comm[i])
			return true;
		if (!comm[i])
			break;
	}
	return false;
}

static __always_inline bool gadget_should_discard_data_current(void)
{
	__u64 process = bpf_get_current_pid_tgid(), user = bpf_get_current_uid_gid();
	char comm[TASK_COMM_LEN] = {};

	bpf_get_current_comm(comm, sizeof(comm));
	return gadget_should_discard_data(gadget_get_current_mntns_id(), process >> 32, (__u32)process, comm,
					  (__u32)user, user >> 32);
}

#endif
