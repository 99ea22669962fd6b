import { BTF_KIND, dumpIds, type TypeSource } from '../btf/index.ts';
import { cutTypes, type UsedNames } from './cut.ts';

/** What libbpf's own headers and our shadow need from vmlinux.h in every program. */
const ALWAYS = [
  '__u8',
  '__u16',
  '__u32',
  '__u64',
  '__s8',
  '__s16',
  '__s32',
  '__s64',
  '__be16',
  '__be32',
  '__wsum',
];

const GUARD = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__
`;
const BEFORE = `
#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif
`;
const AFTER = `
#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif
#endif
`;

/** Stands in for vmlinux.h while the program is only preprocessed. */
export const EMPTY_VMLINUX = '#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n#endif\n';

const FORWARD = /^(?:struct|union) \w+;\n/gm;

/** A vmlinux.h with the types that a program needs that uses these names. */
export function cutVmlinux(btf: TypeSource, names: UsedNames): string {
  const types = dumpIds(btf, cutTypes(btf.file, { ...names, words: new Set([...ALWAYS, ...names.words]) }));
  // A type that the program defines itself is only declared here. Declared under the attribute, its definition
  // would inherit it, and its fields would be looked up in Linux's type of the same name.
  return GUARD + (types.match(FORWARD) ?? []).join('') + BEFORE + types.replaceAll(FORWARD, '') + AFTER;
}

const whole = new WeakMap<TypeSource, string>();

/** The vmlinux.h with everything, as the usual tools make it; kept, because making it takes a second. */
export function wholeVmlinux(btf: TypeSource): string {
  let text = whole.get(btf);
  if (!text) {
    const { file } = btf;
    const ids: number[] = [];
    for (let id = 1; id < file.count; id++) {
      const kind = file.kind(id);
      if (
        kind !== BTF_KIND.func &&
        kind !== BTF_KIND.var &&
        kind !== BTF_KIND.datasec &&
        kind !== BTF_KIND.declTag
      )
        ids.push(id);
    }
    text = GUARD + BEFORE + dumpIds(btf, ids) + AFTER;
    whole.set(btf, text);
  }
  return text;
}
