/* SPDX-License-Identifier: Apache-2.0 */
/* What most gadgets tell of the process that they saw. */
#ifndef __EBPFNB_GADGET_COMMON_H__
#define __EBPFNB_GADGET_COMMON_H__

#include <gadget/mntns.h>

static __always_inline void gadget_process_populate(struct gadget_process *process)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 id = bpf_get_current_pid_tgid(), user = bpf_get_current_uid_gid();

	bpf_get_current_comm(process->comm, sizeof(process->comm));
	process->pid = id >> 32;
	process->tid = (__u32)id;
	process->creds.uid = (__u32)user;
	process->creds.gid = user >> 32;
	BPF_CORE_READ_STR_INTO(&process->parent.comm, task, real_parent, comm);
	process->parent.pid = BPF_CORE_READ(task, real_parent, tgid);
	process->mntns_id = gadget_get_current_mntns_id();
}

#endif
