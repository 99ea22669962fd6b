/** Running a tool: the words behind its name that are its own, and what it says of itself. */
import { parseArgs } from 'node:util';
import type { Variable } from '../protocol.ts';
import { decodeTool, isTool, type Tool } from '../tool/file.ts';
import { CommandError } from './command.ts';
import { FLAGS } from './flags.ts';
import { readIfThere } from './program.ts';

export interface ToolWords {
  tool: Tool;
  /** As the user calls it. */
  file: string;
  /** The parameters, by their names. */
  given: Record<string, string>;
  /** What is left for `trace` itself, the file among it. */
  rest: string[];
}

/** The tool that the words of `trace` name, if they name one. Throws CellError for one that cannot be read. */
export function toolWords(args: string[]): ToolWords | undefined {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const { tokens } = parseArgs({
    args: args.slice(0, end),
    options: FLAGS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const found = tokens.find(token => token.kind === 'positional');
  const flags = tokens.flatMap(token => (token.kind === 'option' ? [token.name] : []));
  if (found?.kind !== 'positional' || flags.includes('execute')) return undefined;
  const bytes = readIfThere(found.value);
  if (!bytes || !isTool(bytes)) return undefined;
  const tool = decodeTool(bytes, found.value);
  const behind = found.index + 1;
  const { given, rest } = ownWords(tool.parameters, [...args.slice(behind, end), ...args.slice(end + 1)]);
  return { tool, file: found.value, given, rest: [...args.slice(0, behind), ...rest] };
}

/** Answered before anything is run. */
const HELP_FLAGS = ['--help', '-h'];

/** A shell's way to write a name of C. */
const flagOf = ({ name }: Variable) => `--${name.replaceAll('_', '-')}`;
const sameName = (a: string, b: string) => a.replaceAll('-', '_') === b.replaceAll('-', '_');

/** `--name value`, `--name=value`, and a bare `--name` of what is true or false. */
function ownWords(parameters: Variable[], words: string[]) {
  const given: Record<string, string> = {};
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const [, written, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const parameter =
      written &&
      parameters.find(({ name, aliases = [] }) => [name, ...aliases].some(one => sameName(one, written)));
    if (HELP_FLAGS.includes(word)) continue;
    if (!parameter && written && !Object.hasOwn(FLAGS, written))
      throw new CommandError('unexpected-options', { names: `--${written}`, expected: expected(parameters) });
    if (!parameter) rest.push(word);
    else if (value !== undefined) given[parameter.name] = value;
    else if (isTruth(parameter)) given[parameter.name] = 'true';
    else if (words[i + 1] === undefined)
      throw new CommandError('option-value', { name: written, wrong: 'expects a value', given: '' });
    else given[parameter.name] = words[++i]!;
  }
  return { given, rest };
}

const expected = (parameters: Variable[]) =>
  parameters.length > 0
    ? `expected program options: ${parameters.map(flagOf).join(', ')}`
    : 'no custom program options defined.';

const isTruth = ({ type }: Variable) => /^_?bool$/i.test(type);

/** What `--help` behind a tool tells. */
export function toolHelp({ tool, file }: ToolWords): string {
  const { name, built, parameters, layout } = tool;
  const rows = parameters.map(parameter => {
    const flag = `${flagOf(parameter)}${isTruth(parameter) ? '' : ' VALUE'}`;
    const about = parameter.about ? `${parameter.about}; ` : '';
    return `  ${flag.padEnd(28)} ${about}${parameter.type}; ${String(parameter.value)} unless given\n`;
  });
  const probes = [...new Set(layout.programs.map(({ probe }) => `  ${probe}\n`))];
  return `${name}, built by ebpfnb ${built.by} on Linux ${built.linux} (${built.arch})

USAGE:
  ebpfnb trace ${file} [PARAMETERS] [FLAGS]

PARAMETERS:
${rows.join('') || '  none\n'}
PROBES:
${probes.join('')}
"ebpfnb trace --help" tells the flags.
`;
}
