/** Stacks that records and keys hold the numbers of: where the numbers are, and the stacks as cells. */
import type { CellLayout, DataType } from '../layout.ts';
import type { StreamOptions } from './batch.ts';
import { Reader, readInt } from './decode.ts';
import { Places } from './places.ts';
import { frameCount, type StackDataType, stackCell } from './stacks.ts';

export type StackIdType = Extract<DataType, { kind: 'stack-id' }>;

/** A number of a stack; where there is no stack it is an error, below zero. */
export const readStackId = ({ view, base }: Reader, type: StackIdType, at: number): number =>
  Number(readInt(view, base + at, type.size, true));

/** What the map of stacks holds for the number at `at`, as a stack of its own; undefined where it is not known. */
export function stackOf(
  reader: Reader,
  type: StackIdType,
  at: number,
): { reader: Reader; type: StackDataType } | undefined {
  const { mode, limit, space, size } = type.stack;
  const frames = reader.names.stack?.(type.map, readStackId(reader, type, at));
  if (!frames) return undefined;
  const { pid } = type;
  const either: StackDataType = { ...type.stack, space: 'either' };
  if (space !== 'user' || !pid) return { reader: new Reader(frames, reader.names), type: either };
  // A program's stack says whose it is.
  const head = 16;
  const count = frameCount(new Reader(frames), either, 0);
  const bytes = new Uint8Array(head + frames.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Number(readInt(reader.view, reader.base + at + pid.distance, pid.size, false)), true);
  view.setUint32(8, count, true);
  bytes.set(frames, head);
  return {
    reader: new Reader(bytes, reader.names),
    type: { kind: 'stack', size: head + size, space, mode, limit },
  };
}

/** The frames, a line each; the error's number where there is no stack. */
export function stackIdCell(reader: Reader, type: StackIdType, at: number): string {
  const stack = stackOf(reader, type, at);
  if (stack) return stackCell(stack.reader, stack.type, 0);
  const id = readStackId(reader, type, at);
  return id < 0 ? '' : `stack ${id}`;
}

/** Called with each number of a stack. */
export type StackIdVisitor = (map: string, id: number) => void;

export class StackIdFinder {
  readonly #places: Places<{ type: StackIdType; at: number }>;

  constructor(layout: CellLayout, streams: StreamOptions) {
    this.#places = new Places(layout, streams, (type, at) =>
      type.kind === 'stack-id' ? { type, at } : undefined,
    );
  }

  /** Is there anything to find? */
  get some(): boolean {
    return this.#places.all.length > 0;
  }

  inBatch(batch: Uint8Array, visit: StackIdVisitor): void {
    this.#places.inBatch(batch, ({ type, at }, reader) => visit(type.map, readStackId(reader, type, at)));
  }

  inSnapshot(symbol: string, payload: Uint8Array, visit: StackIdVisitor): void {
    this.#places.inSnapshot(symbol, payload, ({ type, at }, reader) =>
      visit(type.map, readStackId(reader, type, at)),
    );
  }
}
