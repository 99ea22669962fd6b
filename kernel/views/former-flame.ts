/** How a flame graph differs from that of the cell's run before. */
import type { FlamePanel, Frame, Value } from '../protocol.ts';
import { MAX_STACKS } from './flame.ts';

const pathIn = (frames: Frame[], path: number[]) =>
  path.map(number => `${frames[number]!.of} ${frames[number]!.name}`).join('\n');

const measured = ({ valueName, unit, keys = [] }: FlamePanel) => JSON.stringify([valueName, unit, keys]);

/** The stacks of a run before, by their frames. */
export class FormerFlame {
  readonly #stacks: Map<string, { frames: Frame[]; value: Value }>;

  readonly #measured: string;

  constructor(panel: FlamePanel) {
    const { frames, stacks } = panel;
    this.#measured = measured(panel);
    const shown = stacks.filter(({ value }) => value !== 0);
    this.#stacks = new Map(
      shown.map(({ frames: path, value }) => [
        pathIn(frames, path),
        { frames: path.map(number => frames[number]!), value },
      ]),
    );
  }

  /**
   * The same panel with what its stacks were before; those that are no more stand last, with a value of 0. As it is
   * where the cell has come to measure something else.
   */
  compare(panel: FlamePanel): FlamePanel {
    if (measured(panel) !== this.#measured) return panel;
    const gone = new Map(this.#stacks);
    const stacks: FlamePanel['stacks'] = panel.stacks.map(stack => {
      const path = pathIn(panel.frames, stack.frames);
      const before = gone.get(path)?.value ?? 0;
      gone.delete(path);
      return { ...stack, before };
    });
    const frames = [...panel.frames];
    const numbers = new Map(frames.map(({ of, name }, number) => [`${of} ${name}`, number]));
    for (const { frames: path, value } of [...gone.values()].slice(0, MAX_STACKS - stacks.length)) {
      const numbered = path.map(frame => {
        const id = `${frame.of} ${frame.name}`;
        const number = numbers.get(id) ?? frames.push(frame) - 1;
        numbers.set(id, number);
        return number;
      });
      stacks.push({ frames: numbered, value: 0, before: value });
    }
    return { ...panel, frames, stacks };
  }
}
