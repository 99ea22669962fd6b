/** What is different about functions that are written in Go. */
import type { UserSymbol } from '../../layout.ts';
import type { Range } from '../nodes.ts';
import { ARGUMENT_REGISTERS } from '../registers.ts';
import type { Config } from '../symbols.ts';
import type { AttachContext } from './attachPoint.ts';
import type { CheckContext } from './context.ts';

/** Names hold their package, which those of C do not: a program may have functions of both. */
export const isGoFunction = ({ name }: UserSymbol) => name.includes('.');

/**
 * A name as Go prints it, as a glob for the names in its symbol table: the star of a receiver is no wildcard, and
 * `[...]` stands for any type arguments.
 */
export const goGlob = (name: string) =>
  name.replaceAll(/\(\*(?=[\p{L}_])/gu, '([*]').replaceAll('[...]', '[[]*]');

/**
 * A uretprobe puts an address of its own on the stack in place of the return address. Go walks stacks and moves
 * them, finds an address that it does not know, and the program ends.
 */
const TOLD = {
  instructions: 'go-returns',
  trampoline: 'go-trampoline',
  error: 'go-uretprobe',
} as const satisfies Record<Config['go_uretprobe'], string>;

/** Tells what became of a uretprobe at functions of Go. */
export function tellGoReturns(
  { config, reporter, node }: AttachContext,
  probe: string,
  attached: boolean,
): void {
  const { go_uretprobe: way } = config;
  const code = way === 'instructions' && !attached ? 'go-no-return' : TOLD[way];
  reporter.report(code, { probe }, node);
}

interface ReturnSite {
  offset: number;
  semaphore: number;
  cookie: number;
}

/**
 * The return instructions of functions, by their places in the file; the cookie tells how far each is from the start
 * of its function. Undefined when nobody knows yet.
 */
export function returnSites(
  { options }: AttachContext,
  path: string,
  functions: readonly UserSymbol[],
): ReturnSite[] | undefined {
  const sites = new Map<number, ReturnSite>();
  for (const { offset, size } of functions) {
    const returns = options.target.functionReturns?.(path, offset, size);
    if (!returns) return undefined;
    for (const cookie of returns)
      sites.set(offset + cookie, { offset: offset + cookie, semaphore: 0, cookie });
  }
  return [...sites.values()];
}

/**
 * Which argument is the one that nobody wrote: code for several types is told of them, before its arguments, a method
 * since Go 1.20 behind its receiver. Types had numbers before. Undefined for functions that have none.
 */
export function dictionaryIndex(name: string): number | undefined {
  if (name.endsWith(']')) return 0;
  const isMethod = /\]\)?\.(?!func\d)[^.]+$/.test(name);
  return isMethod ? (/go\.shape\.[^\],]*_\d+[\],]/.test(name) ? 0 : 1) : undefined;
}

/** Tells that arguments by number are those of C. */
export function hintGoArgument(context: CheckContext, index: number, at: Range): void {
  const { c, go } = ARGUMENT_REGISTERS[context.options.target.arch];
  const isBehind = index >= (dictionaryIndex(context.probe.name) ?? Number.POSITIVE_INFINITY);
  const register = go[index + (isBehind ? 1 : 0)];
  if (context.probe.go && register && register !== c[index])
    context.report('go-argument', { name: `arg${index}`, register, registers: go.join(', ') }, at);
}
