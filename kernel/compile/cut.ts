import { BTF_KIND, type BtfFile } from '../btf/index.ts';

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

const IDENTIFIER = /[A-Za-z_]\w*/g;

/**
 * The identifiers of preprocessed text that can mean a type of vmlinux.h. Of libbpf's table of helpers only the
 * declarations of used helpers count; names that the text defines itself are left out, as the program's own win.
 */
export function usedIdentifiers(preprocessed: string): Set<string> {
  const helpers = new Map<string, string>();
  const used = new Set(ALWAYS);
  let inHelperTable = false;
  for (const line of preprocessed.split('\n')) {
    if (line.startsWith('#')) {
      const file = /^# \d+ "(.*?)"/.exec(line)?.[1];
      if (file !== undefined) inHelperTable = file.endsWith('/bpf_helper_defs.h');
      continue;
    }
    const helper = inHelperTable && /\(\*\s*(?:const\s+)?(\w+)\)/.exec(line)?.[1];
    if (helper) helpers.set(helper, line);
    else for (const [word] of line.matchAll(IDENTIFIER)) used.add(word);
  }
  for (const [helper, declaration] of helpers) {
    if (used.has(helper)) for (const [word] of declaration.matchAll(IDENTIFIER)) used.add(word);
  }
  for (const name of definedNames(preprocessed)) used.delete(name);
  return used;
}

/** Tags and enumerators that the text defines. */
function definedNames(text: string): Set<string> {
  const names = new Set<string>();
  for (const [, tag] of text.matchAll(
    /\b(?:struct|union|enum)\s+(?:__attribute__\s*\(\(.*?\)\)\s*)?(\w+)\s*\{/g,
  )) {
    names.add(tag!);
  }
  for (const [, body] of text.matchAll(/\benum\b[^;{}()]*\{([^}]*)\}/g)) {
    for (const item of body!.split(',')) {
      const name = /[A-Za-z_]\w*/.exec(item.replace(/^#.*$/gm, ''))?.[0];
      if (name) names.add(name);
    }
  }
  return names;
}

const NAMED_KINDS = new Set<number>([
  BTF_KIND.struct,
  BTF_KIND.union,
  BTF_KIND.enum,
  BTF_KIND.enum64,
  BTF_KIND.typedef,
]);

/**
 * Ids of the types a program with these identifiers needs: types of those names, enums that own a used
 * enumerator, and, from there on, what members point to when the member's name is used. What is held by value
 * needs no mention, the dump brings it along; members are never dropped.
 */
export function cutTypes(btf: BtfFile, identifiers: Iterable<string>): number[] {
  const used = markUsed(btf, identifiers);
  const wanted = new Set<number>();
  const seen = new Set<number>();
  const queue: number[] = [];
  const want = (id: number) => {
    if (!wanted.has(id)) queue.push(id);
    wanted.add(id);
  };

  for (let id = 1; id < btf.count; id++) {
    const kind = btf.kind(id);
    if (!NAMED_KINDS.has(kind)) continue;
    if (used[btf.nameOffset(id)] === 1) want(id);
    else if ((kind === BTF_KIND.enum || kind === BTF_KIND.enum64) && ownsUsed(btf, id, used)) want(id);
  }
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) visit(btf.strip(id));
  return [...wanted];

  function visit(id: number): void {
    const kind = btf.kind(id);
    if (kind !== BTF_KIND.struct && kind !== BTF_KIND.union) return;
    if (seen.has(id)) return;
    seen.add(id);
    for (let i = 0; i < btf.length(id); i++) {
      const { value, pointee } = reach(btf, btf.memberType(id, i));
      if (value !== undefined) visit(value);
      if (pointee !== undefined && used[btf.memberNameOffset(id, i)] === 1) want(pointee);
    }
  }
}

/** One byte a string offset: 1 where the string is one of `identifiers`. */
function markUsed(btf: BtfFile, identifiers: Iterable<string>): Uint8Array {
  const used = new Uint8Array(btf.stringsEnd);
  for (const name of identifiers) {
    const offset = btf.stringOffset(name);
    if (offset) used[offset] = 1;
  }
  return used;
}

function ownsUsed(btf: BtfFile, id: number, used: Uint8Array): boolean {
  for (let i = 0; i < btf.length(id); i++) if (used[btf.enumeratorNameOffset(id, i)] === 1) return true;
  return false;
}

/** What a member holds by value, or the struct or union its pointers and arrays lead to. */
function reach(btf: BtfFile, member: number): { value?: number; pointee?: number } {
  let pointed = false;
  let id = btf.strip(member);
  for (;;) {
    const kind = btf.kind(id);
    if (kind === BTF_KIND.array) id = btf.strip(btf.array(id).element);
    else if (kind === BTF_KIND.ptr) {
      pointed = true;
      id = btf.strip(btf.target(id));
    } else if (kind === BTF_KIND.struct || kind === BTF_KIND.union)
      return pointed ? { pointee: id } : { value: id };
    else return {};
  }
}
