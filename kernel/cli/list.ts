/** `ebpfnb list`: the probes this host offers. */
import { parseArgs } from 'node:util';
import { NotebookKernel } from '../session/kernel.ts';
import { namesTypes } from '../session/types.ts';
import type { Command } from './command.ts';
import { silent } from './listener.ts';
import { Output, terminalElevation } from './terminal.ts';

const NOTHING_FOUND = 1;

export const list: Command = {
  name: 'list',
  usage: '[-v] [PATTERN]',
  summary: 'list probes or types, with -v what they hold',
  help: `  -v  print the arguments of each probe and their types

A pattern with * ? or [ is matched against whole names. Any other is a name or a part of names.

examples
  ebpfnb list openat
  ebpfnb list -v 'tracepoint:syscalls:sys_enter_openat'
  ebpfnb list -v 'struct file, enum pid_type'`,
  async run(args) {
    const options = { verbose: { type: 'boolean', short: 'v', default: false } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return listMatching(positionals[0] ?? '*', values.verbose);
  },
};

/** Prints what matches; status 1 when nothing does. Throws CellError when the loader cannot start. */
export async function listMatching(pattern: string, verbose: boolean): Promise<number> {
  const kernel = new NotebookKernel(terminalElevation, silent);
  try {
    const output = new Output();
    if (namesTypes(pattern)) {
      const types = await kernel.listTypes(pattern, verbose);
      for (const type of types) output.write(`vmlinux: ${type}\n`);
      output.close();
      return types.length > 0 ? 0 : NOTHING_FOUND;
    }
    const probes = await kernel.listProbes(pattern, verbose);
    for (const { name, args = [] } of probes) {
      output.write([name, ...args.map(({ type, name }) => `    ${type} ${name}`), ''].join('\n'));
    }
    output.close();
    return probes.length > 0 ? 0 : NOTHING_FOUND;
  } finally {
    await kernel.close();
  }
}
