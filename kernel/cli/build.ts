/** `ebpfnb build`: a program compiled into one file, which runs on machines without clang. */
import { chmodSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { CellError, type Diagnostic, problem } from '../errors.ts';
import { scriptOptions } from '../language/index.ts';
import type { Variable } from '../protocol.ts';
import { preprocess } from '../session/compiler.ts';
import { NotebookKernel } from '../session/kernel.ts';
import { parametersOf } from '../session/parameters.ts';
import type { RunInput } from '../session/run.ts';
import { encodeTool, type Generated, TOOL_SUFFIX, type Tool } from '../tool/file.ts';
import { type Command, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { compiled, generated } from './forms.ts';
import { silent } from './listener.ts';
import { type Program, readProgram } from './program.ts';
import { expectOptions, scriptArguments } from './script.ts';
import { Output, say, terminalElevation } from './terminal.ts';
import { version } from './version.ts';

export const build: Command = {
  name: 'build',
  usage: `FILE [-o TOOL${TOOL_SUFFIX}] [-I DIR] [-- ARGS]`,
  summary: 'compile a program into a file that runs where there is no clang',
  help: `  FILE     FILE.bt or FILE.bpf.c
  -o TOOL  the file to write; FILE${TOOL_SUFFIX} without
  -I DIR   look for headers in DIR too
  -- ARGS  $1, $2, … of a bpftrace program, and options that are texts: they stay as they are

  ebpfnb trace TOOL runs it, ebpfnb trace TOOL --help lists what it can be given.`,
  async run(args) {
    const options = {
      output: { type: 'string', short: 'o' },
      include: { type: 'string', short: 'I', multiple: true, default: [] as string[] },
    } as const;
    const end = args.includes('--') ? args.indexOf('--') : args.length;
    const { values, positionals } = parseArgs({ args: args.slice(0, end), options, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('build which file?');
    const program = readProgram(undefined, file);
    const output = values.output ?? `${basename(file).replace(/\.(?:bt|bpf\.c|c)$/, '')}${TOOL_SUFFIX}`;
    const kernel = new NotebookKernel(terminalElevation, silent);
    try {
      const input = inputOf(program, values.include, args.slice(end + 1));
      const { tool, notes } = await toolOf(kernel, program, input);
      tell(notes, program);
      const out = new Output(output);
      out.writeBytes(encodeTool(tool));
      out.close();
      chmodSync(output, 0o755);
      say(`${output}: ${described(tool)}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      tell(error.diagnostics, program);
      return 1;
    } finally {
      await kernel.close();
    }
  },
};

const tell = (diagnostics: Diagnostic[], { file, source }: Program) => {
  for (const one of diagnostics) say(diagnosticText(one, { file, source, verbose: false }));
};

const described = ({ parameters, layout }: Tool): string => {
  const names = parameters.map(({ name }) => name);
  const probes = layout.programs.length === 1 ? '1 program' : `${layout.programs.length} programs`;
  return names.length > 0 ? `${probes}, parameters ${names.join(', ')}` : probes;
};

function inputOf({ source, language, directory }: Program, include: string[], rest: string[]): RunInput {
  const { positional, named } = scriptArguments(rest);
  if (language === 'bpftrace') expectOptions(source, rest);
  else if (rest.length > 0) throw new UsageError('BPF C is given its parameters when it runs');
  return {
    notebook: 'build',
    standalone: true,
    portable: true,
    // Whoever runs it says what it may do.
    unsafe: true,
    directory,
    cell: { id: 'build', language, source },
    headers: [],
    include,
    positional,
    named,
    config: {},
  };
}

/** Some options must be known before anything is compiled: of such a program all keep the values that they have. */
async function settled(kernel: NotebookKernel, { file, source }: Program, input: RunInput) {
  try {
    return { input, object: await compiled(kernel, input), notes: [] };
  } catch (error) {
    if (!(error instanceof CellError) || scriptOptions(source).length === 0) throw error;
    const fixed = { ...input, fixedOptions: true };
    const object = await compiled(kernel, fixed).catch(() => Promise.reject(error));
    const { message: reason, span } = error.diagnostics[0]!;
    return {
      input: fixed,
      object,
      notes: [problem('tool-fixed', { file: basename(file), reason }, { span })],
    };
  }
}

async function toolOf(kernel: NotebookKernel, program: Program, given: RunInput) {
  const { file, source, language } = program;
  const { target } = await kernel.holder.connect();
  const { input, object, notes } = await settled(kernel, program, given);
  const { elf, layout, warnings } = object;
  const declared = scriptOptions(source);
  // Generated C asks for facts of its run as well.
  const isOwn = ({ name }: Variable) => language === 'bpf-c' || declared.some(option => option.name === name);
  const tool: Tool = {
    name: basename(file),
    language: language === 'bpf-c' ? 'bpf-c' : 'bpftrace',
    source,
    built: { by: version, linux: target.host.linux, arch: target.arch },
    parameters: parametersOf(object, {}).filter(isOwn),
    layout,
    ...(language === 'bpftrace' ? { generated: await generatedOf(kernel, input) } : {}),
    elf,
  };
  return { tool, notes: [...notes, ...warnings] };
}

async function generatedOf(kernel: NotebookKernel, input: RunInput): Promise<Generated> {
  const { c } = await generated(kernel, input);
  const preamble = (await preprocess(input))?.items;
  const { positional = [], named = {}, config = {}, fixedOptions } = input;
  return {
    c,
    positional,
    named,
    config,
    ...(fixedOptions ? { fixedOptions } : {}),
    ...(preamble ? { preamble: [...preamble] } : {}),
  };
}
