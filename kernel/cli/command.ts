/** What a command of `ebpfnb` is. */
export interface Command {
  name: string;
  /** After `ebpfnb NAME`. */
  usage: string;
  /** One line. */
  summary: string;
  /** Flags and examples. */
  help: string;
  /** Gives the exit status. */
  run(args: string[]): Promise<number>;
}

/** The command line makes no sense: the message and the usage are shown. */
export class UsageError extends Error {}

/** What was asked for cannot be: the message is shown, and what to do, but not the usage. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
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

/** Throws UsageError unless `value` is one of `allowed`. */
export function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find(name => name === value);
  if (!found) throw new UsageError(`${flag} takes ${allowed.join(' or ')}, not ${value}`);
  return found;
}
