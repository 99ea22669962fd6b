/** Panels as plain text: for terminals, for `text/plain`, for people without the extension. */
import type {
  BarsPanel,
  Column,
  HistogramPanel,
  Panel,
  SeriesPanel,
  TablePanel,
  TextPanel,
  Value,
} from '../protocol.ts';
import { flameText } from './flameText.ts';
import {
  asBigInt,
  bucketLabel,
  cellText,
  clock,
  countedRows,
  duration,
  inUnit,
  isNumeric,
  shortNames,
  visible,
  visibleLine,
} from './labels.ts';
import { cutTo, displayWidth } from './width.ts';

export interface TextPanelOptions {
  /** Characters a line may have. */
  width?: number;
  /** Newest rows and lines shown of each panel. */
  rows?: number;
}

const GAP = 2;
const MIN_COLUMN = 4;
const MAX_BAR = 52;
const MAX_SERIES = 20;

/** All panels, a blank line between them. Ends with a newline unless empty. */
export function renderPanels(panels: Panel[], options: TextPanelOptions = {}): string {
  return panels.map(panel => panelText(panel, options)).join('\n');
}

/** One panel, its title on the first line. */
export function panelText(panel: Panel, options: TextPanelOptions = {}): string {
  const width = Math.max(20, options.width ?? 100);
  const rows = options.rows ?? 100;
  switch (panel.kind) {
    case 'table':
      return tableText(panel, width, rows);
    case 'histogram':
      return histogramText(panel, width);
    case 'bars':
      return barsText(panel, width, rows);
    case 'series':
      return seriesText(panel, width, rows);
    case 'flame':
      return flameText(panel, width, rows);
    case 'text':
      return textText(panel, rows);
  }
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function textText(panel: TextPanel, rows: number): string {
  const lines = panel.lines.slice(-rows);
  const left = panel.total - lines.length;
  return [...(left > 0 ? [`… ${plural(left, 'line')} before`] : []), ...lines.map(visible)]
    .map(line => `${line}\n`)
    .join('');
}

function tableText(panel: TablePanel, width: number, limit: number): string {
  const { title, columns, rows, total, of } = panel;
  const shown = of === 'records' ? rows.slice(-limit) : rows.slice(0, limit);
  const count = `${shown.length < total ? `${shown.length} of ` : ''}${countedRows(panel)}`;
  const texts = shown.map(row => row.map((value, i) => cellText(value, columns[i]?.kind ?? 'other')));
  const names = shortNames(columns.map(column => column.name)).map(visibleLine);
  const widths = fit(
    names.map((name, i) =>
      texts.reduce((most, row) => Math.max(most, displayWidth(row[i] ?? '')), displayWidth(name)),
    ),
    width,
  );
  const lines = [names, ...texts].map(cells =>
    cells
      .map((text, i) => align(text, widths[i]!, columns[i]!))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
  return `${visibleLine(title)} (${count})\n${lines.map(line => `${line}\n`).join('')}`;
}

/** Narrows the widest columns, all to one width, until the line fits. */
function fit(widths: number[], width: number): number[] {
  let most = Math.max(MIN_COLUMN, ...widths);
  const length = () => widths.reduce((sum, one) => sum + Math.min(one, most) + GAP, -GAP);
  while (length() > width && most > MIN_COLUMN) most--;
  // What is left over by making all of them one narrower goes to the first.
  let room = width - length();
  return widths.map(one => Math.min(one, one > most && room-- > 0 ? most + 1 : most));
}

function align(text: string, width: number, column: Column): string {
  const cut = cutTo(text, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(cut)));
  return isNumeric(column.kind) ? space + cut : cut + space;
}

function histogramText({ title, series, unit }: HistogramPanel, width: number): string {
  const blocks = series.slice(0, MAX_SERIES).map(({ key, buckets }) => {
    const labels = buckets.map(bucket => bucketLabel(bucket, unit));
    const counts = buckets.map(bucket => bucket.count);
    return `${keyedTitle(title, key)}\n${barLines(labels, counts, counts.map(String), width)}`;
  });
  return withMoreKeys(blocks, title, series.length - blocks.length);
}

/** A bar an interval, the newest `rows` of them. */
function seriesText(panel: SeriesPanel, width: number, rows: number): string {
  const { title, valueName, unit, times, series, more } = panel;
  const labels = times.slice(-rows).map(clock);
  const blocks = series.slice(0, MAX_SERIES).map(({ key, values }) => {
    const shown = values.slice(-rows);
    const texts = shown.map(value => (value === null ? '-' : (inUnit(value, unit) ?? valueText(value))));
    const bars = barLines(labels, shown.map(Number), texts, width);
    return `${keyedTitle(title, key)} (${visibleLine(valueName)})\n${bars}`;
  });
  return withMoreKeys(blocks, title, series.length - blocks.length + more);
}

const keyedTitle = (title: string, key: string) =>
  key ? `${visibleLine(title)}[${visibleLine(key)}]` : visibleLine(title);

function withMoreKeys(blocks: string[], title: string, more: number): string {
  if (blocks.length === 0) return `${visibleLine(title)} (empty)\n`;
  return [...blocks, ...(more > 0 ? [`… ${plural(more, 'more key')}\n`] : [])].join('\n');
}

function barsText({ title, valueName, bars, more }: BarsPanel, width: number, rows: number): string {
  const shown = bars.slice(0, rows);
  const labels = shown.map(bar => visibleLine(bar.key));
  const left = more + bars.length - shown.length;
  const values = shown.map(bar => bar.value);
  const lines = barLines(labels, values.map(Number), values.map(valueText), width);
  return `${visibleLine(title)} (${visibleLine(valueName)})\n${lines}${left > 0 ? `… ${left} more\n` : ''}`;
}

const valueText = (value: Value) =>
  asBigInt(value) === undefined ? cellText(value, 'other') : String(value);

/** `label  value |@@@@   |`; labels are cut so that a bar has room. */
function barLines(labels: string[], values: number[], texts: string[], width: number): string {
  const valueWidth = Math.max(1, ...texts.map(displayWidth));
  const labelWidth = Math.min(Math.max(1, ...labels.map(displayWidth)), Math.max(8, width - valueWidth - 16));
  const barWidth = Math.max(4, Math.min(MAX_BAR, width - labelWidth - valueWidth - 5));
  const most = Math.max(1, ...values.filter(Number.isFinite));
  return labels
    .map((label, i) => {
      const size = Math.trunc((Math.max(0, values[i]!) / most) * barWidth) || 0;
      const name = align(label, labelWidth, { name: '', kind: 'string' });
      return `${name}  ${texts[i]!.padStart(valueWidth)} |${'@'.repeat(size).padEnd(barWidth)}|\n`;
    })
    .join('');
}

/** `3 probes · 1200 events · 1.2s`: the line above a saved output. Of what traces nothing, how long it took. */
export function runLine(run: {
  totals: { events: number; dropped: number; missed: number };
  probes: string[];
  elapsedMs: number;
}): string {
  const { events, dropped, missed } = run.totals;
  return [
    ...(run.probes.length || events ? [plural(run.probes.length, 'probe'), plural(events, 'event')] : []),
    ...(dropped ? [`${dropped} dropped`] : []),
    ...(missed ? [`${missed} missed`] : []),
    duration(run.elapsedMs * 1e6),
  ].join(' · ');
}
