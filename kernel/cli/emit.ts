/** `ebpfnb emit`: what a program becomes on its way to Linux. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findClang } from '../compile/index.ts';
import { CellError, problem } from '../errors.ts';
import { parseOptions } from '../notebook/index.ts';
import { compileCell } from '../session/compiler.ts';
import { NotebookKernel } from '../session/kernel.ts';
import type { RunInput } from '../session/run.ts';
import { type Command, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { silent } from './listener.ts';
import { readProgram } from './program.ts';
import { Output, say, terminalElevation } from './terminal.ts';

type Form = (kernel: NotebookKernel, input: RunInput) => Promise<string | Uint8Array>;

const FORMS: Record<string, Form> = {
  async c(kernel, input) {
    const { c, diagnostics } = await kernel.emitC(input);
    if (c === undefined) throw new CellError(diagnostics);
    return c;
  },
  object: compile,
  asm: async (kernel, input) => disassemble(await compile(kernel, input)),
};

export const emit: Command = {
  name: 'emit',
  usage: '(c | asm | object) (-e PROG | FILE) [-o OUT]',
  summary: 'show the C, the BPF instructions or the object of a program',
  help: `  -e PROG  the program; else FILE.bt or FILE.bpf.c
  -o OUT   write to OUT instead of standard output
  -I DIR   look for headers in DIR too`,
  async run(args) {
    const options = {
      execute: { type: 'string', short: 'e' },
      output: { type: 'string', short: 'o' },
      include: { type: 'string', short: 'I', multiple: true, default: [] as string[] },
    } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [form = '', file] = positionals;
    if (!Object.hasOwn(FORMS, form)) throw new UsageError(`emit what? ${Object.keys(FORMS).join(', ')}`);
    const { file: name, source, language, directory } = readProgram(values.execute, file);
    const cell = { id: 'emit', language, source };
    const kernel = new NotebookKernel(terminalElevation, silent);
    try {
      const result = await FORMS[form]!(kernel, {
        notebook: 'emit',
        directory,
        cell,
        headers: [],
        include: values.include,
      });
      const output = new Output(values.output);
      output.writeBytes(typeof result === 'string' ? Buffer.from(result) : result);
      output.close();
      return 0;
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      for (const one of error.diagnostics) say(diagnosticText(one, { file: name, source, verbose: false }));
      return 1;
    } finally {
      await kernel.close();
    }
  },
};

async function compile(kernel: NotebookKernel, input: RunInput): Promise<Uint8Array> {
  const { options } = parseOptions(input.cell.language, input.cell.source);
  const { elf } = await compileCell(await kernel.holder.connect(), input, options, {
    hasChild: options.workload !== undefined,
    step: async (_, work) => work(),
  });
  return elf;
}

/** llvm-objdump comes with clang and has its version. */
function disassemble(elf: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'ebpfnb-'));
  try {
    const file = join(folder, 'program.o');
    writeFileSync(file, elf);
    const clang = findClang();
    const version = /-\d+$/.exec(clang)?.[0] ?? '';
    const beside = clang.includes('/')
      ? join(dirname(clang), `llvm-objdump${version}`)
      : `llvm-objdump${version}`;
    for (const program of [beside, 'llvm-objdump']) {
      const { status, stdout } = spawnSync(program, ['-d', '-S', '--no-show-raw-insn', file], {
        encoding: 'utf8',
      });
      if (status === 0) return stdout;
    }
    throw new CellError([problem('no-objdump', { program: beside })]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
