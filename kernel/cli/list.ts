/** `ebpfnb list`: the probes this host offers, or those of a program. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CellError, problem } from '../errors.ts';
import { attachPoints } from '../language/index.ts';
import type { ProbeInfo } from '../protocol.ts';
import { NotebookKernel } from '../session/kernel.ts';
import { functionModules } from '../session/kernelFunctions.ts';
import type { ListOptions } from '../session/probeKinds.ts';
import { namesTypes } from '../session/types.ts';
import { type Command, oneOf } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { compiled } from './forms.ts';
import { silent } from './listener.ts';
import type { Program } from './program.ts';
import { Output, say, terminalElevation } from './terminal.ts';

const NOTHING_FOUND = 1;

export const list: Command = {
  name: 'list',
  usage: '[-v] [-f text|json] [PATTERN]',
  summary: 'list probes or types, with -v what they hold',
  help: `  -v            print the arguments of each probe and their types
  -f text|json  json prints one line for each probe or type: {"type": "probe", "data": {"name": …, "args": […]}}

A pattern with * ? or [ is matched against whole names. Any other is a name or a part of names.

examples
  ebpfnb list openat
  ebpfnb list -v 'tracepoint:syscalls:sys_enter_openat'
  ebpfnb list 'uprobe:bash:*readline*'
  ebpfnb list -v 'struct file, enum pid_type'`,
  async run(args) {
    const options = {
      verbose: { type: 'boolean', short: 'v', default: false },
      format: { type: 'string', short: 'f', default: 'text' },
    } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const { verbose } = values;
    const format = FORMATS[oneOf('-f', values.format, ['text', 'json'])];
    const found = await listMatching(positionals[0] ?? '*', { verbose }, { format });
    return found > 0 ? 0 : NOTHING_FOUND;
  },
};

/** How what is found becomes lines. */
interface Format {
  probe(probe: ProbeInfo): string[];
  type(text: string): string;
}

const FORMATS = {
  text: {
    probe: ({ name, args = [] }) => [name, ...args.map(arg => `    ${declaration(arg)}`)],
    type: text => text,
  },
  json: {
    probe: probe => [JSON.stringify({ type: 'probe', data: probe })],
    type: text => JSON.stringify({ type: 'type', data: text }),
  },
} satisfies Record<string, Format>;

/** Prints what matches, and tells how many that were. Throws CellError when the loader cannot start. */
export const listMatching = (
  pattern: string,
  options: ListOptions,
  { format = FORMATS.text, warnings = true }: { format?: Format; warnings?: boolean } = {},
): Promise<number> =>
  withKernel(async kernel => {
    if (namesTypes(pattern)) {
      const types = await kernel.listTypes(pattern, options.verbose);
      write(types.map(format.type));
      return types.length;
    }
    const probes = await kernel.listProbes(pattern, options);
    write(probes.flatMap(format.probe));
    if (!warnings) return probes.length;
    for (const note of await kernel.probeNotes(pattern, probes)) say(diagnosticText(note, { phases: false }));
    return probes.length;
  });

/** Neither listed by name nor attached to anything. */
const SPECIAL = /^(begin|end|self:.*|test:.*|bench:.*)$/i;

/** Prints the probes of a program; `begin` and its like are none of the host's. Gives the exit status. */
export const listProgram = (program: Program, positional: string[], options: ListOptions): Promise<number> =>
  withKernel(async kernel => {
    const { file, source } = program;
    try {
      const list = program.language === 'bpf-c' ? sections : points;
      write(await list(kernel, program, positional, options));
      return 0;
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      for (const one of error.diagnostics) say(diagnosticText(one, { file, source }));
      return 1;
    }
  });

type Lister = (
  kernel: NotebookKernel,
  program: Program,
  positional: string[],
  options: ListOptions,
) => Promise<string[]>;

const points: Lister = async (kernel, { source }, positional, options) => {
  const { points, diagnostics } = attachPoints(source, positional);
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new CellError(diagnostics);
  const found: ProbeInfo[] = [];
  for (const point of points.filter(point => !SPECIAL.test(point)))
    found.push(...(await kernel.listProbes(point, { ...options, exactly: true })));
  return found.flatMap(FORMATS.text.probe);
};

const sections: Lister = async (kernel, { source, language, directory }) => {
  const cell = { id: 'list', language, source };
  const { layout } = await compiled(kernel, { notebook: 'list', directory, cell, headers: [] });
  return layout.programs.map(({ probe }) => probe);
};

/** The functions of a file like available_filter_functions. Throws CellError. */
export function functionsIn(file: string): Map<string, string[]> {
  try {
    return functionModules(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CellError([problem('unreadable-file', { file, reason: (error as Error).message })]);
  }
}

async function withKernel<T>(work: (kernel: NotebookKernel) => Promise<T>): Promise<T> {
  const kernel = new NotebookKernel(terminalElevation, silent);
  try {
    return await work(kernel);
  } finally {
    await kernel.close();
  }
}

/** In C the length of an array stands behind the name. */
function declaration({ name, type }: { name: string; type: string }): string {
  const [, element, length] = /^(.*?)(\[.+\])$/.exec(type) ?? [];
  return element === undefined ? `${type} ${name}` : `${element} ${name}${length}`;
}

function write(lines: string[]): void {
  const output = new Output(undefined, 'full');
  for (const line of lines) output.write(`${line}\n`);
  output.close();
}
