/** Walks the loader's batches, and finds the layout of each record. */

import type { CellLayout, RecordLayout } from '../layout.ts';
import { BATCH_ENTRY } from '../loader/protocol.ts';
import { deliveredSize } from '../mapTypes.ts';
import type { Names } from './names.ts';

export const ENTRY_HEADER = 8;
export const align8 = (bytes: number) => (bytes + 7) & ~7;

export interface StreamOptions {
  /** Symbols of the ring buffers, by the index batches carry (`attach.rings` order). */
  rings: string[];
  /** Symbols of the maps, by the index batches carry (`open` result order). */
  maps: string[];
  /** Wall clock of `time()`; the host's unless given. */
  now?: () => Date;
  /** What messages of the program call its source. */
  file?: string;
  /** Its text. */
  source?: string;
  /** What the host calls things. */
  names?: Names;
}

export interface EntryVisitor {
  /** `start` is where the payload begins. */
  record(view: DataView, ring: number, start: number, length: number): void;
  snapshot(map: number, payload: Uint8Array): void;
}

/** Visits the entries of a batch in stream order; a cut-off last entry is left out. */
export function walkBatch(batch: Uint8Array, visitor: EntryVisitor): void {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  for (let at = 0; at + ENTRY_HEADER <= batch.length; ) {
    const length = view.getUint32(at, true);
    const start = at + ENTRY_HEADER;
    if (start + length > batch.length) return;
    const index = view.getUint16(at + 6, true);
    if (view.getUint8(at + 4) === BATCH_ENTRY.record) visitor.record(view, index, start, length);
    else visitor.snapshot(index, batch.subarray(start, start + length));
    at = start + align8(length);
  }
}

/** Which layout a record has: by its tag, or by its size where an untagged ring carries several. */
export class RecordKinds {
  private readonly rings: {
    tagged: boolean;
    layouts: RecordLayout[];
    byId: Map<number, RecordLayout>;
    /** The size that a record of a layout comes with. */
    sizeOf: (layout: RecordLayout) => number;
  }[];

  constructor(layout: CellLayout, rings: string[]) {
    this.rings = rings.map(symbol => {
      const layouts = layout.records.filter(record => record.ring === symbol);
      const type = layout.maps.find(map => map.symbol === symbol)?.type ?? 'ringbuf';
      return {
        sizeOf: ({ size, extra = 0 }) => deliveredSize(type, size + extra),
        tagged: layout.taggedRings.includes(symbol),
        layouts,
        byId: new Map(layouts.map(record => [record.id, record])),
      };
    });
  }

  /** Undefined for a record that no layout fits. */
  of(view: DataView, ring: number, start: number, length: number): RecordLayout | undefined {
    const known = this.rings[ring];
    if (!known) return undefined;
    const layout = known.tagged
      ? length >= 4
        ? known.byId.get(view.getUint32(start, true))
        : undefined
      : known.layouts.length === 1
        ? known.layouts[0]
        : (known.layouts.find(one => known.sizeOf(one) === length) ??
          known.layouts.find(one => (one.least ?? one.size) <= length));
    return layout && (layout.least ?? layout.size) <= length ? layout : undefined;
  }
}
