/** From a cell's source to an object, one row a language. */
import {
  type CompiledObject,
  type CompileInput,
  compileBpfC,
  compileGenerated,
  readPreamble,
} from '../compile/index.ts';
import { CellError, type Diagnostic, type Phase } from '../errors.ts';
import {
  type Compilation,
  type CompileOptions,
  compileBpftrace,
  type LanguageTarget,
  preambleOf,
  type SharedMap,
  sharedMapsOf,
  typesText,
} from '../language/index.ts';
import { type CellOptions, includedHeaders, positionalParams } from '../notebook/index.ts';
import type { CellLanguage } from '../protocol.ts';
import type { Generated } from '../tool/file.ts';
import { fileImporter } from './importer.ts';
import type { Connection } from './loader.ts';
import { ownPidNamespace } from './pidNamespace.ts';
import { portableTarget } from './portable.ts';
import { seenFrom } from './programFiles.ts';
import type { RunInput } from './run.ts';

/** How a run follows its compilation. */
export interface CompileSteps {
  /** A workload will be traced: `cpid` has a meaning. */
  hasChild: boolean;
  /** Maps of the notebook's other cells; undefined for a program by itself. */
  maps?: ReadonlyMap<string, SharedMap> | undefined;
  step<T>(phase: Phase, work: () => T | Promise<T>): Promise<T>;
}

export interface CompiledCell extends CompiledObject {
  /** The maps it owns, for other cells to read. */
  maps?: Map<string, SharedMap>;
}

export type Language = (
  connection: Connection,
  input: RunInput,
  options: CellOptions,
  steps: CompileSteps,
) => Promise<CompiledCell>;

/** The object of a BPF C cell. Throws CellError. */
export function compileC(
  { cell, directory, headers, include, includeFiles }: RunInput,
  { btf, arch }: Pick<CompileInput, 'btf' | 'arch'>,
): Promise<CompiledObject> {
  return compileBpfC({
    source: cell.source,
    directory,
    // Those that it does not include are none of its business, and change nothing.
    headers: includedHeaders(cell.source, headers),
    btf,
    ...(arch ? { arch } : {}),
    ...(include ? { include } : {}),
    ...(includeFiles ? { includeFiles } : {}),
  });
}

const bpfC: Language = async ({ target }, input, _options, { step }) => {
  const object = await step('compile', () => compileC(input, target));
  return { ...object, maps: sharedMapsOf(object.layout) };
};

const bpftrace: Language = async (connection, input, options, steps) => {
  const { step } = steps;
  const { cell, diagnostics, maps } = await step('check', () => generate(connection, input, options, steps));
  if (!cell) throw new CellError(diagnostics);
  const { target } = connection;
  const object = await step('compile', () => compileGenerated(cell, { btf: target.btf, arch: target.arch }));
  return { ...object, warnings: [...diagnostics, ...object.warnings], ...(maps ? { maps } : {}) };
};

const LANGUAGES: Partial<Record<CellLanguage, Language>> = { 'bpf-c': bpfC, bpftrace };

/** Throws CellError with what is wrong with the cell. */
export const compileCell: Language = (connection, input, options, steps) =>
  LANGUAGES[input.cell.language]!(connection, input, options, steps);

type Surroundings = Pick<CompileSteps, 'hasChild' | 'maps'>;

/** The C of a bpftrace cell, or what is wrong with it. */
export async function generate(
  { loader, target }: Connection,
  input: RunInput,
  options: CellOptions,
  surroundings: Surroundings,
): Promise<Compilation> {
  const preamble = input.tool?.generated ? knownPreamble(input.tool.generated) : await preprocess(input);
  const compilation = await target.resolve(loader, view =>
    compileBpftrace(input.cell.source, compileOptions(input, options, surroundings, view, preamble)),
  );
  const diagnostics = [...(preamble?.diagnostics ?? []), ...compilation.diagnostics];
  const failed = diagnostics.some(isError);
  return failed ? { diagnostics } : { ...compilation, diagnostics };
}

/** The types of a bpftrace cell's maps and variables, as text. */
export async function describeCell(
  { loader, target }: Connection,
  input: RunInput,
  options: CellOptions,
  surroundings: Surroundings,
): Promise<string> {
  const preamble = await preprocess(input);
  return target.resolve(loader, view =>
    typesText(input.cell.source, compileOptions(input, options, surroundings, view, preamble)),
  );
}

type Preamble = Awaited<ReturnType<typeof readPreamble>>;

const knownPreamble = ({ preamble }: Generated): Preamble | undefined =>
  preamble && { items: preamble, diagnostics: [] };

/** The C in front of a cell, if it needs clang's preprocessor. */
export async function preprocess({
  cell,
  directory,
  headers,
  include,
  includeFiles = [],
}: RunInput): Promise<Preamble | undefined> {
  const source = preambleOf(cell.source, includeFiles.length > 0);
  if (source === undefined) return undefined;
  return readPreamble({ source, directory, headers, includeFiles, ...(include ? { include } : {}) });
}

function compileOptions(
  input: RunInput,
  options: CellOptions,
  { hasChild, maps }: Surroundings,
  target: LanguageTarget,
  preamble: Preamble | undefined,
): CompileOptions {
  const pid = input.pid ?? options.pid;
  const unsafe = input.unsafe ? 'all' : options.unsafe;
  const pidNamespace = input.portable ? undefined : ownPidNamespace();
  const seen = input.portable ? portableTarget(target, input.tool !== undefined) : target;
  return {
    importer: fileImporter(input.directory),
    target: seenFrom(input.directory, seen),
    ...(input.portable ? { portable: true } : { hasChild }),
    ...(input.fixedOptions ? { fixedOptions: true } : {}),
    ...(input.warnReads ? { warnReads: true } : {}),
    ...(input.details ? { details: true } : {}),
    positional: input.positional ?? positionalParams({ ...options.params, ...input.params }),
    ...(preamble ? { preamble: preamble.items } : {}),
    ...(maps ? { maps } : {}),
    ...(input.named ? { named: input.named } : {}),
    ...(input.config ? { config: input.config } : {}),
    ...(unsafe ? { unsafe } : {}),
    ...(pid === undefined ? {} : { pid }),
    ...(pidNamespace ? { pidNamespace } : {}),
  };
}

const isError = ({ severity }: Diagnostic) => severity === 'error';
