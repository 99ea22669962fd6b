/** What a bpftrace program is given behind its name: words for $1, $2, …, and `--name=value` for getopt("name"). */
import { type Diagnostic, problem } from '../errors.ts';
import { type ScriptOption, scriptOptions } from '../language/index.ts';
import { CommandError } from './command.ts';
import type { Program } from './program.ts';

export interface ScriptArguments {
  positional: string[];
  /** '' for a flag. */
  named: Record<string, string>;
}

const isOption = (text: string) => /^--\w/.test(text);

export function scriptArguments(words: string[]): ScriptArguments {
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

/** Throws CommandError for named parameters that the program does not ask for, and for values it cannot take. */
export function expectOptions(source: string, words: string[]): void {
  const known = scriptOptions(source);
  const given = words.filter(isOption).map(optionOf);
  const names = given.map(([name]) => name).filter(name => !known.some(option => option.name === name));
  if (names.length > 0) {
    const list = (names: string[]) => names.map(name => `--${name}`).join(', ');
    throw new CommandError('unexpected-options', {
      names: list(names),
      expected:
        known.length > 0
          ? `expected program options: ${list(known.map(({ name }) => name))}`
          : 'no custom program options defined.',
    });
  }
  for (const [name, value] of given) {
    const bare = words.includes(`--${name}`);
    const wrong = wrongValue(known.find(option => option.name === name)!, bare, value);
    if (wrong) throw new CommandError('option-value', { name, wrong, given: bare ? 'true' : value });
  }
}

const BOOLEANS = ['1', 'true', 'on', 'yes', '0', 'false', 'off', 'no'];

/** Why an option cannot have a value; `bare`: it was given none. */
function wrongValue(
  { default: otherwise = 'true' }: ScriptOption,
  bare: boolean,
  value: string,
): string | undefined {
  if (/^(true|false)$/.test(otherwise))
    return bare || BOOLEANS.includes(value.toLowerCase()) ? undefined : "expects a boolean (e.g. 'true')";
  if (otherwise.startsWith('"')) return bare ? 'expects a string' : undefined;
  if (bare) return 'expects an integer';
  if (/^[-+]?(0[xX][\da-fA-F]+|0[bB][01]+|[\d_]+(e\d+)?(ns|us|ms|s|m|h|d|u?l?l?)?)$/.test(value))
    return undefined;
  return /^[-+]?\d/.test(value) ? 'invalid trailing bytes' : 'invalid integer';
}

/** What `-- --help` shows: the options that a program declares. */
export function scriptHelp({ source }: Program): Diagnostic {
  const options = scriptOptions(source).map(
    ({ name, description }) => `--${name}${description ? `: ${description}` : ''}`,
  );
  if (options.length === 0) return problem('no-program-options');
  return problem('program-options', { options: options.join('\n') });
}
