/** Encoder and decoder of the frames of protocol.ts. Pure: bytes in, frames out. */
import { FRAME, type FrameKind, MAX_FRAME } from './protocol.ts';

export interface Frame {
  kind: FrameKind;
  id: number;
  /** Undefined where the frame has no json. */
  json?: unknown;
  binary: Buffer;
}

/** Bytes of the length field, and of what stands between it and the json. */
const LENGTH = 4;
const HEAD = 12;
const KINDS = new Set<number>(Object.values(FRAME));
const NOTHING = Buffer.alloc(0);

/** The bytes of a frame, in pieces, so that a large binary is not copied. */
export function encodeFrame(
  kind: FrameKind,
  id: number,
  json?: unknown,
  binary: Uint8Array = NOTHING,
): Uint8Array[] {
  const text = json === undefined ? NOTHING : Buffer.from(JSON.stringify(json));
  const length = HEAD + text.length + binary.length;
  if (length > MAX_FRAME) throw new RangeError(`a frame of ${length} bytes is larger than ${MAX_FRAME}`);
  const head = Buffer.alloc(LENGTH + HEAD);
  head.writeUInt32LE(length, 0);
  head.writeUInt8(kind, 4);
  head.writeUInt32LE(id, 8);
  head.writeUInt32LE(text.length, 12);
  return binary.length ? [head, text, binary] : [head, text];
}

/** Cuts a stream of bytes into frames. Throws RangeError on bytes that cannot be a frame; the stream is then lost. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Bytes of the frame being read, its length field included; 0 = not known yet. */
  #wanted = 0;

  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const frames: Frame[] = [];
    while (this.#complete()) {
      frames.push(decode(this.#take(this.#wanted)));
      this.#wanted = 0;
    }
    return frames;
  }

  /** True when the bytes so far end amid a frame. */
  get partial(): boolean {
    return this.#buffered > 0;
  }

  #complete(): boolean {
    if (!this.#wanted) {
      if (this.#buffered < LENGTH) return false;
      const length = this.#joined().readUInt32LE(0);
      if (length < HEAD || length > MAX_FRAME) throw new RangeError(`no frame has ${length} bytes`);
      this.#wanted = LENGTH + length;
    }
    return this.#buffered >= this.#wanted;
  }

  #take(count: number): Buffer {
    const all = this.#joined();
    this.#buffered = all.length - count;
    this.#chunks = this.#buffered ? [all.subarray(count)] : [];
    return all.subarray(0, count);
  }

  /** Joining happens twice a frame at most (length known, frame complete), so large frames cost one copy. */
  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!;
  }
}

function decode(bytes: Buffer): Frame {
  const kind = bytes.readUInt8(4);
  const text = bytes.readUInt32LE(12);
  const start = LENGTH + HEAD;
  if (!KINDS.has(kind)) throw new RangeError(`no frame has kind ${kind}`);
  if (bytes.readUIntLE(5, 3) !== 0) throw new RangeError('reserved bytes of a frame are not zero');
  if (start + text > bytes.length) throw new RangeError('the json of a frame is longer than the frame');
  const frame = { kind: kind as FrameKind, id: bytes.readUInt32LE(8), binary: bytes.subarray(start + text) };
  return text ? { ...frame, json: parse(bytes.toString('utf8', start, start + text)) } : frame;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('the json of a frame is malformed');
  }
}
