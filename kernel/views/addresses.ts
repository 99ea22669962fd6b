/** Which code addresses the records and maps of a cell hold, so that their names are there when they are shown. */
import type { CellLayout, DataType } from '../layout.ts';
import type { StreamOptions } from './batch.ts';
import type { Reader } from './decode.ts';
import { USYM_PID } from './names.ts';
import { Places } from './places.ts';
import { stackOf } from './stack-ids.ts';
import { eachAddress, isNamed, type StackDataType, stackPid } from './stacks.ts';

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

export class AddressFinder {
  readonly #places: Places<Place>;

  constructor(layout: CellLayout, streams: StreamOptions) {
    this.#places = new Places(layout, streams, placeIn);
  }

  /** Is there anything to find? */
  get some(): boolean {
    return this.#places.all.length > 0;
  }

  /** Are there addresses of programs among them? */
  get user(): boolean {
    return this.#places.all.some(({ user }) => user);
  }

  /** Are there addresses of Linux's own? */
  get kernel(): boolean {
    return this.#places.all.some(({ user }) => !user);
  }

  inBatch(batch: Uint8Array, visit: AddressVisitor): void {
    this.#places.inBatch(batch, (place, reader) => place.read(reader, visit));
  }

  /** A snapshot payload (kernel/loader/protocol.ts BATCH_ENTRY) of the map with this symbol. */
  inSnapshot(symbol: string, payload: Uint8Array, visit: AddressVisitor): void {
    this.#places.inSnapshot(symbol, payload, (place, reader) => place.read(reader, visit));
  }
}

function placeIn(type: DataType, at: number): Place | undefined {
  switch (type.kind) {
    case 'int':
      return type.display === 'ksym' ? placeIn({ kind: 'ksym', size: 8 }, at) : undefined;
    case 'ksym':
      return { user: false, read: ({ view, base }, visit) => visit(view.getBigUint64(base + at, true)) };
    case 'usym':
      return {
        user: true,
        read: ({ view, base }, visit) =>
          visit(view.getBigUint64(base + at, true), view.getUint32(base + at + USYM_PID, true)),
      };
    case 'stack':
      if (!isNamed(type.mode)) return undefined;
      return { user: type.space === 'user', read: (reader, visit) => eachIn(reader, type, at, visit) };
    case 'stack-id':
      if (!isNamed(type.stack.mode)) return undefined;
      return {
        user: type.stack.space === 'user',
        read: (reader, visit) => {
          const stack = stackOf(reader, type, at);
          if (stack) eachIn(stack.reader, stack.type, 0, visit);
        },
      };
    default:
      return undefined;
  }
}

function eachIn(reader: Reader, type: StackDataType, at: number, visit: AddressVisitor): void {
  const pid = stackPid(reader, type, at);
  // Whose a program's address is, maps of stacks do not tell.
  const knows = (address: bigint) => type.space !== 'either' || address >= FIRST_OF_LINUX;
  eachAddress(reader, type, at, (address, returns) => {
    if (knows(address)) visit(address, pid, returns);
  });
}
