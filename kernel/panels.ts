/** What an output is made of: panels, each the data of a table, a chart, a flame graph or text. Part of the protocol. */

/** A form that an output can be shown in. What a panel has not is shown as it is without a choice. */
export type ViewName = 'table' | 'chart' | 'heatmap' | 'lines' | 'flame' | 'text';

/** A JSON-safe value: integers beyond 2^53 are decimal strings. */
export type Value = number | string | boolean | null | Value[] | { [name: string]: Value };

export type ColumnKind =
  | 'integer'
  | 'boolean'
  | 'string'
  /** Nanoseconds since the epoch, shown as the time of day; 0 = it was not set. */
  | 'time'
  /** Nanoseconds. */
  | 'duration'
  | 'microseconds'
  | 'milliseconds'
  | 'seconds'
  | 'bytes'
  | 'kibibytes'
  | 'address'
  | 'octal'
  | 'enum'
  /** A line a frame, innermost first. */
  | 'stack'
  | 'other';

export interface Column {
  name: string;
  kind: ColumnKind;
}

/** A panel in forms besides its own, where there are any. */
export interface OtherForms {
  /** As bpftrace prints it, a line each; only for who looks at text, and in saved outputs. */
  text?: string[];
  /** How its numbers went while somebody watched, or from print to print. */
  history?: History;
}

export interface History {
  /** ms since the epoch, ascending: one more than there are values between them. */
  times: number[];
  /** By key, `values[i]` is of the time from `times[i]` to `times[i + 1]`; null = not known. */
  lines?: { key: string; values: (Value | null)[] }[];
  /** Of a histogram, all its keys together: `counts[i][j]` came to bucket `j` from `times[i]` to `times[i + 1]`. */
  heat?: { buckets: { lo: Value; hi: Value }[]; counts: number[][] };
}

/** Event rows; or a map's entries, or variables, which are replaced as a whole. */
export interface TablePanel extends OtherForms {
  id: string;
  kind: 'table';
  title: string;
  columns: Column[];
  /** The newest rows kept. */
  rows: Value[][];
  /** Index of `rows[0]` counted from the start of the run. */
  first: number;
  /** Rows ever. */
  total: number;
  /** What the rows are. */
  of: 'records' | 'map' | 'variables';
  /** Of rows that are replaced: how many columns, from the first on, tell a row from all others; absent = one. */
  keys?: number;
  /** How many entries a map may have, where that is a limit. */
  capacity?: number;
}

export interface Bucket {
  /** Inclusive lower bound; null = unbounded below. */
  lo: Value;
  /** Exclusive upper bound; null = unbounded above. */
  hi: Value;
  count: number;
}

export interface HistogramPanel extends OtherForms {
  id: string;
  kind: 'histogram';
  title: string;
  scale: 'log2' | 'linear';
  unit?: 'ns' | 'us' | 'ms' | 's' | 'bytes' | 'KiB';
  series: { key: string; buckets: Bucket[] }[];
}

/** Counts, sums and the like by key, descending. */
export interface BarsPanel extends OtherForms {
  id: string;
  kind: 'bars';
  title: string;
  valueName: string;
  unit?: HistogramPanel['unit'];
  bars: { key: string; value: Value }[];
  /** Bars left out of `bars`. */
  more: number;
}

/** A map of tseries(): a value for each interval. */
export interface SeriesPanel extends OtherForms {
  id: string;
  kind: 'series';
  title: string;
  valueName: string;
  unit?: HistogramPanel['unit'];
  /** Starts of the intervals, ms since the epoch, ascending. */
  times: number[];
  /** A value for each time; null where nothing came. */
  series: { key: string; values: (Value | null)[] }[];
  /** Keys left out of `series`. */
  more: number;
}

export interface Frame {
  name: string;
  /** A key beside the stack, such as comm, is the outermost frame. */
  of: 'kernel' | 'user' | 'inlined' | 'key';
  /** Why it has no name; of the frame `…`, why the stack begins there. */
  note?: string;
}

/** A map whose key holds stacks. */
export interface FlamePanel extends OtherForms {
  id: string;
  kind: 'flame';
  title: string;
  valueName: string;
  unit?: HistogramPanel['unit'];
  /** What the first frames of each stack are, which are its key beside the stack; absent = there is nothing beside it. */
  keys?: Column[];
  /** Each once. */
  frames: Frame[];
  /** Largest first. `frames` are indices into the panel's, outermost first; `before` is the value in the cell's run before. */
  stacks: { frames: number[]; value: Value; before?: Value }[];
  /** Stacks left out. */
  more: number;
}

/** Text as bpftrace prints it: whole lines, the newest kept. */
export interface TextPanel {
  id: string;
  kind: 'text';
  title: string;
  lines: string[];
  first: number;
  total: number;
  stream: 'stdout' | 'stderr';
}

export type Panel = TablePanel | HistogramPanel | BarsPanel | SeriesPanel | FlamePanel | TextPanel;
