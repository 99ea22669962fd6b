/** `ebpfnb emit`: what a program becomes on its way to Linux. */
import { parseArgs } from 'node:util';
import { CellError } from '../errors.ts';
import { NotebookKernel } from '../session/kernel.ts';
import type { RunInput } from '../session/run.ts';
import { type Command, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { assembly, c, llvm, object } from './forms.ts';
import { silent } from './listener.ts';
import { readProgram } from './program.ts';
import { Output, say, terminalElevation } from './terminal.ts';

type Form = (kernel: NotebookKernel, input: RunInput) => Promise<string | Uint8Array>;

const FORMS: Record<string, Form> = { c, llvm: llvm(true), asm: assembly, object };

export const emit: Command = {
  name: 'emit',
  usage: '(c | llvm | asm | object) (-e PROG | FILE) [-o OUT]',
  summary: 'show the C, the LLVM IR, the BPF instructions or the object of a program',
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
