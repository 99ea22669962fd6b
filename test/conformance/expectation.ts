/** Whether an output is what a case expects. */
import { isDeepStrictEqual } from 'node:util';
import type { Expectation } from './case.ts';

type Check = (output: string, text: string) => boolean;

const CHECKS: Record<Expectation['mode'], Check> = {
  text: hasLines,
  regex: (output, text) => pattern(text).test(output),
  text_none: (output, text) => !hasLines(output, text),
  regex_none: (output, text) => !pattern(text).test(output),
  file: (output, text) => output.trim() === atEpoch(text).trim(),
  json: (output, text) => {
    const [shown, expected] = [values(output), values(text)];
    return expected !== undefined && isDeepStrictEqual(shown, expected);
  },
};

export const meets = (output: string, { mode, text }: Expectation): boolean => CHECKS[mode](output, text);

/** For a person: what was expected. */
export const told = ({ mode, text }: Expectation): string => `expected ${mode}: ${text}`;

/** Whole lines, in this order and with none between; blanks at their ends do not count. */
function hasLines(output: string, text: string): boolean {
  const trimmed = (some: string) => some.split('\n').map(line => line.trim());
  return `\n${trimmed(output).join('\n')}\n`.includes(`\n${trimmed(text).join('\n').trim()}\n`);
}

/** Python's inline flag for "a dot is any character" is a flag outside the pattern here. */
function pattern(text: string): RegExp {
  const [, flags = '', rest = text] = /^\(\?([ims]+)\)(.*)$/s.exec(text) ?? [];
  return new RegExp(rest, `m${flags.replace('m', '')}`);
}

/** Time series of cases begin at the epoch: `%H` is its hour here. */
const atEpoch = (text: string) => text.replaceAll('%H', String(new Date(0).getHours()).padStart(2, '0'));

/** One JSON text, or one a line. Undefined when it is neither. */
function values(text: string): unknown[] | undefined {
  try {
    return [JSON.parse(text)];
  } catch {
    // One a line, then.
  }
  try {
    return text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as unknown);
  } catch {
    return undefined;
  }
}
