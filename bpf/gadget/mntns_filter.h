/* SPDX-License-Identifier: Apache-2.0 */
/* Gadgets choose containers by their mount namespace; a cell sees them all, unless its parameter names one. */
#ifndef __EBPFNB_GADGET_MNTNS_FILTER_H__
#define __EBPFNB_GADGET_MNTNS_FILTER_H__

#include <gadget/mntns.h>

const volatile gadget_mntns_id targ_mntns_id = 0;

static __always_inline bool gadget_should_discard_mntns_id(gadget_mntns_id id)
{
	return targ_mntns_id && targ_mntns_id != id;
}

#endif
