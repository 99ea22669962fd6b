/** Charts take turns: one is drawn at a time, and all together leave the page most of its time. */

/** So many times as long as a chart took to redraw none is redrawn. */
const REST = 3;
/** ms; however long it took. */
const LONGEST_REST = 1000;

let turn: Promise<unknown> = Promise.resolve();

/** Draws when it is this chart's turn. `again`: something is on screen already, so the others may have time. */
export function inTurn(again: boolean, draw: () => Promise<void>): Promise<void> {
  const mine = turn.then(async () => {
    const started = performance.now();
    await draw();
    return again ? performance.now() - started : 0;
  });
  turn = mine.then(
    took => rest(Math.min(took * REST, LONGEST_REST)),
    () => {},
  );
  return mine.then(() => {});
}

const rest = (ms: number) => (ms > 0 ? new Promise(resolve => setTimeout(resolve, ms)) : undefined);
