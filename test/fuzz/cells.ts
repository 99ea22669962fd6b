/** BPF C cells: each is compiled, and what clang makes of it is loaded. */
import { compileBpfC } from '../../kernel/compile/index.ts';
import { judged, tryToLoad } from './loading.ts';
import { cSources } from './sources.ts';
import type { Subject, Watch } from './subject.ts';
import { mutantOf } from './tokens.ts';

export class Cells implements Subject {
  readonly #sources = cSources();
  readonly #programs = this.#sources.map(({ text }) => text);

  constructor(private readonly watch: Watch) {}

  show(number: number): string {
    return mutantOf(number, this.#sources, this.#programs).text;
  }

  async attempt(number: number): Promise<void> {
    const { text, directory } = mutantOf(number, this.#sources, this.#programs);
    const { holder } = this.watch;
    await judged(this.watch, { number, show: () => text }, async () => {
      const { target } = await holder.connect();
      const object = await compileBpfC({ source: text, directory, headers: [], btf: target.btf });
      return (await tryToLoad(holder, object)) ? 'loaded' : 'too large to load';
    });
  }
}
