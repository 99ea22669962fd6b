/** A map's panel: histogram, bars, or a table of its entries. */

import type { DataType, Field } from '../layout.ts';
import { visibleLine } from '../notebook/labels.ts';
import type { BarsPanel, Column, Panel, Value } from '../protocol.ts';
import { columnKind, uniqueNames } from './columns.ts';
import { intValue, Reader, toValue } from './decode.ts';
import { buckets, type HistogramData, histogramOf } from './histogram.ts';
import { leaves } from './leaves.ts';
import { intervalStart, type SeriesData, seriesOf } from './series.ts';
import { type MapEntry, readAggregate, readSnapshot, type ShownMap } from './snapshot.ts';
import { sortEntries } from './sort.ts';
import { stacksIn } from './stacks.ts';
import { keyText } from './text.ts';

/** Bounds of what a panel holds; a map may have millions of entries. */
const MAX_BARS = 100;
const MAX_SERIES = 50;

export const mapPanelId = (map: ShownMap) => `map:${map.name}`;

/** `rows`: entries a table shows at most. */
export function mapPanel(map: ShownMap, payload: Uint8Array, rows: number): Panel {
  const entries = readSnapshot(map, payload);
  const data = histogramOf(map, entries);
  if (data) return histogramPanel(map, data);
  const series = seriesOf(map, entries);
  if (series) return seriesPanel(map, series, rows);
  const fn = map.aggregation?.fn;
  const stacks = map.key && stacksIn(map.key).length > 0;
  if (map.key && !stacks && (fn === 'count' || fn === 'sum')) return barsPanel(map, map.key, entries);
  return tablePanel(map, entries, rows);
}

function histogramPanel(map: ShownMap, data: HistogramData): Panel {
  const unit = unitOf(map);
  return {
    id: mapPanelId(map),
    kind: 'histogram',
    title: map.name,
    scale: data.scale,
    ...(unit ? { unit } : {}),
    series: data.series
      .slice(-MAX_SERIES)
      .reverse()
      .map(one => ({
        key: data.keyFields.length
          ? visibleLine(keyText(new Reader(one.key, map.names), data.keyFields, text => text))
          : '',
        buckets: buckets(data, one),
      })),
  };
}

const UNITS: { [display: string]: 'ns' | 'bytes' } = { nanoseconds: 'ns', bytes: 'bytes' };

/** What was measured, where the compiler knows it: the display of the counted value. */
function unitOf(map: ShownMap): 'ns' | 'bytes' | undefined {
  const type: DataType = map.value.kind === 'array' ? map.value.element : map.value;
  return type.kind === 'int' && type.display ? UNITS[type.display] : undefined;
}

function barsPanel(map: ShownMap, key: Field[], entries: MapEntry[]): BarsPanel {
  const sorted = sortEntries(map, entries).reverse();
  return {
    id: mapPanelId(map),
    kind: 'bars',
    title: map.name,
    valueName: map.aggregation?.fn ?? 'value',
    bars: sorted.slice(0, MAX_BARS).map(entry => {
      const value = readAggregate(map, entry.value);
      return {
        key: visibleLine(keyText(new Reader(entry.key, map.names), key, text => text)),
        value: intValue('value' in value ? value.value : value.average),
      };
    }),
    more: Math.max(0, sorted.length - MAX_BARS),
  };
}

function tablePanel(map: ShownMap, entries: MapEntry[], rows: number): Panel {
  const keys = leaves((map.key ?? []).flatMap(openTuple));
  const keyColumns = keys.map((field, i) => ({
    name: field.name || `key${i || ''}`,
    kind: columnKind(field.type),
  }));
  const { columns: valueColumns, read } = valueReader(map);
  const sorted = sortEntries(map, entries);
  if (map.aggregation || map.value.kind === 'int') sorted.reverse();
  const reader = new Reader(undefined, map.names);
  return {
    id: mapPanelId(map),
    kind: 'table',
    title: map.name,
    columns: uniqueNames([...keyColumns, ...valueColumns]),
    rows: sorted.slice(0, rows).map(entry => {
      reader.open(entry.key, 0, entry.key.length, entry.key.length);
      const key = keys.map(field => toValue(reader, field.type, field.offset, field.bits));
      return [...key, ...read(entry)];
    }),
    first: 0,
    total: entries.length,
    of: 'map',
  };
}

/** One row an interval. */
function seriesPanel(map: ShownMap, { keyFields, series }: SeriesData, rows: number): Panel {
  const keys = leaves(keyFields.flatMap(openTuple));
  const all = series.flatMap(({ key, points }) => {
    const reader = new Reader(key, map.names);
    const parts = keys.map(field => toValue(reader, field.type, field.offset, field.bits));
    return points.map(({ start, value }) => [...parts, intervalStart(start), intValue(value)]);
  });
  return {
    id: mapPanelId(map),
    kind: 'table',
    title: map.name,
    columns: uniqueNames([
      ...keys.map((field, i) => ({ name: field.name || `key${i || ''}`, kind: columnKind(field.type) })),
      { name: 'interval', kind: 'string' },
      { name: 'value', kind: 'integer' },
    ]),
    rows: all.slice(0, rows),
    first: 0,
    total: all.length,
    of: 'map',
  };
}

const openTuple = (field: Field): Field[] =>
  field.type.kind === 'tuple'
    ? field.type.fields.map(part => ({ ...part, offset: part.offset + field.offset }))
    : [field];

/** Columns of a map's value, and how an entry fills them. */
function valueReader(map: ShownMap): { columns: Column[]; read: (entry: MapEntry) => Value[] } {
  const fn = map.aggregation?.fn;
  if (fn === 'stats')
    return {
      columns: ['count', 'average', 'total'].map(name => ({ name, kind: 'integer' })),
      read: entry => {
        const value = readAggregate(map, entry.value);
        return 'value' in value
          ? [intValue(value.value)]
          : [intValue(value.count), intValue(value.average), intValue(value.total)];
      },
    };
  if (fn)
    return {
      columns: [{ name: fn, kind: columnKind(extremeType(map.value)) }],
      read: entry => {
        const value = readAggregate(map, entry.value);
        return [intValue('value' in value ? value.value : value.average)];
      },
    };
  const fields =
    map.value.kind === 'struct' ? leaves(map.value.fields) : [{ name: 'value', offset: 0, type: map.value }];
  return {
    columns: fields.map(({ name, type }) => ({ name, kind: columnKind(type) })),
    read: entry => {
      const reader = new Reader(entry.value, map.names);
      return fields.map((field: Field) => toValue(reader, field.type, field.offset, field.bits));
    },
  };
}

/** The counted integer's type inside {value, set} and {total, count}. */
const extremeType = (type: DataType): DataType =>
  type.kind === 'struct' ? (type.fields[0]?.type ?? type) : type;
