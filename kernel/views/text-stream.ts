/** Everything a run prints on standard output, in stream order: text as bpftrace's, or NDJSON. */
import type { CellLayout, MapLayout, RecordLayout } from '../layout.ts';
import { panelText } from '../notebook/text.ts';
import { RecordKinds, type StreamOptions, walkBatch } from './batch.ts';
import { Reader } from './decode.ts';
import { effectOf, type Performed, performedJson } from './effects.ts';
import { type GlobalHistogram, globalHistograms } from './global-histograms.ts';
import { jsonLine } from './json.ts';
import { cMapJson, cMapText, mapJson, mapText, type PrintOptions, WIDEST } from './map-print.ts';
import { controlNumber, type Printer, printerOf } from './print.ts';
import { RowPrinter } from './rows-print.ts';
import { isBpftraceMap, isEmpty, isHistogram, isZero, type ShownMap, shownMap } from './snapshot.ts';
import { type Escape, unchanged } from './text.ts';
import { VariablesView } from './variables.ts';

export interface TextOptions extends StreamOptions {
  format: 'text' | 'json';
  /** For where the text goes; {@link unchanged} without. */
  safe?: Escape;
  /** The same for messages. */
  safeMessage?: Escape;
  /** Takes the program's own messages, which are no part of the text; without, they are left out. */
  message?: (text: string, level: 'error' | 'warning') => void;
  /** Takes the text that stands in front of a message, so that both can be shown in order. */
  flush?: (text: string) => void;
}

export class TextStream {
  private readonly options: TextOptions;
  private readonly safe: Escape;
  private readonly safeMessage: Escape;
  private readonly kinds: RecordKinds;
  private readonly maps: ShownMap[];
  /** Records whose text comes from what was done for them. */
  private readonly effects = new Set<RecordLayout>();
  private readonly printers = new Map<RecordLayout, Printer>();
  private readonly rows = new Map<RecordLayout, RowPrinter>();
  private readonly reader: Reader;
  /** The snapshots the stream ended with, by symbol. */
  private readonly last = new Map<string, Uint8Array>();
  private readonly variables: VariablesView;
  private readonly histograms: GlobalHistogram[];
  /** What last emptied a map. */
  private readonly emptied = new Map<ShownMap, 'clear' | 'zero'>();
  private awaiting: (PrintOptions & { map: ShownMap }) | undefined;
  /** Layout of the rows printed last: another one gets its header first. */
  private table: RecordLayout | undefined;
  /** Text that {@link write} has made so far. */
  private out = '';
  /** bpftrace cells carry an `on` flag, those in C do not. */
  private readonly bpftrace: boolean;

