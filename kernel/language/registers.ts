/** The registers that Linux saves when a program is interrupted: the words of struct pt_regs. */
import type { LanguageTarget } from './target.ts';

/** By the names that reg() takes, in the order of struct pt_regs. */
export const REGISTERS: Readonly<Record<LanguageTarget['arch'], readonly string[]>> = {
  x64: 'r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_rax ip cs flags sp ss'.split(' '),
  // x0 to x30, then these.
  arm64: [...Array.from({ length: 31 }, (_, i) => `r${i}`), 'sp', 'pc', 'pstate'],
};

/** Which word of struct pt_regs a register is; -1 when there is none of this name. */
export function registerWord(name: string, arch: LanguageTarget['arch']): number {
  return REGISTERS[arch].indexOf(arch === 'x64' && name === 'pc' ? 'ip' : name);
}

/** Where Go passes the first arguments of a function, one word each, where that is not where C does. */
export const GO_ARGUMENTS: Readonly<Record<LanguageTarget['arch'], readonly string[] | undefined>> = {
  x64: 'ax bx cx di si r8 r9 r10 r11'.split(' '),
  arm64: undefined,
};
