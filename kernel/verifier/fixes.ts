/** Changes of the source that mend what the verifier refused, where they are mechanical. */
import type { Fix, Span } from '../errors.ts';

export type Change = Fix;

interface About {
  source?: string;
  variable?: string;
  originLine?: number;
}

const at = (line: number): Span => ({ start: { line, column: 0 }, end: { line, column: 0 } });

/** A check behind the statement that gives the variable its value. */
export function checkForNull({ source, variable, originLine }: About): Change | undefined {
  if (source === undefined || variable === undefined || originLine === undefined) return undefined;
  const lines = source.split('\n');
  // The statement may go on for a few lines; where a block opens, a place for the check cannot be told.
  const end = lines.findIndex((line, number) => number >= originLine && /[;{]\s*(?:\/[/*].*)?$/.test(line));
  if (end < 0 || !/;/.test(lines[end]!)) return undefined;
  const indent = /^\s*/.exec(lines[originLine]!)![0];
  // The body of an `if` or a loop without braces is one statement.
  const before = lines.slice(0, originLine).findLast(line => line.trim() !== '') ?? '';
  if (/\)\s*$|\belse\s*$/.test(before)) return undefined;
  const step = indent.includes('\t') ? '\t' : '    ';
  return {
    title: `Check ${variable} for NULL`,
    edits: [{ span: at(end + 1), text: `${indent}if (!${variable})\n${indent}${step}return 0;\n` }],
  };
}

/** A license behind the last `#include`. */
export function addLicense({ source }: About): Change | undefined {
  if (source === undefined || /SEC\("license"\)/.test(source)) return undefined;
  const last = source.split('\n').findLastIndex(line => /^\s*#\s*include\b/.test(line));
  return {
    title: 'Add a GPL license',
    edits: [{ span: at(last + 1), text: `${last < 0 ? '' : '\n'}char LICENSE[] SEC("license") = "GPL";\n` }],
  };
}
