/** A map of a run as someone sees it: its newest snapshot, and a panel made of it once. */
import { mapType } from '../mapTypes.ts';
import type { FlamePanel, Panel } from '../protocol.ts';
import { FormerFlame } from './former-flame.ts';
import { MapHistory, type Occasion } from './history.ts';
import { type MapPanel, mapPanel } from './map-panel.ts';
import { cMapText, mapText } from './map-print.ts';
import { mapPanelId } from './panel-head.ts';
import { entryCount, isBpftraceMap, isEmpty, isHistogram, isZero, type ShownMap } from './snapshot.ts';
import { forTerminal } from './text.ts';
import { firstWithin, newestWithin, SNAPSHOT_WEIGHT, WHOLE_WEIGHT } from './weight.ts';

/** How someone looks at panels. */
export interface Look {
  /**
   * Maps come with their text, as bpftrace prints it. If it is false, in so many words, lines that repeat tables are
   * counted in deltas, and not sent.
   */
  text?: boolean;
  /** Tables come with all the rows that are kept, however long they are. */
  whole?: boolean;
}

export interface MapViewOptions {
  /** Entries a table shows at most. */
  rows: number;
  /** When what maps hold began, ms since the epoch. */
  start: number;
}

export class MapView {
  readonly id: string;
  /** Counts what there was to show. */
  version = 0;
  /** It had no room for another key, once at least. */
  wasFull = false;
  private payload?: Uint8Array;
  private made?: { version: number; panel: MapPanel; text?: string[] };
  private readonly history: MapHistory;
  private former?: FormerFlame;

  constructor(
    readonly layout: ShownMap,
    private readonly options: MapViewOptions,
  ) {
    this.id = mapPanelId(layout);
    this.history = new MapHistory(layout, options.start);
  }

  /** A snapshot payload (kernel/loader/protocol.ts) that came `at` this time, in ms since the epoch; its bytes are kept. */
  set(payload: Uint8Array, occasion: Occasion, at: number): void {
    const same = this.payload && sameBytes(this.payload, payload) ? this.payload : undefined;
    const went = this.history.take(same ?? payload, occasion, at);
    if (same && !went) return;
    this.payload = same ?? payload;
    this.version++;
    const { type, maxEntries } = this.layout;
    this.wasFull ||= (mapType(type)?.fills ?? false) && entryCount(payload) >= maxEntries;
  }

  /** Its programs are attached now. */
  begin(at: number): void {
    this.history.begin(at);
  }

  /** A program emptied it. */
  cleared(): void {
    this.history.cleared();
  }

  /** The run before had such a panel. */
  compareWith(former: FlamePanel): void {
    this.former = new FormerFlame(former);
    this.version++;
  }

  /** At the last look; undefined before the first. */
  get entries(): number | undefined {
    return this.payload && entryCount(this.payload);
  }

  /** Whether it holds something, or has been shown: a live table does not come and go. `over`: the run has ended. */
  isShown(over: boolean): boolean {
    if (!this.payload) return false;
    // A program that prints and clears its map leaves nothing in it but how it went.
    if ((this.made && !over) || this.history.isKnown) return true;
    return !isEmpty(this.layout, this.payload) && !isZero(this.layout, this.payload);
  }

  /** Of a map that is shown. */
  panel({ text = false, whole = false }: Look = {}): Panel {
    // Who asks for all of it asks once.
    if (whole) return { ...this.make(WHOLE_WEIGHT), ...(text ? { text: this.text(WHOLE_WEIGHT) } : {}) };
    const { version } = this;
    if (this.made?.version !== version) this.made = { version, panel: this.make(SNAPSHOT_WEIGHT) };
    if (!text) return this.made.panel;
    this.made.text ??= this.text(SNAPSHOT_WEIGHT);
    return { ...this.made.panel, text: this.made.text };
  }

  /** As a terminal shows it, by lines; the last of them, where the largest entries stand. */
  private text(most: number): string[] {
    const lines = textLines(this.layout, this.payload!, this.options.rows);
    return newestWithin(i => lines[i]!, { oldest: 0, total: lines.length, most });
  }

  private make(most: number): MapPanel {
    const all = mapPanel(this.layout, this.payload!, this.options.rows);
    const panel = all.kind === 'table' ? { ...all, rows: firstWithin(all.rows, most) } : all;
    const history = this.history.show();
    if (panel.kind === 'flame') return this.former?.compare(panel) ?? panel;
    return history ? { ...panel, history } : panel;
  }
}

/** What a terminal shows, by lines; of many entries the last. */
function textLines(map: ShownMap, payload: Uint8Array, rows: number): string[] {
  // As bpftrace has it: a number is shown when it is zero, nothing else is.
  const isVoid =
    (map.key || isHistogram(map.aggregation?.fn)) && (isEmpty(map, payload) || isZero(map, payload));
  if (isVoid) return [];
  const text = isBpftraceMap(map)
    ? mapText(map, payload, forTerminal, { top: rows })
    : cMapText(map, payload, rows);
  return text.split('\n').slice(0, -1);
}

export const sameBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
