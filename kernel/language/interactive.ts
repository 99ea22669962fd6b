/**
 * What a text typed at a prompt means: a program, a statement to be run at once, or the beginning of either. Told by
 * the parser itself.
 */
import { Reporter, Source } from './diagnostics.ts';
import type { BlockNode, Expression } from './nodes.ts';
import { parseProgram } from './parser/program.ts';
import { pastedCommand } from './paste.ts';
import { findFunction } from './tables/functions.ts';

export interface Reading {
  /** A statement becomes a program that runs it, and prints the value that it ends with. */
  kind: 'program' | 'statement' | 'unfinished';
  /** The program that is meant, out of a shell command if it stood in one; broken off where it is unfinished. */
  source: string;
}

/** Statements begin with none of these: what a program may hold, and `provider:`. */
const PROGRAM =
  /^(?:#|(?:struct|union|enum|typedef|import|macro|fn)\b|config\s*=|let\s+@|[\w*?.[\]-]+:|(?:begin|end)\b\s*(?:[{,/]|$))/i;

/** Blanks and comments, cell options among them. */
const HEAD = /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;

/** Takes the text of all lines typed so far. */
export function readInteractive(typed: string): Reading {
  const source = pastedCommand(typed)?.cell ?? typed;
  const head = HEAD.exec(source)![0];
  const text = source.slice(head.length).trimEnd();
  // Options alone are the head of something.
  if (text === '') return { kind: 'unfinished', source };
  return PROGRAM.test(text) ? readProgram(source) : readStatement(head, text);
}

/** Programs that begin like what is typed so far, for completion: a word alone may begin a program or a statement. */
export function beginnings(typed: string): string[] {
  const text = typed.slice(HEAD.exec(typed)![0].length);
  if (PROGRAM.test(text)) return [typed];
  return /^\w*$/.test(text) ? [typed, OPEN + typed] : [OPEN + typed];
}

function readProgram(source: string): Reading {
  const { tree, reporter } = parse(source);
  const whole = reporter.failed ? !reporter.unfinished : tree.probes.length > 0;
  return { kind: whole ? 'program' : 'unfinished', source };
}

const OPEN = 'begin { ';

function readStatement(head: string, text: string): Reading {
  // A comment at its end must not swallow the brace.
  const close = text.includes('//') ? '\n}' : ' }';
  const plain = OPEN + text + close;
  const { tree, reporter } = parse(plain);
  if (reporter.failed && parse(OPEN + text).reporter.unfinished)
    return { kind: 'unfinished', source: head + plain };
  const value = reporter.failed ? undefined : resultOf(tree.probes[0]!.body);
  if (!value) return { kind: 'statement', source: head + plain };
  const printed = `${plain.slice(0, value.start)}print(${plain.slice(value.start, value.end)});`;
  return { kind: 'statement', source: head + printed + plain.slice(value.end) };
}

/** The expression that ends a block, where it is there for its value and not for what it does. */
function resultOf({ value }: BlockNode): Expression | undefined {
  if (!value || DOING.has(value.kind)) return undefined;
  if (value.kind === 'unary' && (value.operator === '++' || value.operator === '--')) return undefined;
  if (value.kind === 'call' && findFunction(value.name)?.effect) return undefined;
  return value;
}

const DOING = new Set<Expression['kind']>(['block', 'if-expression', 'missing']);

function parse(text: string) {
  const reporter = new Reporter(new Source(text));
  return { tree: parseProgram(reporter), reporter };
}
