/** Imported C sources, as parts of the generated file. */
import type { ImportedFile } from '../target.ts';
import { RESTORE_LINE } from './module.ts';

/** What a source may say that the generated file has said already: headers of Linux and libbpf, and the license. */
const SAID =
  /^[ \t]*#[ \t]*include[ \t]*(?:<(?:linux|asm|asm-generic|bpf)\/[^>]*>|<std\w*\.h>|["<]vmlinux\.h[">])|^.*SEC\("license"\).*;/gm;

/** Names of ebpfnb/bpftrace.h that others like, too. */
const OURS = [
  'zero',
  'nothing',
  'on',
  'lost',
  'events',
  'wakeup',
  'text',
  'search',
  'divide',
  'modulo',
  'read_string',
];

/** What a function of a source is called in the generated file. */
export const importedName = (name: string) => (OURS.includes(name) ? `imported_${name}` : name);

/** The source's functions become local, so that those nobody calls are left out; the types it names are added. */
export function importedC({ name, text }: ImportedFile, types: Set<string>): string {
  const words = new Set([...text.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word));
  for (const word of words) types.add(word);
  const taken = OURS.filter(word => words.has(word));
  return [
    ...taken.map(word => `#define ${word} ${importedName(word)}`),
    '#pragma clang attribute push(__attribute__((internal_linkage)), apply_to = function)',
    `#line 1 "${name}"`,
    text.replaceAll(SAID, '').trimEnd(),
    RESTORE_LINE,
    '#pragma clang attribute pop',
    ...taken.map(word => `#undef ${word}`),
  ].join('\n');
}
