import { BTF_KIND, type BtfFile } from '../btf/index.ts';

/** The names by which a program can mean something of vmlinux.h. */
export interface UsedNames {
  /** All identifiers: typedefs, enumerators, members. */
  words: Set<string>;
  /** Those that follow `struct`, `union` or `enum`. */
  tags: Set<string>;
}

const WORD = /(?:\b(struct|union|enum)\s+)?([A-Za-z_]\w*)/g;

/**
 * The names in preprocessed text. Of libbpf's table of helpers only the declarations of used helpers count; names
 * that the text defines itself are left out, as the program's own win.
 */
export function usedNames(preprocessed: string): UsedNames {
  const used: UsedNames = { words: new Set(), tags: new Set() };
  const collect = (line: string) => {
    for (const [, tag, word] of line.matchAll(WORD)) (tag ? used.tags : used.words).add(word!);
  };
  const helpers = new Map<string, string>();
  let inHelperTable = false;
  for (const line of preprocessed.split('\n')) {
    if (line.startsWith('#')) {
      const file = /^# \d+ "(.*?)"/.exec(line)?.[1];
      if (file !== undefined) inHelperTable = file.endsWith('/bpf_helper_defs.h');
    } else if (inHelperTable) {
      const helper = /\(\*\s*(?:const\s+)?(\w+)\)/.exec(line)?.[1];
      if (helper) helpers.set(helper, line);
    } else collect(line);
  }
  for (const [helper, declaration] of helpers) if (used.words.has(helper)) collect(declaration);
  withoutDefined(used, preprocessed);
  return used;
}

/** Takes out tags and enumerators that the text defines. */
function withoutDefined(used: UsedNames, text: string): void {
  for (const [, tag] of text.matchAll(
    /\b(?:struct|union|enum)\s+(?:__attribute__\s*\(\(.*?\)\)\s*)?(\w+)\s*\{/g,
  )) {
    used.tags.delete(tag!);
  }
  for (const [, body] of text.matchAll(/\benum\b[^;{}()]*\{([^}]*)\}/g)) {
    for (const item of body!.replace(/^#.*$/gm, '').split(','))
      used.words.delete(/[A-Za-z_]\w*/.exec(item)?.[0] ?? '');
  }
}

const TAGGED_KINDS = new Set<number>([BTF_KIND.struct, BTF_KIND.union, BTF_KIND.enum, BTF_KIND.enum64]);

/**
 * Ids of the types a program with these names needs: types of those names, enums that own a used enumerator, and,
 * from there on, what members point to when the member's name is used. What is held by value needs no mention,
 * the dump brings it along; members are never dropped.
 */
export function cutTypes(btf: BtfFile, { words, tags }: UsedNames): number[] {
  const used = mark(btf, words);
  const tagged = mark(btf, tags);
  const wanted = new Set<number>();
  const seen = new Set<number>();
  const queue: number[] = [];
  const want = (id: number) => {
    if (!wanted.has(id)) queue.push(id);
    wanted.add(id);
  };

  for (let id = 1; id < btf.count; id++) {
    const kind = btf.kind(id);
    if (kind === BTF_KIND.typedef) {
      if (used[btf.nameOffset(id)] === 1) want(id);
    } else if (TAGGED_KINDS.has(kind)) {
      const isEnum = kind === BTF_KIND.enum || kind === BTF_KIND.enum64;
      if (tagged[btf.nameOffset(id)] === 1 || (isEnum && ownsUsed(btf, id, used))) want(id);
    }
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

/** One byte a string offset: 1 where the string is one of `names`. */
function mark(btf: BtfFile, names: Iterable<string>): Uint8Array {
  const used = new Uint8Array(btf.stringsEnd);
  for (const name of names) {
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
