/** What a program takes its context, and the arguments of its function, for. Linux hands over bytes and does not ask. */
import { BTF_KIND, type TypeSource } from '../btf/index.ts';
import type { Span } from '../errors.ts';
import type { ProgramLayout, TakenArgument } from '../layout.ts';

/** Adds to each program what it believes, for the target to tell what is so. */
export const withContexts = (programs: ProgramLayout[], btf: TypeSource, source: string): ProgramLayout[] =>
  programs.map(program => {
    const takes = takenArguments(source, program);
    const context = ownContext(program, btf, source);
    return { ...program, ...(takes.length > 0 ? { takes } : {}), ...(context ? { context } : {}) };
  });

const TRACEPOINT = /^(?:tp|tracepoint)\//;

/** The struct of a tracepoint that the program brings along. Those of vmlinux.h fit, and so do those that are relocated. */
function ownContext(
  { probe, symbol }: ProgramLayout,
  btf: TypeSource,
  source: string,
): ProgramLayout['context'] {
  const { file } = btf;
  const id = TRACEPOINT.test(probe) ? file.findFunction(symbol) : undefined;
  const [first] = id === undefined ? [] : file.parameters(file.target(id));
  const pointer = file.strip(first?.type ?? 0);
  if (!first || file.kind(pointer) !== BTF_KIND.ptr) return undefined;
  const name = file.name(file.strip(file.target(pointer)));
  const body = new RegExp(`\\bstruct\\s+${name}\\s*\\{[^{}]*\\}([^;]*)`).exec(source);
  const type = btf.type(`struct ${name}`);
  if (!name || !body || /preserve_access_index/.test(source) || type?.kind !== 'struct') return undefined;
  return { name, fields: type.fields };
}

const REGISTER = /\bPT_REGS_PARM(\d)(?:_CORE|_SYSCALL|_CORE_SYSCALL)?\s*\(\s*(\w+)\s*\)/g;
/** `struct sk_buff *skb = (struct sk_buff *)` in front of a register. */
const TAKEN_AS =
  /(?:\(\s*((?:const\s+)?struct\s+\w+\s*\*+)\s*\)\s*\(?|((?:const\s+)?struct\s+\w+\s*\*+)\s*\w+\s*=\s*\(?(?:\(\s*void\s*\*\s*\)\s*)?)$/;
const ASSIGNED = /\b(\w+)\s*=\s*(?:\(\s*void\s*\*\s*\)\s*)?$/;

/** Arguments of the probed function that a program reads, from its text. */
function takenArguments(source: string, { symbol, probe }: ProgramLayout): TakenArgument[] {
  if (!/^(?:k(?:ret)?probe(?:\.\w+)?|fentry(?:\.s)?|fexit(?:\.s)?)\//.test(probe)) return [];
  const found = bodyOf(source, symbol);
  if (!found) return [];
  const { macro, parameters, from, to } = found;
  if (macro) {
    let at = parameters.start;
    return parameters.text.split(',').flatMap((text, index) => {
      const start = at + text.length - text.trimStart().length;
      at += text.length + 1;
      const type = /^\s*(.*?)\s*\w+\s*$/s.exec(text)?.[1];
      return type ? [{ index, type: plain(type), span: spanAt(source, start, text.trim().length) }] : [];
    });
  }
  const context = /(\w+)\s*$/.exec(parameters.text)?.[1];
  const body = source.slice(from, to);
  return [...body.matchAll(REGISTER)].flatMap(({ 0: whole, 1: number, 2: registers, index }) => {
    if (registers !== context) return [];
    const before = body.slice(0, index).slice(-200);
    const [, cast, declared] = TAKEN_AS.exec(before) ?? [];
    const type = cast ?? declared ?? declaredAs(body, ASSIGNED.exec(before)?.[1]);
    const span = spanAt(source, from + index, whole.length);
    return [{ index: Number(number) - 1, ...(type ? { type: plain(type) } : {}), span }];
  });
}

const declaredAs = (body: string, name: string | undefined) =>
  name && new RegExp(`((?:const\\s+)?struct\\s+\\w+\\s*\\*+)\\s*${name}\\b`).exec(body)?.[1];

/** Without qualifiers, one blank before the stars. */
export const plain = (type: string): string =>
  type
    .replace(/\b(?:const|volatile|restrict)\b/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?(\*) ?/g, '$1')
    .replace(/(\w)\*/, '$1 *')
    .trim();

interface Definition {
  /** Its parameters are those of the function: BPF_KPROBE(name, …). */
  macro: boolean;
  parameters: { text: string; start: number };
  /** The body in the source. */
  from: number;
  to: number;
}

/** The definition of a function: `name(context)`, or `BPF_KPROBE(name, parameters)`. */
function bodyOf(source: string, name: string): Definition | undefined {
  const definition = new RegExp(
    `\\b(?:(BPF_(?:KPROBE|PROG))\\s*\\(\\s*${name}\\b\\s*,?|${name}\\s*\\()([^)]*)\\)\\s*\\{`,
  );
  const match = definition.exec(source);
  if (!match) return undefined;
  const [whole, macro, text = ''] = match;
  const from = match.index + whole.length;
  const start = match.index + whole.lastIndexOf(`${text})`);
  return { macro: macro !== undefined, parameters: { text, start }, from, to: closing(source, from) };
}

/** Where the bracket that is open at `from` closes. */
function closing(source: string, from: number): number {
  let depth = 1;
  for (let at = from; at < source.length; at++) {
    if (source[at] === '{') depth++;
    else if (source[at] === '}' && --depth === 0) return at;
  }
  return source.length;
}

function spanAt(source: string, offset: number, length: number): Span {
  const before = source.slice(0, offset).split('\n');
  const [line, column] = [before.length - 1, before.at(-1)!.length];
  return { start: { line, column }, end: { line, column: column + length } };
}
