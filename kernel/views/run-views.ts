/** The views of one run: keeps raw records and counters, makes panels and deltas when someone looks. */

import type { CellLayout, RecordAction, RecordLayout } from '../layout.ts';
import { visibleLine } from '../notebook/labels.ts';
import type { Panel, PanelDelta, TextPanel } from '../protocol.ts';
import { align8, ENTRY_HEADER, RecordKinds, type StreamOptions, walkBatch } from './batch.ts';
import type { RecordBudget } from './budget.ts';
import { Reader } from './decode.ts';
import { effectOf, type Performed } from './effects.ts';
import { mapText } from './map-print.ts';
import type { Look } from './map-view.ts';
import { controlNumber, type Printer, printerOf } from './print.ts';
import { RecordTable, tellApart } from './record-table.ts';
import { MAX_ROWS, type RecordRing } from './ring.ts';
import { RunMaps } from './run-maps.ts';
import { stackNewlines } from './stacks.ts';
import { forTerminal } from './text.ts';
import { TextLog } from './text-log.ts';
import { DELTA_WEIGHT, SNAPSHOT_WEIGHT, WHOLE_WEIGHT } from './weight.ts';

export interface ViewOptions extends StreamOptions {
  /** Newest records kept per table, and newest lines kept of the text. */
  rows: number;
  /** `bpftrace` or `bpf-c`. */
  language: string;
  /** Of the memory for records, which other runs share; its own unless given. */
  budget?: RecordBudget;
}

/** What a batch led to. */
export interface Ingested {
  /** Once a record asked for the end. */
  exit?: { code: number };
}

/** What one subscriber has seen: panel id → position. A fresh one gets everything as `replace`. */
export type ViewCursor = Map<string, number>;

/** Rows or lines in one delta; a reader that is slower sees a gap in `first`. */
const DELTA_ROWS = 500;
/** Of so many that nobody can follow them, a few screens: all else would be made, sent and thrown away. */
const FLOOD = { from: 5_000, rows: 100 };

/** How many of the rows or lines that came since the last delta are in the next. */
const deltaRows = (came: number) => (came > FLOOD.from ? FLOOD.rows : DELTA_ROWS);
const TEXT_ID = 'text';
/** What becomes rows or lines, rather than doing something when it comes. */
const KEPT: ReadonlySet<RecordAction['do']> = new Set(['row', 'printf', 'print', 'trace-line']);

/** How records of one layout are taken in. */
interface Site {
  layout: RecordLayout;
  table?: RecordTable;
  printer?: Printer;
  /** Its text comes from what was done for it. */
  effect?: boolean;
  /** Newlines that a record's stacks print besides; only records with stacks have it. */
  stackNewlines?: (reader: Reader) => number;
  /** A record that does something when it comes, rather than one that is kept. */
  control: boolean;
}

export class RunViews {
  /** Records ever. */
  events = 0;
  private readonly kinds: RecordKinds;
  private readonly sites = new Map<RecordLayout, Site>();
  private readonly tables: RecordTable[] = [];
  private readonly log: TextLog;
  readonly maps: RunMaps;
  private readonly options: ViewOptions;
  private readonly rows: number;
  private readonly reader: Reader;
  /** A print-map record whose snapshot comes next. */
  private awaiting: { map: string; top: number; divide: number } | undefined;
  private offsets = new Uint32Array(1024);
  private finished = false;

  constructor(layout: CellLayout, options: ViewOptions) {
    this.options = options;
    this.reader = new Reader(undefined, options.names);
    this.rows = Math.max(1, Math.min(Math.floor(options.rows), MAX_ROWS));
    this.kinds = new RecordKinds(layout, options.rings);
    const formats = layout.records.flatMap(({ action }) => (action.do === 'printf' ? [action.format] : []));
    const piecewise = formats.some(format => !format.endsWith('\n'));
    for (const record of layout.records) this.addSite(record, piecewise);
    tellApart(this.tables);
    const now = () => (options.now?.() ?? new Date()).getTime();
    this.maps = new RunMaps(layout, { rows: this.rows, names: options.names, now });
    this.log = new TextLog(
      this.rows,
      !piecewise,
      (bytes, header, start, length) => {
        this.reader.open(bytes, start, length, 0);
        const record = this.kinds.of(
          this.reader.view,
          bytes[header + 6]! | (bytes[header + 7]! << 8),
          start,
          length,
        );
        const printer = record && this.sites.get(record)?.printer;
        return printer ? printer.text(this.reader.open(bytes, start, length, record.size), visibleLine) : '';
      },
      this.options.budget,
    );
  }

