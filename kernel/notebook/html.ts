/** Panels as bounded, escaped HTML for readers without the extension: no script, no style sheet. */
import type { BarsPanel, HistogramPanel, Panel, TablePanel, TextPanel } from '../protocol.ts';
import { tableForm } from './forms.ts';
import { bucketLabel, cellText, isNumeric, rowNoun, visible, visibleLine } from './labels.ts';

const ENTITIES: { [char: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, char => ENTITIES[char]!);

/** `rows`: rows, lines, bars shown at most. */
export function panelHtml(panel: Panel, rows: number): string {
  switch (panel.kind) {
    case 'table':
      return tableHtml(panel, rows);
    case 'histogram':
      return histogramHtml(panel);
    case 'bars':
      return barsHtml(panel, rows);
    case 'series':
    case 'flame':
      return tableHtml(tableForm(panel), rows);
    case 'text':
      return textHtml(panel, rows);
  }
}

const line = (text: string) => escapeHtml(visibleLine(text));
const note = (count: number, what: string) => (count > 0 ? `<p><em>${count} ${what} not shown</em></p>` : '');

function table(caption: string, head: string[], rows: { text: string; right: boolean }[][]): string {
  const cell = ({ text, right }: { text: string; right: boolean }) =>
    `<td${right ? ' align="right"' : ''}>${line(text)}</td>`;
  return (
    `<table><caption>${line(caption)}</caption>` +
    `<thead><tr>${head.map(name => `<th>${line(name)}</th>`).join('')}</tr></thead>` +
    `<tbody>${rows.map(row => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</tbody></table>`
  );
}

function tableHtml({ title, columns, rows, total, of }: TablePanel, limit: number): string {
  const shown = of === 'records' ? rows.slice(-limit) : rows.slice(0, limit);
  return (
    table(
      title,
      columns.map(column => column.name),
      shown.map(row =>
        row.map((value, i) => {
          const kind = columns[i]?.kind ?? 'other';
          return { text: cellText(value, kind), right: isNumeric(kind) };
        }),
      ),
    ) + note(total - shown.length, of === 'records' ? 'older rows' : rowNoun(of, 2))
  );
}

const MAX_SERIES = 10;

function histogramHtml({ title, series, unit }: HistogramPanel): string {
  const tables = series.slice(0, MAX_SERIES).map(({ key, buckets }) =>
    table(
      key ? `${title}[${key}]` : title,
      ['bucket', 'count'],
      buckets.map(bucket => [
        { text: bucketLabel(bucket, unit), right: false },
        { text: String(bucket.count), right: true },
      ]),
    ),
  );
  return tables.join('') + note(series.length - MAX_SERIES, 'keys');
}

function barsHtml({ title, valueName, bars, more }: BarsPanel, limit: number): string {
  const shown = bars.slice(0, limit);
  return (
    table(
      title,
      ['key', valueName],
      shown.map(bar => [
        { text: bar.key, right: false },
        { text: String(bar.value), right: true },
      ]),
    ) + note(more + bars.length - shown.length, 'keys')
  );
}

function textHtml({ lines, total }: TextPanel, limit: number): string {
  const shown = lines.slice(-limit);
  return `${note(total - shown.length, 'older lines')}<pre>${shown.map(text => escapeHtml(visible(text))).join('\n')}</pre>`;
}
