/** What runs show live at a terminal, below the output: their panels, drawn again as they change, and how to stop. */
import { readFileSync } from 'node:fs';
import { renderPanels, visibleLine } from '../notebook/index.ts';
import { cutTo, displayWidth } from '../notebook/width.ts';
import type { Panel, PanelDelta } from '../protocol.ts';
import type { Run } from '../session/run.ts';
import type { Below, Screen } from './screen.ts';
import { Output } from './terminal.ts';

/** Runs that are over sooner show only their output. */
const DELAY_MS = 700;
const PERIOD_MS = 500;
/** Of the time that passes, the part that looking may take. */
const BUSY = 0.1;
/** Entries shown of each panel, fewer where they do not fit. */
const ROWS = [20, 10, 5, 3, 1];

export interface Watched {
  run: Run;
  /** Where there are several. */
  name?: string;
}

export interface LiveOptions {
  /** Those that are live now. */
  watched(): Watched[];
  /** What is shown of a run. */
  shown(panels: Panel[]): Panel[];
  /** Also of runs that have nothing to show: how they stand, and how to stop them. */
  always: boolean;
}

/** For who prints records as they come: a table of them is what the output above tells already. */
export const mapsOf = (panels: Panel[]): Panel[] =>
  panels.filter(panel => panel.kind !== 'text' && !(panel.kind === 'table' && panel.of === 'records'));

/** Can there be anything live? Not in a pipe, nor where the cursor cannot be moved. */
export const canShowLive = (): boolean => process.stdout.isTTY === true && process.env['TERM'] !== 'dumb';

/** Lines below the output, the cursor at their end. The first is empty: it is what stays when somebody types Enter. */
class Lines implements Below {
  readonly #output = new Output();
  #drawn: string[] = [];
  lines: string[] = [];

  erase(): void {
    if (this.#drawn.length === 0) return;
    // Most terminals fold lines that a narrower window has no room for.
    const { columns } = size();
    const rows = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)),
      0,
    );
    this.#output.write(`${rows > 1 ? `\x1b[${rows - 1}A` : ''}\r\x1b[J`);
    this.#drawn = [];
  }

  /** Others wrote since: what was drawn is no longer where it was. */
  forget(): void {
    this.#drawn = [];
  }

  draw(): void {
    if (this.lines.length === 0 || !inForeground()) return;
    this.#drawn = ['', ...this.lines];
    this.#output.write(this.#drawn.join('\n'));
  }
}

/** A terminal that does not tell its size says 0. */
const size = () => ({ columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 });

/** Others have the terminal when a shell put this process in the background. */
function inForeground(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(foreground) <= 0 || group === foreground;
}

/** A run's panels, as far as they are shown. */
class Watch {
  readonly #panels = new Map<string, Panel>();
  readonly #cursor;

  constructor(readonly run: Run) {
    this.#cursor = run.cursor();
    for (const panel of run.panels()) this.#panels.set(panel.id, panel);
  }

  panels(): Panel[] {
    for (const delta of this.run.delta(this.#cursor)) this.#take(delta);
    return [...this.#panels.values()];
  }

  /** Of what is appended, the newest that could be shown. */
  #take(delta: PanelDelta): void {
    const known = this.#panels.get(delta.id);
    if (delta.change === 'replace') this.#panels.set(delta.id, delta.panel);
    else if (delta.change === 'rows' && known?.kind === 'table')
      this.#panels.set(delta.id, { ...known, ...newest(known.rows, delta.rows, 'rows'), total: delta.total });
    else if (delta.change === 'lines' && known?.kind === 'text')
      this.#panels.set(delta.id, {
        ...known,
        ...newest(known.lines, delta.lines, 'lines'),
        total: delta.total,
      });
  }
}

const newest = <K extends string, T>(known: T[], added: T[], name: K) =>
  ({ [name]: [...known, ...added].slice(-ROWS[0]!) }) as { [name in K]: T[] };

/** Draws until the function that it answers is called. */
export function showLive(screen: Screen, options: LiveOptions): () => void {
  const below = new Lines();
  const watches = new Map<Run, Watch>();
  let over = false;
  let parts: { name: string | undefined; run: Run; panels: Panel[] }[] = [];

  const show = () => {
    screen.hide();
    below.lines = fitted(parts, options.always);
    screen.show(below);
  };
  const look = async () => {
    const watched = options.watched();
    // A failed read shows as maps that do not move.
    await Promise.all(watched.map(({ run }) => run.phase === 'stream' && run.refresh().catch(() => {})));
    if (over) return;
    parts = watched
      .filter(({ run }) => run.alive)
      .map(({ run, name }) => {
        if (!watches.has(run)) watches.set(run, new Watch(run));
        return { run, name, panels: options.shown(watches.get(run)!.panels()) };
      });
    show();
  };
  let timer = setTimeout(function tick() {
    const started = performance.now();
    void look().finally(() => {
      if (!over) timer = setTimeout(tick, Math.max(PERIOD_MS, (performance.now() - started) / BUSY));
    });
  }, DELAY_MS);
  const again = () => {
    below.forget();
    show();
  };
  process.stdout.on('resize', show);
  process.on('SIGCONT', again);
  return () => {
    over = true;
    clearTimeout(timer);
    process.stdout.off('resize', show);
    process.off('SIGCONT', again);
    screen.hide();
  };
}

/** As many lines as fit, with fewer entries of each panel where all do not. */
function fitted(parts: { name: string | undefined; run: Run; panels: Panel[] }[], always: boolean): string[] {
  const { columns, rows: all } = size();
  // A terminal need not agree on how wide a character is.
  const width = columns - 2;
  const height = all - 1;
  const shown = parts.filter(({ panels }) => always || panels.length > 0);
  if (shown.length === 0) return [];
  let lines: string[] = [];
  for (const rows of ROWS) {
    lines = shown.flatMap(({ name, run, panels }, i) => [
      ...(i > 0 ? [''] : []),
      ...(name === undefined ? [] : [`── ${visibleLine(name)} · ${standing(run)}`]),
      ...renderPanels(panels, { width, rows }).split('\n').slice(0, -1),
    ]);
    if (lines.length < height - 1) break;
  }
  const [{ name, run }] = shown as [(typeof shown)[0]];
  const cut = lines.length < height - 1 ? lines : [...lines.slice(0, Math.max(0, height - 3)), '…'];
  const last = name === undefined ? `${standing(run)} · Ctrl-C stops it` : 'Ctrl-C stops';
  return [...cut, last].map(line => cutTo(line, width));
}

function standing(run: Run): string {
  const { phase, elapsedMs, totals } = run.head();
  const { events } = totals;
  return [
    phase === 'stream' ? 'live' : phase,
    `${Math.round(elapsedMs / 1000)} s`,
    ...(events > 0 ? [`${events} ${events === 1 ? 'event' : 'events'}`] : []),
  ].join(' · ');
}
