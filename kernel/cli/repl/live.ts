/** What a live cell shows below its output: its maps, drawn again as they change, and how to stop it. */
import { renderPanels } from '../../notebook/index.ts';
import type { Panel } from '../../protocol.ts';
import type { Run } from '../../session/run.ts';
import { Output } from '../terminal.ts';
import type { Below, Screen } from './screen.ts';

/** Cells that are over sooner show only their output. */
const DELAY_MS = 700;
const PERIOD_MS = 500;
/** Entries shown of each map. */
const ROWS = 10;

/** A table of records is what the output above tells already. */
const isMap = (panel: Panel) => panel.kind !== 'text' && !(panel.kind === 'table' && panel.of === 'records');

class Lines implements Below {
  readonly #output = new Output();
  #drawn = 0;
  lines: string[] = [];

  erase(): void {
    if (this.#drawn > 0) this.#output.write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }

  draw(): void {
    this.#output.write(this.lines.map(line => `${line}\n`).join(''));
    this.#drawn = this.lines.length;
  }
}

/** Draws until the function that it answers is called. */
export function showLive(run: Run, screen: Screen): () => void {
  // A terminal that does not tell its size says 0.
  const columns = process.stdout.columns || 80;
  const rows = process.stdout.rows || 24;
  const below = new Lines();
  const maps = new Map<string, Panel>();
  const cursor = run.cursor();
  let over = false;
  const look = async () => {
    // A failed read shows as maps that do not move.
    await run.refresh().catch(() => {});
    if (over || run.phase !== 'stream') return;
    for (const delta of run.delta(cursor))
      if (delta.change === 'replace' && isMap(delta.panel)) maps.set(delta.id, delta.panel);
    const text = renderPanels([...maps.values()], { width: columns - 1, rows: ROWS });
    const state = `live · ${Math.round(run.head().elapsedMs / 1000)} s · Ctrl-C stops it`;
    screen.hide();
    // A line that wraps, or more of them than fit, could not be taken back.
    below.lines = [...text.split('\n').slice(0, rows - 3), state].map(line => line.slice(0, columns - 1));
    screen.show(below);
  };
  let timer = setTimeout(function tick() {
    void look().finally(() => {
      if (!over) timer = setTimeout(tick, PERIOD_MS);
    });
  }, DELAY_MS);
  return () => {
    over = true;
    clearTimeout(timer);
    screen.hide();
  };
}
