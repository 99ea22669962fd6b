import type { TypeSource } from '../btf/index.ts';
import { CellError, problem } from '../errors.ts';
import type { CellLayout } from '../layout.ts';
import { Build, CompileError } from './build.ts';
import { type CompiledObject, ObjectCache } from './cache.ts';
import { clangStamp, findClang } from './clang.ts';
import { type Arch, clangFlags, hostArch } from './flags.ts';
import { readObject } from './layout.ts';
import { cutVmlinux } from './vmlinux.ts';
import { Workspace } from './workspace.ts';

/** C made from a cell of another language, with all that is known of it. */
export interface GeneratedSource {
  c: string;
  /** Names of the types the C needs from vmlinux.h. */
  types: string[];
  layout: CellLayout;
}

export interface GeneratedInput {
  btf: TypeSource;
  arch?: Arch;
}

/**
 * Compiles generated C: as {@link compileBpfC}, but its types and layout are known beforehand, so that one run
 * of clang does.
 * @throws CellError `internal` when the C does not compile or lacks something of its layout, or `no-clang`
 */
export async function compileGenerated(
  cell: GeneratedSource,
  { btf, arch = hostArch() }: GeneratedInput,
): Promise<CompiledObject> {
  const clang = findClang();
  const cache = new ObjectCache();
  const key = ObjectCache.key([cell, btf.fingerprint, arch, clangStamp(clang)]);
  const cached = cache.get(key);
  if (cached) return cached;

  return withBuild(clang, cell, { btf, arch }, async build => {
    const { elf } = await build.compile();
    verify(elf, cell.layout);
    const compiled = { elf, layout: cell.layout, warnings: [] };
    cache.put(key, compiled, build.headers());
    return compiled;
  });
}

/**
 * The same C as LLVM's intermediate representation, before or after the optimizer.
 * @throws CellError `internal` when the C does not compile, or `no-clang`
 */
export const llvmOf = (cell: GeneratedSource, input: GeneratedInput, optimized: boolean): Promise<string> =>
  withBuild(findClang(), cell, input, build => build.llvm(optimized));

/** Calls `work` with the C and the types it needs in a folder of their own. */
async function withBuild<T>(
  clang: string,
  cell: GeneratedSource,
  { btf, arch = hostArch() }: GeneratedInput,
  work: (build: Build) => Promise<T>,
): Promise<T> {
  const types = new Set(cell.types.map(name => name.replace(/^(struct|union|enum) /, '')));
  const workspace = new Workspace([]);
  try {
    workspace.write('vmlinux.h', cutVmlinux(btf, { words: types, tags: types }));
    const flags = clangFlags({ arch, quoted: [], include: [workspace.folder], shadow: false });
    return await work(new Build(clang, [...flags, '-Wno-unused'], workspace, cell.c, workspace.folder));
  } catch (error) {
    throw error instanceof CompileError ? (inImport(error) ?? broken(error.message, error.stderr)) : error;
  } finally {
    workspace.dispose();
  }
}

/** The object has each program, map and global of the layout, at the place and with the sizes it says. */
function verify(elf: Uint8Array, layout: CellLayout): void {
  const { layout: made } = readObject(elf, '', '/');
  for (const { symbol } of layout.programs) {
    if (!made.programs.some(program => program.symbol === symbol))
      throw broken(`program ${symbol} is missing`);
  }
  for (const map of layout.maps) {
    const found = made.maps.find(({ symbol }) => symbol === map.symbol);
    if (!found) throw broken(`map ${map.symbol} is missing`);
    // Key and value sizes of rings are zero, whatever the layout says.
    if (found.type === 'ringbuf') continue;
    if (found.keySize !== map.keySize || found.valueSize !== map.valueSize) {
      throw broken(`map ${map.symbol} has keys of ${found.keySize} and values of ${found.valueSize} bytes`);
    }
  }
  const named = [...layout.records.map(record => record.ring), ...(layout.lost ? [layout.lost.array] : [])];
  for (const name of named) {
    if (!made.maps.some(map => map.symbol === name)) throw broken(`map ${name} is missing`);
  }
  const flag = layout.onFlag ? [{ name: 'the on flag', ...layout.onFlag }] : [];
  for (const { name, section, offset } of [...layout.globals, ...flag]) {
    const found = made.globals.some(global => global.section === section && global.offset === offset);
    if (!found) throw broken(`${name} is not at ${section}+${offset}`);
  }
}

/** What clang says of an imported C source is for who wrote that. */
function inImport({ stderr }: CompileError): CellError | undefined {
  const found = /^([^:\n]+\.bpf\.c):(\d+):(\d+):.*? error: (.*)$/m.exec(stderr);
  if (!found) return undefined;
  const [, file, line, column, message] = found;
  const at = { line: Number(line) - 1, column: Number(column) - 1 };
  const span = { start: at, end: { ...at, column: at.column + 1 }, file: file! };
  return new CellError([problem('clang-error', { message: message!, remedy: '' }, { span, log: stderr })]);
}

const broken = (message: string, log?: string) =>
  new CellError([
    problem(
      'internal',
      { message: `generated C: ${message}` },
      { phase: 'compile', ...(log ? { log } : {}) },
    ),
  ]);
