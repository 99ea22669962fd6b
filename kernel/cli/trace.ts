/** `ebpfnb trace`: one program at a terminal, with bpftrace's flags and output. */
import { existsSync } from 'node:fs';
import { problem } from '../errors.ts';
import { type Command, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { type Flags, HELP, parseFlags } from './flags.ts';
import { formatProgram } from './format.ts';
import { infoText } from './info.ts';
import { inputOf, livePid } from './input.ts';
import { functionsIn, listMatching, listProgram } from './list.ts';
import { modeOf } from './mode.ts';
import { readProgram } from './program.ts';
import { scriptHelp } from './script.ts';
import { Output, say } from './terminal.ts';
import { Tracer } from './tracer.ts';
import { versionText } from './version.ts';

export const trace: Command = {
  name: 'trace',
  usage: '[flags] (FILE | -e PROG) [ARGS] [-- ARGS]',
  summary: 'run one program in this terminal',
  help: HELP,
  async run(args) {
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
  await listMatching(first, options, warnings);
  return 0;
}

function print(text: string): number {
  const output = new Output();
  output.write(text);
  output.close();
  return 0;
}
