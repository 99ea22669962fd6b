/**
 * Records and maps of a run, seen: raw bytes in; panels, deltas and text out. Pure. These are the signatures
 * that sessions and the CLI use; the implementation follows.
 */
import type { CellLayout } from '../layout.ts';
import type { Panel, PanelDelta } from '../protocol.ts';

export interface StreamOptions {
  /** Symbols of the ring buffers, by the index batches carry (`attach.rings` order). */
  rings: string[];
  /** Symbols of the maps, by the index batches carry (`open` result order). */
  maps: string[];
  /** Wall clock of `time()`; the host's unless given. */
  now?: () => Date;
}

export interface ViewOptions extends StreamOptions {
  /** Newest records kept per table, and newest lines kept of the text. */
  rows: number;
  /** `bpftrace` or `bpf-c`. */
  language: string;
}

/** What one subscriber has seen: panel id → position. A fresh one gets everything as `replace`. */
export type ViewCursor = Map<string, number>;

export declare class RunViews {
  constructor(layout: CellLayout, options: ViewOptions);
  /** Records ever. */
  readonly events: number;
  /** Takes a loader batch (its bytes are copied where kept). `exit` is there once a record asked for it. */
  ingest(batch: Uint8Array): { exit?: { code: number } };
  /** A snapshot payload (kernel/loader/protocol.ts) of the map with this symbol. */
  setMap(symbol: string, payload: Uint8Array): void;
  /** No more records come: an unfinished last line counts as whole. */
  finish(): void;
  /** All panels with the newest rows kept; for snapshots and saved outputs. */
  panels(): Panel[];
  /** A cursor that stands at what {@link panels} shows now. */
  cursor(): ViewCursor;
  /** What changed since the cursor, which is moved; at most 500 rows or lines a panel. */
  delta(cursor: ViewCursor): PanelDelta[];
}

export interface TextOptions extends StreamOptions {
  format: 'text' | 'json';
}

/** Everything a run prints, in stream order, as bpftrace prints it; BPF C records as table rows. */
export declare class TextStream {
  constructor(layout: CellLayout, options: TextOptions);
  /** Text ready for standard output. A snapshot that no print-map record asked for is kept for {@link atEnd}. */
  write(batch: Uint8Array): string;
  /** The maps that are printed at the end: from `snapshots` (by symbol), else from the stream's last ones. */
  atEnd(snapshots?: ReadonlyMap<string, Uint8Array>): string;
}

/** Panels for a terminal: tables fitted to `width` columns, histograms and bars drawn. `rows`: newest shown. */
export declare function renderPanels(panels: Panel[], options?: { width?: number; rows?: number }): string;
