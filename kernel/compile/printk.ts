/** The hidden ring of bpf/ebpfnb/printk.h: lines that would have gone to trace_pipe. */
import type { Field, MapLayout, RecordLayout } from '../layout.ts';

export const PRINTK_RING = 'ebpfnb_printk';

/** Both of libbpf's macro bpf_printk become one of these. */
export const PRINTK_CALLS = ['bpf_trace_printk', 'bpf_trace_vprintk'];

const text = (name: string, offset: number, size: number): Field => ({
  name,
  offset,
  type: { kind: 'string', size },
});

const ARGS = [0, 1, 2];

/** The structs of the header; `id` is what their first member says. */
const LINE = { id: 0x4000_0001, size: 512, fields: [text('text', 4, 508)] };
const FORMAT = {
  id: 0x4000_0002,
  size: 472,
  fields: [
    text('format', 4, 252),
    ...ARGS.map(
      (i): Field => ({ name: `arg${i}`, offset: 256 + 8 * i, type: { kind: 'int', size: 8, signed: false } }),
    ),
    ...ARGS.map(i => text(`text${i}`, 280 + 64 * i, 64)),
  ],
};

/** The records of the ring, if the program has it. */
export function printkRecords(maps: readonly MapLayout[]): RecordLayout[] {
  if (!maps.some(({ symbol }) => symbol === PRINTK_RING)) return [];
  return [LINE, FORMAT].map(record => ({
    ...record,
    ring: PRINTK_RING,
    name: 'bpf_printk',
    action: { do: 'trace-line' },
  }));
}
