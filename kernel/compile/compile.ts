import { readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { TypeSource } from '../btf/index.ts';
import { CellError } from '../errors.ts';
import type { HeaderFile } from '../protocol.ts';
import { Build, CompileError } from './build.ts';
import { type CompiledObject, ObjectCache } from './cache.ts';
import { clangStamp, findClang } from './clang.ts';
import { Constants } from './constants.ts';
import { usedNames } from './cut.ts';
import { withDrafts } from './drafting.ts';
import { type Arch, clangFlags, hostArch } from './flags.ts';
import { hintsFor } from './hints.ts';
import { declareKfuncs } from './kfuncs.ts';
import { type ObjectContents, readObject } from './layout.ts';
import { PRINTK_CALLS } from './printk.ts';
import { secondLook } from './secondLook.ts';
import { Showing } from './showing.ts';
import { withTimes } from './times.ts';
import { cutVmlinux, EMPTY_VMLINUX, wholeVmlinux } from './vmlinux.ts';
import { Workspace } from './workspace.ts';

export interface CompileInput {
  source: string;
  /** Where the notebook or file is: headers beside it, relative paths of user probes. */
  directory: string;
  /** Header cells; they win over files beside the notebook. */
  headers: HeaderFile[];
  /** Type information of the target. */
  btf: TypeSource;
  /** The target's; this machine's when left out. */
  arch?: Arch;
  /** More folders for `#include`, as clang's -I. */
  include?: string[];
  /** Headers to include before the source. */
  includeFiles?: string[];
}

const VMLINUX = 'vmlinux.h';
const CONSTANTS = 'ebpfnb-constants.h';

/** Calls that the shadow of bpf_helpers.h makes leave notes. */
const RECORD_CALLS = [
  'bpf_ringbuf_reserve',
  'bpf_ringbuf_submit',
  'bpf_ringbuf_output',
  'bpf_perf_event_output',
];

/**
 * Compiles a libbpf-style BPF C program. An unchanged program comes from the cache.
 * @throws CellError with clang's messages on the cell's own lines, or `no-clang`
 */
export async function compileBpfC(input: CompileInput): Promise<CompiledObject> {
  const { source, headers, btf, arch = hostArch(), includeFiles = [] } = input;
  // clang runs in a folder of its own, so that relative paths would start there.
  const directory = resolve(input.directory);
  const include = (input.include ?? []).map(folder => resolve(directory, folder));
  const clang = findClang();
  const cache = new ObjectCache();
  const key = ObjectCache.key([
    source,
    directory,
    headers,
    btf.fingerprint,
    arch,
    include,
    includeFiles,
    clangStamp(clang),
  ]);
  const cached = cache.get(key);
  if (cached) return cached;

  const workspace = new Workspace(headers);
  const flags = clangFlags({
    arch,
    quoted: [directory],
    include: [workspace.folder, ...include],
    shadow: true,
  });
  const first = [CONSTANTS, ...includeFiles].flatMap(file => ['-include', file]);
  const buildOf = (text: string) => new Build(clang, [...first, ...flags], workspace, text, directory);
  try {
    const own = headers.some(({ name }) => name === VMLINUX);
    if (!own) workspace.write(VMLINUX, EMPTY_VMLINUX);
    workspace.write(CONSTANTS, '');
    const build = buildOf(source);
    const preprocessed = await build.preprocess();
    const used = usedNames(preprocessed);
    const calls = (names: string[]) => names.some(name => used.words.has(name));
    const prints = calls(PRINTK_CALLS);
    const defines = [
      ...(prints || calls(RECORD_CALLS) ? ['EBPFNB_RECORDS'] : []),
      ...(prints ? ['EBPFNB_PRINTK'] : []),
    ];
    if (defines.length > 0) used.words.add('BPF_MAP_TYPE_PERCPU_ARRAY');
    if (prints) used.words.add('BPF_MAP_TYPE_RINGBUF');
    const kfuncs = declareKfuncs(btf, used, preprocessed);
    if (!own) workspace.write(VMLINUX, cutVmlinux(btf, used) + kfuncs);
    const constants = new Constants();
    let whole = false;
    const { elf, stderr } = await mended(
      () => build.compile(defines),
      error => {
        if (!constants.take(error.stderr)) return false;
        workspace.write(CONSTANTS, constants.text);
        return true;
      },
      error => {
        if (own || whole || !lacksType(error, btf)) return false;
        whole = true;
        workspace.write(VMLINUX, wholeVmlinux(btf) + kfuncs);
        return true;
      },
    );
    // Comments of the author's own headers count, too.
    const sources = () => [
      source,
      ...headers.map(header => header.source),
      ...build
        .headers()
        .filter(path => path.startsWith(directory + sep))
        .map(path => readFileSync(path, 'utf8')),
    ];
    const { elf: typed, contents } = await secondLook(build, elf, defines, bytes =>
      readObject(bytes, source, directory, new Showing({ sources: sources(), target: btf, arch })),
    );
    demandPrograms(contents);
    const compiled = {
      elf: typed,
      layout: withTimes(contents.layout),
      warnings: [
        ...build.diagnostics(stderr),
        ...contents.warnings,
        ...constants.notes(source),
        ...hintsFor(source),
      ],
    };
    cache.put(key, compiled, build.headers());
    return compiled;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const writeVmlinux = (text: string) => workspace.write(VMLINUX, text);
    throw new CellError(await withDrafts(error, { source, btf, build: buildOf, writeVmlinux }));
  } finally {
    workspace.dispose();
  }
}

/** Where functions look like programs and none is one, nothing would run. */
function demandPrograms({ layout, warnings }: ObjectContents): void {
  const stray = warnings.filter(({ code }) => code === 'not-a-program');
  if (layout.programs.length > 0 || stray.length === 0) return;
  throw new CellError([
    ...stray.map(one => ({ ...one, severity: 'error' as const })),
    ...warnings.filter(one => !stray.includes(one)),
  ]);
}

/** Does `work` again as long as one of the remedies has done something new about what clang said. */
async function mended<T>(
  work: () => Promise<T>,
  ...remedies: ((error: CompileError) => boolean)[]
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CompileError) || !remedies.some(remedy => remedy(error))) throw error;
    return mended(work, ...remedies);
  }
}

/** Did clang miss the insides of a type that the target has, or is the cut itself broken? Then more is needed. */
function lacksType(error: CompileError, { file }: TypeSource): boolean {
  if (/^\S*vmlinux\.h:.* error: .*(?:unknown type|incomplete)/m.test(error.stderr)) return true;
  const incomplete = error.stderr.matchAll(/error: .*'(?:struct|union|enum) (\w+)[^']*'/g);
  return [...incomplete].some(
    ([text, name]) => /incomplete|never completed/.test(text) && file.find(name!).length > 0,
  );
}