  constructor(layout: CellLayout, options: TextOptions) {
    this.options = options;
    this.safe = options.safe ?? unchanged;
    this.safeMessage = options.safeMessage ?? unchanged;
    this.kinds = new RecordKinds(layout, options.rings);
    this.reader = new Reader(undefined, options.names);
    this.bpftrace = layout.onFlag !== undefined;
    this.maps = layout.maps.map(map => shownMap(map, options.names));
    this.histograms = globalHistograms(layout.globals, options.names);
    this.variables = new VariablesView(layout.globals, options.names);
    // bpftrace prints its maps by name, whatever their order in the program.
    if (this.bpftrace) this.maps.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const record of layout.records) {
      const printer = printerOf(record, { now: () => new Date(), ...options });
      if (printer) this.printers.set(record, printer);
      if (effectOf(record)) this.effects.add(record);
      if (record.action.do === 'row') this.rows.set(record, new RowPrinter(record));
    }
  }

  /**
   * Text ready for standard output; `performed` is what the batch's effects gave, in stream order. A snapshot that no
   * print-map record asked for is kept for {@link atEnd}.
   */
  write(batch: Uint8Array, performed: readonly Performed[] = []): string {
    this.out = '';
    let effects = 0;
    walkBatch(batch, {
      record: (view, ring, start, length) => {
        const layout = this.kinds.of(view, ring, start, length);
        if (!layout) return;
        if (!this.effects.has(layout))
          this.add(this.record(layout, this.reader.open(batch, start, length, layout.size)));
        else if (effects < performed.length) this.add(this.performed(layout, performed[effects++]!));
      },
      snapshot: (index, payload) => {
        const symbol = this.options.maps[index];
        if (symbol !== undefined) this.add(this.snapshot(symbol, payload));
      },
    });
    return this.out;
  }

  private add(text: string): void {
    this.out += text;
  }

  private record(layout: RecordLayout, reader: Reader): string {
    const json = this.options.format === 'json';
    const printer = this.printers.get(layout);
    if (printer?.level && !json) return this.message(printer.level, printer.text(reader, this.safeMessage));
    if (printer) return json ? printer.json(reader) : printer.text(reader, this.safe);
    const rows = this.rows.get(layout);
    if (rows) {
      if (json) return `${jsonLine({ type: 'row', stream: layout.ring, data: rows.value(reader) })}\n`;
      const header = this.table === layout ? '' : rows.header();
      this.table = layout;
      return header + rows.row(reader);
    }
    const { action, fields } = layout;
    const map = 'map' in action ? this.mapOf(action.map) : undefined;
    if (action.do === 'print-map' && map)
      this.awaiting = {
        map,
        top: controlNumber(reader, fields, 'top'),
        divide: controlNumber(reader, fields, 'div'),
      };
    else if ((action.do === 'clear' || action.do === 'zero') && map) this.emptied.set(map, action.do);
    return '';
  }

  private performed(layout: RecordLayout, done: Performed): string {
    if (done.failed) return this.message('error', this.safeMessage(done.text));
    return this.options.format === 'json' ? performedJson(layout, done) : this.safe(done.text);
  }

  /** Never part of the text. */
  private message(level: 'error' | 'warning', text: string): '' {
    const { flush, message } = this.options;
    if (flush) {
      flush(this.out);
      this.out = '';
    }
    message?.(text, level);
    return '';
  }

  private snapshot(symbol: string, payload: Uint8Array): string {
    const asked = this.awaiting;
    if (asked?.map.symbol === symbol) {
      this.awaiting = undefined;
      // bpftrace shows an empty scalar as zero, but no empty histogram.
      const { map } = asked;
      const isVoid = isHistogram(map.aggregation?.fn) || map.key ? this.isVoid(map, payload) : false;
      return isVoid ? '' : this.print(map, payload, asked);
    }
    this.last.set(symbol, new Uint8Array(payload));
    return '';
  }

  private print(map: ShownMap, payload: Uint8Array, options?: PrintOptions): string {
    const text = this.options.format === 'text';
    if (isCMap(map)) return text ? cMapText(map, payload) : cMapJson(map, payload);
    return text ? mapText(map, payload, this.safe, options) : mapJson(map, payload, options);
  }

  /** A map by symbol or by the name the user gave it. */
  private mapOf(name: string): ShownMap | undefined {
    return this.maps.find(map => map.symbol === name) ?? this.maps.find(map => map.name === name);
  }

  /**
   * Does a map hold nothing, as bpftrace sees it? A scalar always exists here: zeros were never assigned, or cleared,
   * unless it was zeroed. Only a sum may have become zero by itself.
   */
  private isVoid(map: ShownMap, payload: Uint8Array): boolean {
    if (map.key || !isBpftraceMap(map)) return isEmpty(map, payload);
    const emptied = this.emptied.get(map);
    if (emptied === 'zero') return false;
    const mayBeZero = map.aggregation?.fn === 'sum' && emptied === undefined;
    return isEmpty(map, payload) || (isZero(map, payload) && !mayBeZero);
  }

  /** What is printed at the end, from `snapshots` (by symbol), else from the stream's last ones: maps, and variables. */
  atEnd(snapshots?: ReadonlyMap<string, Uint8Array>): string {
    let out = this.options.format === 'text' && this.bpftrace ? '\n\n' : '';
    for (const map of this.maps) {
      const payload = snapshots?.get(map.symbol) ?? this.last.get(map.symbol);
      if (!map.printAtEnd || !payload || this.isVoid(map, payload)) continue;
      if (isCMap(map) && this.options.format === 'text' && this.table) out += '\n';
      out += this.print(map, payload);
    }
    return out + this.histogramsAtEnd(snapshots ?? this.last) + this.variablesAtEnd(snapshots ?? this.last);
  }

  private histogramsAtEnd(sections: ReadonlyMap<string, Uint8Array>): string {
    return this.histograms
      .map(({ section, map, payload }) => {
        const part = payload(sections.get(section) ?? new Uint8Array(0));
        return isEmpty(map, part) || isZero(map, part) ? '' : this.print(map, part);
      })
      .join('');
  }

  private variablesAtEnd(sections: ReadonlyMap<string, Uint8Array>): string {
    const { variables } = this;
    for (const [symbol, payload] of sections) if (isSection(symbol)) variables.set(symbol, payload);
    if (!variables.isShown) return '';
    return this.options.format === 'json'
      ? `${jsonLine({ type: 'variables', data: variables.values() })}\n`
      : panelText(variables.panel(), { width: WIDEST, rows: Number.MAX_SAFE_INTEGER });
  }
}

/** Rather than a map of the user's. */
const isSection = (symbol: string) => symbol.startsWith('.');

const isCMap = (map: MapLayout) => !map.internal && !isBpftraceMap(map);
