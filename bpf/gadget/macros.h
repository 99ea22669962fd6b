/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words by which a gadget (a program for Inspektor Gadget) says what is for its user. Here they leave notes in
 * section .ebpfnb, which libbpf skips and the notebook reads: the type of a tracer's records, and what a table of a
 * map's entries is called.
 */
#ifndef __EBPFNB_GADGET_MACROS_H__
#define __EBPFNB_GADGET_MACROS_H__

#include <bpf/bpf_helpers.h>

#define GADGET_NOTE __attribute__((section(".ebpfnb"), used))

/* Records of this type come through the map, and are shown under the name. */
#ifdef EBPFNB_RECORDS
#define GADGET_TRACER_(id, name, map, type) \
	EBPFNB_SITE(id, #map, sizeof(struct type), 0); \
	EBPFNB_TYPE(id, (struct type *)0); \
	static const char ebpfnb_tracer_##name##___##map##___##type GADGET_NOTE = 0;
#define GADGET_TRACER_AT(id, name, map, type) GADGET_TRACER_(id, name, map, type)
#define GADGET_TRACER(name, map, type) GADGET_TRACER_AT(__COUNTER__, name, map, type)
#else
#define GADGET_TRACER(name, map, type)
#endif

/* The variable can be set before the program is loaded: it must be const volatile. */
#define GADGET_PARAM(name) \
	_Static_assert(__builtin_types_compatible_p(typeof(&name), const volatile typeof(name) *), \
		       "GADGET_PARAM(" #name "): only a const volatile variable can be a parameter");

/* The entries of the map are shown under the name. */
#define GADGET_MAPITER(name, map) static const char ebpfnb_mapiter_##name##___##map GADGET_NOTE = 0;

#endif
