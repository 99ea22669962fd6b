/** `ebpfnb explain`: why the verifier refused a program, from a log that somebody saved or by loading the program. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readObject } from '../compile/layout.ts';
import { CellError, type Diagnostic } from '../errors.ts';
import type { CellLayout } from '../layout.ts';
import type { CellLanguage } from '../protocol.ts';
import { NotebookKernel } from '../session/kernel.ts';
import { CELL_FILE } from '../session/remedies.ts';
import { tryToLoad } from '../session/trialLoad.ts';
import { diagnosisOf } from '../session/verifier.ts';
import { decodeTool, isTool } from '../tool/file.ts';
import { type Diagnosis, diagnoseVerifier, diagnosisText, parseVerifierLog } from '../verifier/index.ts';
import { type Command, CommandError, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { compiled } from './forms.ts';
import { silent } from './listener.ts';
import { readBytes, readProgram } from './program.ts';
import { Output, say, terminalElevation } from './terminal.ts';

const ELF = Buffer.from('\x7fELF');
const SOURCE = /\.(?:c|bt)$/;

/** A program on its way to Linux. */
interface Loadable {
  /** What the user calls it. */
  file: string;
  /** Empty where there is an object only. */
  source: string;
  language: CellLanguage;
  make(kernel: NotebookKernel): Promise<{ elf: Uint8Array; layout: CellLayout }>;
}

export const explain: Command = {
  name: 'explain',
  usage: '(LOG | FILE | -)',
  summary: "say in plain words why Linux's verifier refused a program",
  help: `  LOG   the verifier's log in a file, as libbpf, bpftool or ip print it; "-": standard input
  FILE  a program, FILE.bpf.c or FILE.bt, an object, or what ebpfnb build wrote: it is loaded, and attached to nothing

The exit status is 1 when Linux does not take FILE.`,
  async run(args) {
    const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      throw new UsageError('explain what? a log, a program, or - for standard input');
    const bytes = file === '-' ? readFileSync(0) : readBytes(file);
    if (isTool(bytes)) return explainProgram(toolOf(file, bytes));
    if (bytes.subarray(0, ELF.length).equals(ELF)) return explainProgram(objectOf(file, bytes));
    if (SOURCE.test(file)) return explainProgram(sourceOf(file));
    return explainLog(file, bytes.toString('utf8'));
  },
};

function explainLog(file: string, text: string): number {
  const log = parseVerifierLog(text);
  const found = diagnoseVerifier(log);
  const known = found.pattern !== undefined || log.report !== undefined;
  if (!known && (log.verdict.length === 0 || log.processed === undefined))
    throw new CommandError('no-verdict', { file });
  print(diagnosisText(found));
  return 0;
}

const objectOf = (file: string, elf: Uint8Array): Loadable => ({
  file,
  source: '',
  language: 'bpf-c',
  make: async () => ({ elf, layout: layoutOf(elf) }),
});

const NOTHING: CellLayout = { programs: [], maps: [], records: [], globals: [], taggedRings: [] };

/** What makes no sense here is left to libbpf, which says why. */
function layoutOf(elf: Uint8Array): CellLayout {
  try {
    return readObject(elf, '', process.cwd()).layout;
  } catch (error) {
    if (error instanceof CellError) throw error;
    return NOTHING;
  }
}

function toolOf(file: string, bytes: Buffer): Loadable {
  const { name, source, language, elf, layout } = decodeTool(bytes, file);
  return { file: name, source, language, make: async () => ({ elf, layout }) };
}

function sourceOf(path: string): Loadable {
  const program = readProgram(undefined, path);
  const { source, language, directory } = program;
  const cell = { id: 'explain', language, source };
  return {
    ...program,
    make: kernel => compiled(kernel, { notebook: 'explain', directory, cell, headers: [] }),
  };
}

async function explainProgram({ file, source, language, make }: Loadable): Promise<number> {
  const kernel = new NotebookKernel(terminalElevation, silent);
  try {
    const object = await make(kernel);
    const refused = await refusalsOf(tryToLoad(kernel.holder, object, { language, source }));
    const [verdict] = refused.filter(({ code }) => code === 'verifier-refused');
    if (verdict) {
      const own = source ? CELL_FILE[language] : undefined;
      const about = { language, source, elf: object.elf, ...(own ? { file: own } : {}) };
      print(diagnosisText(named(diagnosisOf(verdict, about), own, file)));
    } else if (refused.length > 0) tell(refused, { file, source });
    else print(`Linux takes ${object.layout.programs.map(({ probe }) => probe).join(', ')}.\n`);
    return refused.length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    tell(error.diagnostics, { file, source });
    return 1;
  } finally {
    await kernel.close();
  }
}

const refusalsOf = (work: Promise<void>): Promise<Diagnostic[]> =>
  work.then(
    () => [],
    error => {
      if (error instanceof CellError) return error.diagnostics;
      throw error;
    },
  );

/** The program's own text by the name that the user has for it. */
function named(found: Diagnosis, from: string | undefined, to: string): Diagnosis {
  const renamed = <T extends { file?: string }>(place: T): T =>
    from && place.file === from ? { ...place, file: to } : place;
  const { place, origin } = found;
  return {
    ...found,
    ...(place ? { place: renamed(place) } : {}),
    ...(origin ? { origin: { ...origin, place: renamed(origin.place) } } : {}),
  };
}

function tell(diagnostics: Diagnostic[], about: { file: string; source: string }): void {
  for (const one of diagnostics) say(diagnosticText(one, about));
}

function print(text: string): void {
  const output = new Output();
  output.write(text);
  output.close();
}
