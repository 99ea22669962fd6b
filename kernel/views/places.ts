/** Where in the records and maps of a cell something lies that must be looked at before they are shown. */
import type { CellLayout, DataType, Field, RecordLayout } from '../layout.ts';
import { align8, RecordKinds, type StreamOptions, walkBatch } from './batch.ts';
import { Reader } from './decode.ts';
import { SNAPSHOT_HEADER } from './snapshot.ts';

/** What of one kind there is in a type that begins at `at`; nested types are looked through by {@link Places}. */
export type FindPlace<Place> = (type: DataType, at: number) => Place | undefined;

export class Places<Place> {
  readonly all: Place[] = [];
  readonly #kinds: RecordKinds;
  readonly #records = new Map<RecordLayout, Place[]>();
  readonly #maps = new Map<string, { key: Place[]; value: Place[] }>();
  readonly #streams: StreamOptions;
  readonly #reader: Reader;

  constructor(layout: CellLayout, streams: StreamOptions, find: FindPlace<Place>) {
    this.#streams = streams;
    this.#reader = new Reader(undefined, streams.names);
    this.#kinds = new RecordKinds(layout, streams.rings);
    const found = (fields: Field[]) => {
      const places = placesOf(fields, find);
      this.all.push(...places);
      return places;
    };
    for (const record of layout.records) {
      const places = found(record.fields);
      if (places.length > 0) this.#records.set(record, places);
    }
    for (const { symbol, key = [], value } of layout.maps) {
      const places = { key: found(key), value: found([{ name: '', offset: 0, type: value }]) };
      if (places.key.length + places.value.length > 0) this.#maps.set(symbol, places);
    }
  }

  /** Calls `visit` with the places of each record and snapshot of a batch; the reader stands at what they are in. */
  inBatch(batch: Uint8Array, visit: (place: Place, reader: Reader) => void): void {
    walkBatch(batch, {
      record: (view, ring, start, length) => {
        const layout = this.#kinds.of(view, ring, start, length);
        const places = layout && this.#records.get(layout);
        if (!places) return;
        this.#reader.open(batch, start, length, layout.size);
        for (const place of places) visit(place, this.#reader);
      },
      snapshot: (index, payload) => {
        const symbol = this.#streams.maps[index];
        if (symbol !== undefined) this.inSnapshot(symbol, payload, visit);
      },
    });
  }

  /** The same for a snapshot payload (kernel/loader/protocol.ts BATCH_ENTRY) of the map with this symbol. */
  inSnapshot(symbol: string, payload: Uint8Array, visit: (place: Place, reader: Reader) => void): void {
    const places = this.#maps.get(symbol);
    if (!places || payload.length < SNAPSHOT_HEADER) return;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const key = align8(view.getUint32(0, true));
    const value = align8(view.getUint32(4, true));
    const values = view.getUint32(8, true);
    const stride = key + values * value;
    for (let at = SNAPSHOT_HEADER; stride > 0 && at + stride <= payload.length; at += stride) {
      this.#reader.open(payload, at, key, key);
      for (const place of places.key) visit(place, this.#reader);
      for (let i = 0; i < values; i++) {
        this.#reader.open(payload, at + key + i * value, value, value);
        for (const place of places.value) visit(place, this.#reader);
      }
    }
  }
}

const placesOf = <Place>(fields: Field[], find: FindPlace<Place>, base = 0): Place[] =>
  fields.flatMap(({ type, offset }) => placesIn(type, find, base + offset));

function placesIn<Place>(type: DataType, find: FindPlace<Place>, at: number): Place[] {
  const place = find(type, at);
  if (place !== undefined) return [place];
  if (type.kind === 'tuple' || type.kind === 'struct') return placesOf(type.fields, find, at);
  if (type.kind !== 'array') return [];
  const { element, length } = type;
  // Most arrays are of numbers, and long.
  if (placesIn(element, find, at).length === 0) return [];
  return Array.from({ length }, (_, i) => placesIn(element, find, at + i * element.size)).flat();
}
