/** What a traced function was called with and what it gave back, whichever way its program is attached. */
import { ARGUMENT_REGISTERS, registerWord } from '../registers.ts';
import type { Type } from '../types.ts';
import type { Generator } from './api.ts';

/** The words of a call, counted from 0; a raw tracepoint is called with its own. */
export function argumentWord(g: Generator, word: number): string {
  const { row, way } = g.probe;
  if (row.name === 'rawtracepoint') return `((__u64 *)ctx)[${word}]`;
  if (way === 'fentry') return `function_argument(ctx, ${word})`;
  g.needs('pt_regs');
  return `PT_REGS_PARM${word + 1}(ctx)`;
}

/** The same of a function that is written in Go. */
export const goArgumentWord = ({ options }: Generator, word: number): string => {
  const { arch } = options.target;
  return `((__u64 *)ctx)[${registerWord(ARGUMENT_REGISTERS[arch].go[word]!, arch)}]`;
};

/** What the function returns. */
export function resultWord(g: Generator): string {
  if (g.probe.way === 'fentry') return 'function_result(ctx)';
  g.needs('pt_regs');
  return 'PT_REGS_RC(ctx)';
}

/** Where the traced function is: before it returns the registers say so, within it too; elsewhere only Linux knows. */
export function probeAddress(g: Generator): string {
  const { row, way, returnInstructions } = g.probe;
  const byRegisters =
    row.name === 'uprobe' || row.name === 'usdt' || (row.name === 'kprobe' && way === 'kprobe');
  if (!byRegisters && !returnInstructions) return 'bpf_get_func_ip(ctx)';
  g.needs('pt_regs');
  return returnInstructions ? '(PT_REGS_IP(ctx) - bpf_get_attach_cookie(ctx))' : 'PT_REGS_IP(ctx)';
}

/** Of a word, the bytes that the type does not have may hold anything. */
export function wordAs(type: Type, word: string): string {
  if (type.kind === 'bool') return `(__u64)((__u8)${word} != 0)`;
  if (type.kind !== 'int') return `(__u64)${word}`;
  return `(${type.signed ? '__s64' : '__u64'})(${type.signed ? '__s' : '__u'}${type.size * 8})${word}`;
}
