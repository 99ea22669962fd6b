/* SPDX-License-Identifier: Apache-2.0 */
/* Of which mount namespace, and so of which container, the current task is. */
#ifndef __EBPFNB_GADGET_MNTNS_H__
#define __EBPFNB_GADGET_MNTNS_H__

#include <bpf/bpf_core_read.h>
#include <gadget/types.h>

static __always_inline gadget_mntns_id gadget_get_current_mntns_id(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
}

#define gadget_get_mntns_id gadget_get_current_mntns_id

#endif
