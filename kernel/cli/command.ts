import { CellError, type ErrorCode, problem } from '../errors.ts';

/** What a command of `ebpfnb` is. */
export interface Command {
  name: string;
  /** After `ebpfnb NAME`. */
  usage: string;
  /** One line. */
  summary: string;
  /** Flags and examples. */
  help: string;
  /** What `--help` shows where the words in front of it name something that has a help of its own. */
  helpOf?(args: string[]): string | undefined;
  /** Gives the exit status. */
  run(args: string[]): Promise<number>;
}

/** What was asked for on the command line cannot be: a row of the table of errors, which belongs to no phase. */
export class CommandError extends CellError {
  constructor(code: ErrorCode, values: Record<string, string | number> = {}) {
    super([problem(code, values)]);
  }
}

/** The command line makes no sense: its usage is shown, too. */
export class UsageError extends CommandError {
  constructor(reason: string) {
    super('bad-arguments', { reason });
  }
}

/** `text` as `name=value`. Throws UsageError. */
export function parseAssignments(texts: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new UsageError(`expected NAME=VALUE, not ${text}`);
    values[text.slice(0, equals)] = text.slice(equals + 1);
  }
  return values;
}

/** Throws CommandError unless `value` is one of `allowed`. */
export function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find(name => name === value);
  if (found) return found;
  const names = allowed.map(name => `'${name}'`);
  throw new CommandError('flag-value', {
    flag,
    allowed: `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
    given: value,
  });
}
