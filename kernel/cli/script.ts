/** What a bpftrace program is given behind its name: words for $1, $2, …, and `--name=value` for getopt("name"). */
import { scriptOptions } from '../language/index.ts';
import { CommandError } from './command.ts';
import type { Program } from './program.ts';

export interface ScriptArguments {
  positional: string[];
  /** '' for a flag. */
  named: Record<string, string>;
}

export function scriptArguments(words: string[]): ScriptArguments {
  const isOption = (text: string) => /^--\w/.test(text);
  return {
    positional: words.filter(text => !isOption(text)),
    named: Object.fromEntries(words.filter(isOption).map(optionOf)),
  };
}

/** `--name=value`, or `--name` for a flag. */
function optionOf(text: string): [name: string, value: string] {
  const [, name = '', value = ''] = /^--([^=]*)=?(.*)$/s.exec(text) ?? [];
  return [name, value];
}

/** Throws CommandError for named parameters that the program does not ask for. */
export function expectOptions(source: string, given: string[]): void {
  const known = scriptOptions(source).map(({ name }) => name);
  const unexpected = given.filter(name => !known.includes(name));
  if (unexpected.length === 0) return;
  const list = (names: string[]) => names.map(name => `--${name}`).join(', ');
  throw new CommandError('unexpected-options', {
    names: list(unexpected),
    expected: known.length > 0 ? `expected program options: ${list(known)}` : 'the program takes no options',
  });
}

/** What `-- --help` shows: the options that a program declares. */
export function scriptHelp({ file, source }: Program): string {
  const rows = scriptOptions(source).map(({ name, default: value, description }) => {
    const option = `--${name}${value === undefined ? '' : `=${value}`}`;
    return `  ${option.padEnd(24)}${description ? ` ${description}` : ''}`.trimEnd();
  });
  return rows.length > 0 ? `OPTIONS of ${file}:\n${rows.join('\n')}\n` : `${file} takes no options\n`;
}
