/** A map's panel: histogram, bars, or a table of its entries. */

import type { DataType, Display, Field } from '../layout.ts';
import { mapType } from '../mapTypes.ts';
import type { Unit } from '../notebook/labels.ts';
import type { BarsPanel, Column, Panel, Value } from '../protocol.ts';
import { columnKind, uniqueNames } from './columns.ts';
import { intValue, Reader, toValue } from './decode.ts';
import { buckets, findField, type HistogramData, histogramOf } from './histogram.ts';
import { keyLabel } from './key-label.ts';
import { leaves } from './leaves.ts';
import { intervalStart, type SeriesData, seriesOf } from './series.ts';
import { isBpftraceMap, type MapEntry, readAggregate, readSnapshot, type ShownMap } from './snapshot.ts';
import { sortEntries } from './sort.ts';
import { stacksIn } from './stacks.ts';

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
    title: map.title ?? map.name,
    scale: data.scale,
    ...(unit ? { unit } : {}),
    series: data.series
      .slice(-MAX_SERIES)
      .reverse()
      .map(one => ({
        key: [...(data.keyFields.length ? [keyLabel(map, data.keyFields, one.key)] : []), ...one.about].join(
          ' ',
        ),
        buckets: buckets(data, one),
      })),
  };
}

const UNITS: { [display in Display]?: Unit } = {
  nanoseconds: 'ns',
  microseconds: 'us',
  milliseconds: 'ms',
  seconds: 's',
  bytes: 'bytes',
  kibibytes: 'KiB',
};

/** What was measured, where the compiler knows it: the display of the counted value. */
function unitOf(map: ShownMap): Unit | undefined {
  const slots =
    map.histogram && 'slots' in map.histogram ? findField(map.value, map.histogram.slots) : undefined;
  const counted = slots?.type ?? map.value;
  const type: DataType = counted.kind === 'array' ? counted.element : counted;
  return type.kind === 'int' && type.display ? UNITS[type.display] : undefined;
}

function barsPanel(map: ShownMap, key: Field[], entries: MapEntry[]): BarsPanel {
  const sorted = sortEntries(map, entries).reverse();
  return {
    id: mapPanelId(map),
    kind: 'bars',
    title: map.title ?? map.name,
    valueName: map.aggregation?.fn ?? 'value',
    bars: sorted.slice(0, MAX_BARS).map(entry => {
      const value = readAggregate(map, entry.value);
      return {
        key: keyLabel(map, key, entry.key),
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
    title: map.title ?? map.name,
    columns: uniqueNames([...keyColumns, ...valueColumns]),
    rows: sorted.slice(0, rows).map(entry => {
      reader.open(entry.key, 0, entry.key.length, entry.key.length);
      const key = keys.map(field => toValue(reader, field.type, field.offset, field.bits));
      return [...key, ...read(entry)];
    }),
    first: 0,
    total: entries.length,
    of: 'map',
    ...(isBpftraceMap(map) || !mapType(map.type)?.fills ? {} : { capacity: map.maxEntries }),
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
    title: map.title ?? map.name,
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
