/** Object files: what clang made of the project's C and of bpftrace programs, damaged, through the loader. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileBpfC, compileGenerated } from '../../kernel/compile/index.ts';
import { readObject } from '../../kernel/compile/layout.ts';
import { CellError } from '../../kernel/errors.ts';
import { compileBpftrace } from '../../kernel/language/index.ts';
import { FUNCTIONS } from '../../kernel/language/tables/functions.ts';
import type { CellLayout } from '../../kernel/layout.ts';
import { type ObjectMutant, objectMutant } from './elf.ts';
import { judged, tryToLoad } from './loading.ts';
import { cSources } from './sources.ts';
import type { Subject, Watch } from './subject.ts';

/** One of so many examples of the language becomes an original; they are much alike. */
const ONE_IN = 4;

export class Objects implements Subject {
  #folder?: string;

  private constructor(
    private readonly watch: Watch,
    private readonly originals: readonly Uint8Array[],
  ) {}

  /** Compiles the originals; what does not compile is none. */
  static async open(watch: Watch): Promise<Objects> {
    const { target, loader } = await watch.holder.connect();
    const { btf } = target;
    const cells = cSources().map(
      ({ text, directory }) =>
        () =>
          compileBpfC({ source: text, directory, headers: [], btf }),
    );
    const programs = FUNCTIONS.filter((_, index) => index % ONE_IN === 0).map(({ example }) => async () => {
      const options = { positional: [], unsafe: 'all' } as const;
      const { cell, diagnostics } = await target.resolve(loader, view =>
        compileBpftrace(example, { ...options, positional: [], target: view }),
      );
      if (!cell) throw new CellError(diagnostics);
      return compileGenerated(cell, { btf });
    });
    const originals: Uint8Array[] = [];
    for (const compile of [...cells, ...programs])
      await compile().then(
        ({ elf }) => originals.push(elf),
        error => {
          if (!(error instanceof CellError)) throw error;
        },
      );
    return new Objects(watch, originals);
  }

  /** The file is left for who wants to look at it. */
  show(number: number): string {
    return this.#describe(number, objectMutant(number, this.originals));
  }

  async attempt(number: number): Promise<void> {
    const mutant = objectMutant(number, this.originals);
    await judged(this.watch, { number, show: () => this.#describe(number, mutant) }, async () =>
      (await tryToLoad(this.watch.holder, { elf: mutant.bytes, layout: layoutOf(mutant) }))
        ? 'loaded'
        : 'too large to load',
    );
  }

  #describe(number: number, { bytes, changes }: ObjectMutant): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'ebpfnb-fuzzed-'));
    const path = join(this.#folder, `${number}.o`);
    writeFileSync(path, bytes);
    return [path, ...changes].join('\n');
  }
}

const NOTHING: CellLayout = { programs: [], maps: [], records: [], globals: [], taggedRings: [] };

/** What the kernel reads of it, if it can: what it cannot goes to the loader all the same. */
function layoutOf({ bytes }: ObjectMutant): CellLayout {
  try {
    return readObject(bytes, '', '/').layout;
  } catch (error) {
    if (error instanceof Error) return NOTHING;
    throw error;
  }
}