  private addSite(layout: RecordLayout, piecewise: boolean): void {
    const { action } = layout;
    const printer = printerOf(layout, { now: () => new Date(), ...this.options });
    const effect = effectOf(layout) !== undefined;
    const tabular = action.do === 'row' || (action.do === 'printf' && layout.fields.length > 0 && !piecewise);
    const inStacks = stackNewlines(layout.fields);
    const site: Site = {
      layout,
      ...(inStacks ? { stackNewlines: inStacks } : {}),
      control: !KEPT.has(action.do),
      ...(printer ? { printer } : {}),
      ...(effect ? { effect } : {}),
    };
    if (tabular) {
      site.table = new RecordTable(layout, this.rows, this.options.budget);
      this.tables.push(site.table);
    }
    this.sites.set(layout, site);
  }

  /**
   * Takes a loader batch (its bytes are copied where kept). `performed` is what was done for its records that asked
   * for it, in stream order; what is not there was not done.
   */
  ingest(batch: Uint8Array, performed: readonly Performed[] = []): Ingested {
    const done = performed[Symbol.iterator]();
    let exit: Ingested['exit'];
    let run: Site | undefined;
    let count = 0;
    let end = 0;
    let last: RecordLayout | undefined;
    let inStacks = 0;
    // Records of one layout that lie side by side are copied in one piece.
    const flush = () => {
      if (run && count > 0) {
        run.table?.ring.push(batch, this.offsets, count, end);
        if (run.printer) this.log.push(batch, this.offsets, count, end, run.printer.newlines + inStacks);
      }
      count = 0;
    };
    walkBatch(batch, {
      record: (view, ring, start, length) => {
        this.events++;
        const layout = this.kinds.of(view, ring, start, length);
        if (!layout) return;
        if (layout !== last || count === 0) {
          const site = this.sites.get(layout)!;
          last = layout;
          flush();
          run = site;
        }
        if (run!.control) {
          this.reader.open(batch, start, length, layout.size);
          exit = this.control(run!, done) ?? exit;
          return;
        }
        if (run!.stackNewlines) {
          // They differ from record to record, so each goes alone.
          flush();
          inStacks = run!.stackNewlines(this.reader.open(batch, start, length, layout.size));
        } else inStacks = 0;
        if (count > 0 && start - ENTRY_HEADER !== end) flush();
        if (count === this.offsets.length) this.growOffsets();
        this.offsets[count++] = start - ENTRY_HEADER;
        end = Math.min(start + align8(length), batch.length);
      },
      snapshot: (map, payload) => {
        flush();
        const symbol = this.options.maps[map];
        if (symbol !== undefined) this.snapshot(symbol, new Uint8Array(payload));
      },
    });
    flush();
    return exit ? { exit } : {};
  }

  private growOffsets(): void {
    const grown = new Uint32Array(this.offsets.length * 2);
    grown.set(this.offsets);
    this.offsets = grown;
  }

  /** Carries out the record the reader stands at. */
  private control({ layout, printer, effect }: Site, done: Iterator<Performed>): Ingested['exit'] {
    const { action, fields } = layout;
    if (printer) this.log.append(printer.text(this.reader, forTerminal));
    else if (effect) {
      const { value, done: over } = done.next();
      if (!over) this.log.append(forTerminal(value.text));
    } else if (action.do === 'exit') return { code: controlNumber(this.reader, fields, 'code') };
    else if (action.do === 'print-map')
      this.awaiting = {
        map: action.map,
        top: controlNumber(this.reader, fields, 'top'),
        divide: controlNumber(this.reader, fields, 'div'),
      };
    else if (action.do === 'clear' || action.do === 'zero') this.maps.of(action.map)?.cleared();
    return undefined;
  }

