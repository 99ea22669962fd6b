/** Records that ask for more than printing: a file's text, a command's output, a packet kept. Others carry it out. */
import type { CellLayout, Field, RecordLayout } from '../layout.ts';
import { RecordKinds, walkBatch } from './batch.ts';
import { Reader, readScalar } from './decode.ts';
import { jsonString } from './json.ts';
import type { Names } from './names.ts';
import { typed } from './print.ts';
import { Format } from './printf.ts';
import { unchanged } from './text.ts';

/** What an effect gave. */
export interface Performed {
  /** `text` says what went wrong. */
  failed?: boolean;
  text: string;
}

export type EffectRequest =
  /** The first `limit` bytes of a file. */
  | { do: 'cat'; path: string; limit: number }
  /** What a command writes. */
  | { do: 'system'; command: string }
  /** Append a packet, `length` bytes long on the wire, to a file of pcap's form. `nsecs` since the epoch. */
  | { do: 'packet'; file: string; nsecs: bigint; length: number; bytes: Uint8Array };

type Ask = (reader: Reader) => EffectRequest;

/** What a record asks for, once it is read; undefined for records that ask for nothing. */
export function effectOf({ action, fields }: RecordLayout): Ask | undefined {
  if (action.do === 'skboutput') return packet(action.file, fields);
  if (action.do !== 'cat' && action.do !== 'system') return undefined;
  const format = new Format(action.format);
  const words = (reader: Reader) => format.apply(reader, fields, unchanged);
  return action.do === 'cat'
    ? reader => ({ do: 'cat', path: words(reader), limit: action.limit })
    : reader => ({ do: 'system', command: words(reader) });
}

const U64 = { size: 8, signed: false };

function packet(file: string, [nsecs, length, bytes]: Field[]): Ask {
  return reader => ({
    do: 'packet',
    file,
    nsecs: reader.names.bootTime + BigInt(readScalar(reader, U64, nsecs!.offset)),
    length: Number(readScalar(reader, U64, length!.offset)),
    bytes: Uint8Array.from(reader.packedBytes(bytes!.offset)),
  });
}

/** Finds what the records of a batch ask for, in stream order. */
export class EffectFinder {
  private readonly asks: Map<RecordLayout, Ask>;
  private readonly kinds: RecordKinds;
  private readonly reader: Reader;

  constructor(layout: CellLayout, rings: string[], names?: Names) {
    this.kinds = new RecordKinds(layout, rings);
    this.reader = new Reader(undefined, names);
    this.asks = new Map(
      layout.records.flatMap(record => {
        const ask = effectOf(record);
        return ask ? [[record, ask] as const] : [];
      }),
    );
  }

  /** No record of this cell asks for anything. */
  get idle(): boolean {
    return this.asks.size === 0;
  }

  requests(batch: Uint8Array): EffectRequest[] {
    const found: EffectRequest[] = [];
    walkBatch(batch, {
      record: (view, ring, start, length) => {
        const layout = this.kinds.of(view, ring, start, length);
        const ask = layout && this.asks.get(layout);
        if (ask) found.push(ask(this.reader.open(batch, start, length, layout.size)));
      },
      snapshot: () => {},
    });
    return found;
  }
}

const TYPES: { [action: string]: string } = { cat: 'cat', system: 'syscall' };

/** Nothing for what leaves no text. */
export function performedJson({ action }: RecordLayout, { text }: Performed): string {
  const type = TYPES[action.do];
  return type ? typed(type, jsonString(text)) : '';
}
