/** What only the syntax tree tells of a program's records: the type of a `void *`, and members that no line writes. */
import { type Diagnostic, problem } from '../errors.ts';
import type { RecordLayout } from '../layout.ts';
import type { Build } from './build.ts';
import { inferRecordTypes } from './inference.ts';
import type { ObjectContents } from './layout.ts';
import { isReserve, type RecordSite, spanOf, untyped } from './records.ts';
import type { Node } from './tree.ts';
import { type RecordWrites, recordWrites, reservedStructs } from './writes.ts';

export interface Compiled {
  elf: Uint8Array;
  contents: ObjectContents;
}

/** Compiles again with what the syntax tree tells, where something was left to tell. */
export async function secondLook(
  build: Build,
  elf: Uint8Array,
  defines: string[],
  read: (elf: Uint8Array) => ObjectContents,
): Promise<Compiled> {
  const contents = read(elf);
  const { sites } = contents;
  const unknown = untyped(sites);
  if (unknown.length === 0 && !sites.some(isReserve) && contents.alike.length === 0) return { elf, contents };
  // The tree of the whole vmlinux.h is larger than what clang may write.
  const tree = await build.syntaxTree().catch(() => undefined);
  if (!tree) return { elf, contents };
  const found = inferRecordTypes(tree, new Set(unknown.map(site => site.func)));
  const types = unknown.flatMap(({ id, func }) =>
    (found.get(func) ?? []).map(
      (type, i) => `static const typeof(*((${type})0)) *const ebpfnb_inferred_${id}_${i} EBPFNB_NOTE = 0;`,
    ),
  );
  const apart = unknown.length === 0 ? tellingApart(contents, tree) : [];
  const writes = recordWrites(tree);
  const leaves = contents.layout.records.some(record => unwritten(record, writes).size > 0);
  if (types.length === 0 && !leaves && apart.length === 0) return { elf, contents };
  try {
    const marked = [...defines, ...(leaves ? ['EBPFNB_UNSET'] : []), ...apart];
    const again = await build.compile(marked, types.join('\n'));
    return { elf: again.elf, contents: withUnset(read(again.elf), writes) };
  } catch {
    // A type that lives inside a function has no name out here: the record stays untyped, with its warning.
    return { elf, contents };
  }
}

/** More of them than this are told apart by nobody. */
const MOST_ALIKE = 31;

/** Definitions that make records of structs that look alike differ in length. */
function tellingApart({ alike, sites }: ObjectContents, tree: Node): string[] {
  if (alike.length === 0 || alike.length > MOST_ALIKE) return [];
  const extra = new Map(alike.map((name, i) => [name, 8 * (i + 1)]));
  const at: number[] = [];
  const seen = new Map<string, number>();
  for (const { id, func } of sites.filter(isReserve).sort((a, b) => Number(a.id) - Number(b.id))) {
    const nth = seen.get(func) ?? 0;
    seen.set(func, nth + 1);
    at[Number(id)] = extra.get(reservedStructs(tree, func)[nth] ?? '') ?? 0;
  }
  const types = [...extra].flatMap(([name, bytes]) => [
    `struct ${name} *: ${bytes}`,
    `const struct ${name} *: ${bytes}`,
  ]);
  const all = Array.from(
    { length: Math.max(0, ...sites.map(({ id }) => Number(id))) + 1 },
    (_, id) => at[id] ?? 0,
  );
  return [
    `EBPFNB_EXTRA_OF(record)=_Generic((record), ${types.join(', ')}, default: 0)`,
    `EBPFNB_EXTRA_AT(id)=((const unsigned char[]){ ${all.join(', ')} })[id]`,
  ];
}

/** Members that exist to fill a gap. */
const PADDING = /^_*(?:pad|padding|reserved|unused)\d*$/;

/** The members that a function does not always write, with the function. */
function unwritten({ name, fields }: RecordLayout, writes: readonly RecordWrites[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { func, struct, always } of writes) {
    if (struct !== name || !always) continue;
    const left = fields.map(field => field.name).filter(field => !always.has(field) && !PADDING.test(field));
    if (left.length > 0) found.set(func, [...new Set([...(found.get(func) ?? []), ...left])]);
  }
  return found;
}

function withUnset(contents: ObjectContents, writes: readonly RecordWrites[]): ObjectContents {
  const { layout, warnings, sites } = contents;
  const notes: Diagnostic[] = [];
  const records = layout.records.map(record => {
    const left = unwritten(record, writes);
    if (left.size === 0) return record;
    for (const [func, fields] of left)
      notes.push(
        problem(
          'fields-unset',
          { func, fields: fields.join(', '), struct: record.name },
          { span: reserveIn(func, sites) },
        ),
      );
    return { ...record, unset: [...new Set([...left.values()].flat())] };
  });
  return { ...contents, layout: { ...layout, records }, warnings: [...warnings, ...notes] };
}

function reserveIn(func: string, sites: readonly RecordSite[]) {
  const site = sites.find(site => site.func === func && isReserve(site));
  return site && spanOf(site);
}
