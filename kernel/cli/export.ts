/** `ebpfnb export`: a notebook in a form for others to read. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { byteSize } from '../notebook/index.ts';
import type { ExportFormat } from '../protocol.ts';
import { type Command, CommandError, oneOf, UsageError } from './command.ts';
import { readNotebook } from './notebook.ts';
import { Output, say } from './terminal.ts';

const FORMATS: readonly ExportFormat[] = ['html', 'ipynb', 'md'];
const STDOUT = '-';

export const exportCommand: Command = {
  name: 'export',
  usage: 'NB.ebpfnb --to html|ipynb|md [-o OUT]',
  summary: 'make a page, a Jupyter notebook or Markdown of a notebook and its outputs',
  help: `  --to html   one page that needs nothing else: charts and tables work, nothing is fetched
  --to ipynb  a notebook that Jupyter and nbconvert read
  --to md     Markdown, with what cells said as text
  -o OUT      write to OUT, "-" being standard output; else beside the notebook, under its name

Outputs are those that the notebook was saved with: "ebpfnb run NB.ebpfnb --output NB.ebpfnb" brings them up to
date. Nothing is run.`,
  async run(args) {
    const options = { to: { type: 'string' }, output: { type: 'string', short: 'o' } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [file, ...rest] = positionals;
    if (file === undefined || rest.length > 0) throw new UsageError('give one notebook');
    if (values.to === undefined) throw new UsageError(`--to what? ${FORMATS.join(', ')}`);
    const format = oneOf('--to', values.to, FORMATS);
    const notebook = readNotebook(file);
    const directory = dirname(resolve(file));
    const name = basename(file, extname(file));
    const target = values.output ?? resolve(directory, `${name}.${format}`);
    if (target !== STDOUT && isSame(target, file)) throw new CommandError('export-onto-itself', { file });
    const { exportNotebook } = await import('../export/index.ts');
    write(target, exportNotebook(notebook, format, { name, directory }));
    return 0;
  },
};

const isSame = (one: string, other: string) => existsSync(one) && realpathSync(one) === realpathSync(other);

function write(target: string, text: string): void {
  const output = open(target);
  const bytes = Buffer.from(text);
  output.writeBytes(bytes);
  output.close();
  if (target !== STDOUT) say(`${target} (${byteSize(bytes.length)})\n`);
}

function open(target: string): Output {
  if (target === STDOUT) return new Output();
  try {
    return new Output(target);
  } catch (error) {
    throw new CommandError('output-file', { file: target, reason: (error as Error).message });
  }
}
