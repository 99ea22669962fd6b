/**
 * Arguments of USDT probes: where the compiler left each at a place, in the assembler's words, as C that reads it.
 * https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation
 */
import { registerWord } from './registers.ts';
import type { LanguageTarget } from './target.ts';

type Arch = LanguageTarget['arch'];

export interface UsdtArgument {
  /** Bytes. */
  size: 1 | 2 | 4 | 8;
  signed: boolean;
  /** A C expression of 64 bits. */
  c: string;
}

/** `SIZE@OPERAND`; a negative size is signed; operands of arm64 hold blanks. */
const ARGUMENT = /(?:(-?[1248])(f?)@)?(\[[^\]]*\]|\S+)/g;

/** All arguments of a place, in order; undefined for one that cannot be read (a vector register). */
export function usdtArguments(text: string, arch: Arch): (UsdtArgument | undefined)[] {
  return [...text.matchAll(ARGUMENT)].map(([, size = '8', float, operand]) => {
    const value = float ? undefined : OPERANDS[arch](operand!);
    if (!value) return undefined;
    const bytes = Math.abs(Number(size)) as UsdtArgument['size'];
    const signed = size.startsWith('-');
    const type = `__${signed ? 's' : 'u'}${bytes * 8}`;
    const c = 'address' in value ? `READ_USER(${type}, ${value.address})` : `(${type})${value.c}`;
    return { size: bytes, signed, c: `(__s64)${c}` };
  });
}

type Operand = { c: string } | { address: string };

const OPERANDS: Readonly<Record<Arch, (text: string) => Operand | undefined>> = {
  /** `$5`, `%edi`, `-8(%rbp)`, `16(%rax,%rbx,8)` */
  x64: text => {
    const constant = /^\$(-?(?:0x)?[0-9a-fA-F]+)$/.exec(text);
    if (constant) return { c: `${constant[1]}` };
    const register = /^%(\w+)$/.exec(text);
    if (register) return word(x64Name(register[1]!), 'x64');
    const memory = /^(-?(?:0x)?[0-9a-fA-F]+)?\(%(\w+)(?:,%(\w+)(?:,([1248]))?)?\)$/.exec(text);
    if (!memory) return undefined;
    const [, offset, base, index, scale = '1'] = memory;
    return address([
      word(x64Name(base!), 'x64')?.c,
      ...(index ? [product(word(x64Name(index), 'x64')?.c, scale)] : []),
      ...(offset ? [offset] : []),
    ]);
  },
  /** `5`, `x1`, `[sp, 16]`, `[x0, x1]` */
  arm64: text => {
    if (/^-?(?:0x)?[0-9a-fA-F]+$/.test(text)) return { c: text };
    if (/^[xw]zr$/.test(text)) return { c: '0' };
    const register = word(arm64Name(text), 'arm64');
    if (register) return register;
    const memory = /^\[(\w+)(?:,\s*(-?\w+))?\]$/.exec(text);
    if (!memory) return undefined;
    const [, base, more] = memory;
    const isNumber = more !== undefined && /^-?[0-9]/.test(more);
    return address([
      word(arm64Name(base!), 'arm64')?.c,
      ...(more === undefined ? [] : [isNumber ? more : word(arm64Name(more), 'arm64')?.c]),
    ]);
  },
};

function word(name: string, arch: Arch): { c: string } | undefined {
  const at = registerWord(name, arch);
  return at < 0 ? undefined : { c: `((__u64 *)ctx)[${at}]` };
}

const product = (value: string | undefined, by: string) => value && (by === '1' ? value : `${value} * ${by}`);

const address = (parts: (string | undefined)[]): Operand | undefined =>
  parts.includes(undefined) ? undefined : { address: parts.join(' + ') };

/** `eax`, `rax`, `al` → `ax`; `r8d` → `r8`; `sil` → `si`. */
function x64Name(name: string): string {
  const numbered = /^(r(?:8|9|1[0-5]))[dwb]?$/.exec(name);
  if (numbered) return numbered[1]!;
  const byte = /^([abcd])l$/.exec(name);
  if (byte) return `${byte[1]}x`;
  return name.replace(/^[re](?=..$)/, '').replace(/l$/, '');
}

/** `x1` and its lower half `w1` → `r1`. */
const arm64Name = (name: string) => name.replace(/^[xw](?=[0-9]+$)/, 'r');

/** Argument `index` of a probe, `variants` being its places' words by cookie; one that is not there is 0. */
export function usdtArgument(variants: readonly string[], index: number, arch: Arch): string {
  const values = variants.map(text => usdtArguments(text, arch)[index]?.c ?? '0');
  const first = values[0] ?? '0';
  if (values.every(value => value === first)) return first;
  const others = values.slice(1).map((value, i) => `place == ${i + 1} ? ${value} : `);
  return `({ __u64 place = bpf_get_attach_cookie(ctx); ${others.join('')}${first}; })`;
}
