/** A map's panel: histogram, bars, or a table of its entries. */

import type { DataType, Field } from '../layout.ts';
import { mapType } from '../mapTypes.ts';
import type { Unit } from '../notebook/labels.ts';
import type {
  BarsPanel,
  Column,
  HistogramPanel,
  Panel,
  SeriesPanel,
  TablePanel,
  Value,
} from '../protocol.ts';
import { columnKind, uniqueNames } from './columns.ts';
import { intValue, Reader, toValue } from './decode.ts';
import { flamePanel } from './flame.ts';
import { buckets, findField, type HistogramData, histogramOf } from './histogram.ts';
import { keyLabel } from './key-label.ts';
import { keyLeaves, leaves } from './leaves.ts';
import { panelHead } from './panel-head.ts';
import { type SeriesData, seriesOf } from './series.ts';
import { isBpftraceMap, type MapEntry, readAggregate, readSnapshot, type ShownMap } from './snapshot.ts';
import { sortEntries } from './sort.ts';
import { stacksIn } from './stacks.ts';
import { unitOf } from './units.ts';

/** Bounds of what a panel holds; a map may have millions of entries. */
const MAX_BARS = 100;
const MAX_SERIES = 50;
const MAX_INTERVALS = 1_000;

export type MapPanel = Exclude<Panel, { kind: 'text' }>;

/** `rows`: entries a table shows at most. */
export function mapPanel(map: ShownMap, payload: Uint8Array, rows: number): MapPanel {
  const entries = readSnapshot(map, payload);
  return flamePanel(map, entries) ?? plainPanel(map, entries, rows);
}

/** The same, but that stacks are cells of a table, with all that is known of their frames. */
export function plainPanel(map: ShownMap, entries: MapEntry[], rows: number): MapPanel {
  const data = histogramOf(map, entries);
  if (data) return histogramPanel(map, data);
  const series = seriesOf(map, entries);
  if (series) return seriesPanel(map, series);
  const fn = map.aggregation?.fn;
  const stacks = map.key && stacksIn(map.key).length > 0;
  if (map.key && !stacks && (fn === 'count' || fn === 'sum')) return barsPanel(map, map.key, entries);
  return tablePanel(map, entries, rows);
}

function histogramPanel(map: ShownMap, data: HistogramData): HistogramPanel {
  const unit = unitOfMap(map);
  return {
    ...panelHead(map, 'histogram'),
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

/** What was measured: the counted value. */
function unitOfMap(map: ShownMap): Unit | undefined {
  const slots =
    map.histogram && 'slots' in map.histogram ? findField(map.value, map.histogram.slots) : undefined;
  const total = map.aggregation?.fn === 'tseries' ? findField(map.value, 'total') : undefined;
  return unitOf((slots ?? total)?.type ?? map.value);
}

function barsPanel(map: ShownMap, key: Field[], entries: MapEntry[]): BarsPanel {
  const sorted = sortEntries(map, entries).reverse();
  const unit = unitOfMap(map);
  return {
    ...panelHead(map, 'bars'),
    valueName: map.aggregation?.fn ?? 'value',
    ...(unit ? { unit } : {}),
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

/** An entry a row, whatever else it can be shown as. */
export function tablePanel(map: ShownMap, entries: MapEntry[], rows: number): TablePanel {
  const keys = keyLeaves(map.key ?? []);
  const keyColumns = keys.map((field, i) => ({
    name: field.name || `key${i || ''}`,
    kind: columnKind(field.type),
  }));
  const { columns: valueColumns, read } = valueReader(map);
  const sorted = sortEntries(map, entries);
  if (map.aggregation || map.value.kind === 'int') sorted.reverse();
  const reader = new Reader(undefined, map.names);
  return {
    ...panelHead(map, 'table'),
    columns: uniqueNames([...keyColumns, ...valueColumns]),
    rows: sorted.slice(0, rows).map(entry => {
      reader.open(entry.key, 0, entry.key.length, entry.key.length);
      const key = keys.map(field => toValue(reader, field.type, field.offset, field.bits));
      return [...key, ...read(entry)];
    }),
    first: 0,
    total: entries.length,
    of: 'map',
    keys: keys.length,
    ...(isBpftraceMap(map) || !mapType(map.type)?.fills ? {} : { capacity: map.maxEntries }),
  };
}

/** The newest intervals of all keys, those without a value too. */
function seriesPanel(map: ShownMap, { keyFields, series, interval, newest }: SeriesData): SeriesPanel {
  const shown = series.slice(0, MAX_SERIES);
  const first = shown
    .flatMap(({ points }) => points.slice(0, 1))
    .sort((a, b) => (a.epoch < b.epoch ? -1 : 1))[0];
  const since = first ? newest - first.epoch + 1n : 0n;
  const length = Math.min(Number(since), MAX_INTERVALS);
  const begin = newest - BigInt(length) + 1n;
  const start = first ? first.start + (begin - first.epoch) * BigInt(interval) : 0n;
  const unit = unitOfMap(map);
  return {
    ...panelHead(map, 'series'),
    valueName: map.aggregation?.fn === 'tseries' && map.aggregation.keep ? map.aggregation.keep : 'value',
    ...(unit ? { unit } : {}),
    times: Array.from({ length }, (_, i) => Number(start + BigInt(i) * BigInt(interval)) / 1e6),
    series: shown.map(({ key, points }) => {
      const values: (Value | null)[] = new Array(length).fill(null);
      for (const { epoch, value } of points)
        if (epoch >= begin) values[Number(epoch - begin)] = intValue(value);
      return { key: keyFields.length > 0 ? keyLabel(map, keyFields, key) : '', values };
    }),
    more: series.length - shown.length,
  };
}

/** Columns of a map's value, and how an entry fills them. */
function valueReader(map: ShownMap): { columns: Column[]; read: (entry: MapEntry) => Value[] } {
  const fn = map.aggregation?.fn;
  const kind = columnKind(extremeType(map.value));
  if (fn === 'stats')
    return {
      columns: [
        { name: 'count', kind: 'integer' },
        { name: 'average', kind },
        { name: 'total', kind },
      ],
      read: entry => {
        const value = readAggregate(map, entry.value);
        return 'value' in value
          ? [intValue(value.value)]
          : [intValue(value.count), intValue(value.average), intValue(value.total)];
      },
    };
  if (fn)
    return {
      columns: [{ name: fn, kind }],
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
