/** `ebpfnb trace`: one program at a terminal, with bpftrace's flags and output. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { problem } from '../errors.ts';
import { type Command, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { type Flags, HELP, parseFlags } from './flags.ts';
import { formatProgram } from './format.ts';
import { infoText } from './info.ts';
import { inputOf, livePid } from './input.ts';
import { functionsIn, listMatching, listProgram } from './list.ts';
import { modeOf } from './mode.ts';
import { type Program, readProgram } from './program.ts';
import { scriptHelp } from './script.ts';
import { Output, say } from './terminal.ts';
import { type ToolWords, toolHelp, toolWords } from './tool.ts';
import { Tracer } from './tracer.ts';
import { versionText } from './version.ts';

export const trace: Command = {
  name: 'trace',
  usage: '[flags] (FILE | -e PROG) [ARGS] [-- ARGS]',
  summary: 'run one program in this terminal',
  help: HELP,
  helpOf(args) {
    const words = toolWords(args);
    return words && toolHelp(words);
  },
  async run(args) {
    const words = toolWords(args);
    if (words) return runTool(words);
    const { values: flags, positionals } = parseFlags(args);
    if (flags.version) return print(versionText());
    if (flags.info) return print(await infoText());
    if (flags.list) return list(flags, positionals);
    const file = flags.execute === undefined ? positionals.shift() : undefined;
    const program = readProgram(flags.execute, file);
    if (positionals.includes('--help')) {
      say(diagnosticText(scriptHelp(program), { phases: false }));
      return 1;
    }
    const mode = modeOf(flags);
    if (mode === 'format') return formatProgram(program, flags.output);
    const compileOnly = mode === 'codegen' || flags['emit-elf'] !== undefined;
    return new Tracer(program, flags, inputOf(program, flags, mode, positionals)).run(compileOnly);
  },
};

/** Flags that ask for something on the way from a source to an object. */
const OF_SOURCES = ['mode', 'test', 'bench', 'fmt', 'debug', 'emit-elf', 'emit-llvm'] as const;

/** What was compiled before is run, and nothing else can be done with it. */
async function runTool({ tool, file, given, rest }: ToolWords): Promise<number> {
  const { values: flags, positionals } = parseFlags(rest);
  const [, unexpected] = positionals;
  if (unexpected !== undefined) throw new UsageError(`unexpected argument: ${unexpected}`);
  if (flags.list) return print(tool.layout.programs.map(({ probe }) => `${probe}\n`).join(''));
  const asked = OF_SOURCES.find(name => [flags[name] ?? false].flat().some(Boolean));
  if (asked) throw new UsageError(`--${asked} is for programs as source; ${file} is a compiled one`);
  const { source, language, generated } = tool;
  const program: Program = { file, source, language, directory: dirname(resolve(file)) };
  const input = inputOf(program, flags, 'run', []);
  const { positional = [], named = {}, config = {}, fixedOptions = false } = generated ?? {};
  const params = { ...input.params, ...given };
  return new Tracer(program, flags, {
    ...input,
    tool,
    portable: true,
    fixedOptions,
    positional,
    named,
    config,
    params,
  }).run(false);
}

/** What matches a pattern, or the probes of a program: a file that exists is one. */
async function list(flags: Flags, positionals: string[]): Promise<number> {
  const options = {
    verbose: flags.verbose,
    ...(flags.pid === undefined ? {} : { pid: livePid(flags.pid) }),
    ...(flags['traceable-functions'] === undefined
      ? {}
      : { functions: functionsIn(flags['traceable-functions']) }),
  };
  const [first = '*', ...rest] = positionals;
  if (flags.execute !== undefined)
    return listProgram(readProgram(flags.execute, undefined), positionals, options);
  if (rest.length > 0) throw new UsageError('-l takes one pattern or one program');
  if (existsSync(first)) return listProgram(readProgram(undefined, first), [], options);
  const warnings = !flags['no-warnings'];
  if (warnings && /^[^:*]*\.[^:*]*$/.test(first))
    say(diagnosticText(problem('pattern-like-file', { pattern: first }), { phases: false }));
  await listMatching(first, options, { warnings });
  return 0;
}

function print(text: string): number {
  const output = new Output();
  output.write(text);
  output.close();
  return 0;
}
