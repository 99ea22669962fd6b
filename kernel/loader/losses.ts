/** What programs count of their losses (`LostLayout` in kernel/layout.ts): an array's snapshot, summed up over CPUs. */
import type { Lost } from './protocol.ts';

const HEADER = 16;
const KEY = 8;
const WORD = 8;

/** From a snapshot's payload (`BATCH_ENTRY` in kernel/loader/protocol.ts); an element a row. */
export function readLost(payload: Buffer): Lost[] {
  const cpus = payload.readUInt32LE(8);
  const elements = payload.readUInt32LE(12);
  const word = (at: number) => Number(payload.readBigInt64LE(at));
  return Array.from({ length: elements }, (_, element) => {
    const first = HEADER + element * (KEY + cpus * 2 * WORD) + KEY;
    const lost: Lost = { count: 0, error: 0, cpus: [] };
    for (let at = first; at < first + cpus * 2 * WORD; at += 2 * WORD) {
      lost.count += word(at);
      lost.cpus.push(word(at));
      lost.error ||= word(at + WORD);
    }
    return lost;
  });
}