  private snapshot(symbol: string, payload: Uint8Array): void {
    const awaited = this.awaiting;
    const map = this.maps.of(symbol);
    const isPrint = awaited && map && (awaited.map === symbol || awaited.map === map.layout.name);
    if (isPrint) {
      this.awaiting = undefined;
      // Newlines end lines in the log, so those inside keys are shown as \n.
      const text = mapText(map.layout, payload, visibleLine, { top: awaited.top, divide: awaited.divide });
      if (text) this.log.append(text);
    }
    this.maps.set(symbol, payload, isPrint ? 'print' : 'end');
  }

  /** No more records come: an unfinished last line counts as whole. */
  finish(): void {
    this.log.finish();
    this.finished = true;
    for (const ring of this.rings()) ring.trim();
  }

  /** All panels with the newest rows kept, as far as a snapshot has room for them. */
  panels(look: Look = {}): Panel[] {
    const most = look.whole ? WHOLE_WEIGHT : SNAPSHOT_WEIGHT;
    const tables = this.tables.map(table => table.panel(this.reader, most));
    const maps = this.maps.shown(this.finished).map(view => view.panel(look));
    const text = this.textPanel(most);
    return [...tables, ...maps, ...(text.total > 0 ? [text] : [])];
  }

  /** A cursor that stands at what {@link panels} shows now. */
  cursor(): ViewCursor {
    const cursor: ViewCursor = new Map();
    for (const table of this.tables) cursor.set(table.id, table.ring.total);
    for (const map of this.maps.shown(this.finished)) cursor.set(map.id, map.version);
    if (this.log.total > 0) cursor.set(TEXT_ID, this.log.total);
    return cursor;
  }

  /** What changed since the cursor, which is moved; at most 500 rows or lines a panel. */
  delta(cursor: ViewCursor, look: Look = {}): PanelDelta[] {
    const deltas: PanelDelta[] = [];
    for (const table of this.tables) {
      const seen = cursor.get(table.id);
      if (seen === undefined) {
        deltas.push({ id: table.id, change: 'replace', panel: table.panel(this.reader, SNAPSHOT_WEIGHT) });
      } else if (seen < table.ring.total) {
        const most = deltaRows(table.ring.total - seen);
        const { rows, first, total } = table.panel(this.reader, DELTA_WEIGHT, seen, most);
        deltas.push({ id: table.id, change: 'rows', rows, first, total });
      }
      cursor.set(table.id, table.ring.total);
    }
    for (const map of this.maps.shown(this.finished)) {
      // With text or without it is another panel of the same version.
      const position = map.version + (look.text ? 0.5 : 0);
      if (cursor.get(map.id) === position) continue;
      deltas.push({ id: map.id, change: 'replace', panel: map.panel(look) });
      cursor.set(map.id, position);
    }
    deltas.push(...this.textDelta(cursor, look.text === false && this.tables.length > 0));
    return deltas;
  }

  /** Nobody looks at it any more. */
  release(): void {
    for (const ring of this.rings()) ring.release();
  }

  private rings(): RecordRing[] {
    return [this.log.ring, ...this.tables.map(({ ring }) => ring)];
  }

  /** Memory of the raw records that are kept, bytes. */
  get keptBytes(): number {
    return this.tables.reduce((sum, { ring }) => sum + ring.heldBytes, this.log.heldBytes);
  }

  /** The cursor of who has the lines counted, and not the lines, stands at a negative number. */

  private textDelta(cursor: ViewCursor, counted: boolean): PanelDelta[] {
    const { total } = this.log;
    const seen = cursor.get(TEXT_ID);
    const isNew = seen === undefined ? total > 0 : Math.abs(seen) !== total;
    if (!isNew && (counted || !seen || seen > 0)) return [];
    cursor.set(TEXT_ID, counted ? -total : total);
    if (seen === undefined || (seen < 0 && !counted)) {
      const panel = this.textPanel(SNAPSHOT_WEIGHT, counted ? total : 0);
      return [{ id: TEXT_ID, change: 'replace', panel }];
    }
    const lines = this.log.lines(DELTA_WEIGHT, counted ? total : seen, deltaRows(total - seen));
    return [{ id: TEXT_ID, change: 'lines', ...lines }];
  }

  private textPanel(most: number, from = 0): TextPanel {
    const lines = this.log.lines(most, from, this.rows);
    return { id: TEXT_ID, kind: 'text', title: 'Output', ...lines, stream: 'stdout' };
  }
}
