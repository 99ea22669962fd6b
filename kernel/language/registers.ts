/** The registers that Linux saves when a program is interrupted: the words of struct pt_regs. */
import type { LanguageTarget } from './target.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `r${i}`);

/** By the names that reg() takes, in the order of struct pt_regs. */
export const REGISTERS: Readonly<Record<LanguageTarget['arch'], readonly string[]>> = {
  x64: 'r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_rax ip cs flags sp ss'.split(' '),
  // x0 to x30, then these.
  arm64: [...numbered(31), 'sp', 'pc', 'pstate'],
};

/** Other names of theirs. */
const ALIASES: Readonly<Record<LanguageTarget['arch'], (name: string) => string>> = {
  x64: name => (name === 'pc' ? 'ip' : name),
  // As struct pt_regs has them.
  arm64: name => name.replace(/^regs\[([0-9]+)\]$/, 'r$1'),
};

/** Which word of struct pt_regs a register is; -1 when there is none of this name. */
export function registerWord(name: string, arch: LanguageTarget['arch']): number {
  return REGISTERS[arch].indexOf(ALIASES[arch](name));
}

/** Where the first arguments of a function are, one word each. */
export const ARGUMENT_REGISTERS: Readonly<
  Record<LanguageTarget['arch'], Readonly<Record<'c' | 'go', readonly string[]>>>
> = {
  x64: { c: 'di si dx cx r8 r9'.split(' '), go: 'ax bx cx di si r8 r9 r10 r11'.split(' ') },
  arm64: { c: numbered(8), go: numbered(16) },
};
