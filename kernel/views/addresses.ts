/** Which code addresses the records and maps of a cell hold, so that their names are there when they are shown. */
import type { CellLayout, DataType, Field, RecordLayout } from '../layout.ts';
import { align8, RecordKinds, type StreamOptions, walkBatch } from './batch.ts';
import { Reader } from './decode.ts';
import { USYM_PID } from './names.ts';
import { SNAPSHOT_HEADER } from './snapshot.ts';
import { eachAddress, isNamed, stackPid } from './stacks.ts';

/** Called with each address; without a pid it is one of Linux's own. `returns`: a call returns there. */
export type AddressVisitor = (address: bigint, pid?: number, returns?: boolean) => void;

/** Linux owns the upper half of all addresses. */
const FIRST_OF_LINUX = 1n << 63n;

/** Addresses in one field. */
interface Place {
  read(reader: Reader, visit: AddressVisitor): void;
  /** They are a program's. */
  user: boolean;
}

interface MapPlaces {
  key: Place[];
  value: Place[];
}

export class AddressFinder {
  readonly #kinds: RecordKinds;
  readonly #records = new Map<RecordLayout, Place[]>();
  readonly #maps = new Map<string, MapPlaces>();
  readonly #streams: StreamOptions;
  readonly #reader = new Reader();

  constructor(layout: CellLayout, streams: StreamOptions) {
    this.#streams = streams;
    this.#kinds = new RecordKinds(layout, streams.rings);
    for (const record of layout.records) {
      const places = placesOf(record.fields);
      if (places.length > 0) this.#records.set(record, places);
    }
    for (const { symbol, key = [], value } of layout.maps) {
      const places = { key: placesOf(key), value: placesOf([{ name: '', offset: 0, type: value }]) };
      if (places.key.length + places.value.length > 0) this.#maps.set(symbol, places);
    }
  }

  /** Is there anything to find? */
  get some(): boolean {
    return this.#places.length > 0;
  }

  /** Are there addresses of programs among them? */
  get user(): boolean {
    return this.#places.some(({ user }) => user);
  }

  /** Are there addresses of Linux's own? */
  get kernel(): boolean {
    return this.#places.some(({ user }) => !user);
  }

  get #places(): Place[] {
    return [
      ...[...this.#records.values()].flat(),
      ...[...this.#maps.values()].flatMap(m => [...m.key, ...m.value]),
    ];
  }

  inBatch(batch: Uint8Array, visit: AddressVisitor): void {
    walkBatch(batch, {
      record: (view, ring, start, length) => {
        const layout = this.#kinds.of(view, ring, start, length);
        const places = layout && this.#records.get(layout);
        if (!places) return;
        this.#reader.open(batch, start, length, layout.size);
        for (const place of places) place.read(this.#reader, visit);
      },
      snapshot: (index, payload) => {
        const symbol = this.#streams.maps[index];
        if (symbol !== undefined) this.inSnapshot(symbol, payload, visit);
      },
    });
  }

  /** A snapshot payload (kernel/loader/protocol.ts BATCH_ENTRY) of the map with this symbol. */
  inSnapshot(symbol: string, payload: Uint8Array, visit: AddressVisitor): void {
    const places = this.#maps.get(symbol);
    if (!places || payload.length < SNAPSHOT_HEADER) return;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const key = align8(view.getUint32(0, true));
    const value = align8(view.getUint32(4, true));
    const values = view.getUint32(8, true);
    const stride = key + values * value;
    for (let at = SNAPSHOT_HEADER; stride > 0 && at + stride <= payload.length; at += stride) {
      this.#reader.open(payload, at, key, key);
      for (const place of places.key) place.read(this.#reader, visit);
      for (let i = 0; i < values; i++) {
        this.#reader.open(payload, at + key + i * value, value, value);
        for (const place of places.value) place.read(this.#reader, visit);
      }
    }
  }
}

const placesOf = (fields: Field[], base = 0): Place[] =>
  fields.flatMap(({ type, offset }) => placesIn(type, base + offset));

function placesIn(type: DataType, at: number): Place[] {
  switch (type.kind) {
    case 'int':
      return type.display === 'ksym' ? placesIn({ kind: 'ksym', size: 8 }, at) : [];
    case 'ksym':
      return [{ user: false, read: ({ view, base }, visit) => visit(view.getBigUint64(base + at, true)) }];
    case 'usym':
      return [
        {
          user: true,
          read: ({ view, base }, visit) =>
            visit(view.getBigUint64(base + at, true), view.getUint32(base + at + USYM_PID, true)),
        },
      ];
    case 'stack':
      if (!isNamed(type.mode)) return [];
      return [
        {
          user: type.space === 'user',
          read: (reader, visit) => {
            const pid = stackPid(reader, type, at);
            // Whose a program's address is, maps of stacks do not tell.
            const knows = (address: bigint) => type.space !== 'either' || address >= FIRST_OF_LINUX;
            eachAddress(reader, type, at, (address, returns) => {
              if (knows(address)) visit(address, pid, returns);
            });
          },
        },
      ];
    case 'tuple':
    case 'struct':
      return placesOf(type.fields, at);
    case 'array':
      return Array.from({ length: type.length }, (_, i) =>
        placesIn(type.element, at + i * type.element.size),
      ).flat();
    default:
      return [];
  }
}
