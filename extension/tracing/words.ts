/** What the view of live cells says of each thing in it; pure. */
import { byteSize } from '../../kernel/notebook/index.ts';
import type { RunDetails, RunSnapshot } from '../../kernel/protocol.ts';
import { activity } from '../run/activity.ts';
import { count, share } from '../run/format.ts';
import { headline } from '../run/headline.ts';

export type Program = RunDetails['programs'][number];
export type MapOfRun = RunDetails['maps'][number];
export type Link = RunDetails['links'][number];

const together = (...parts: (string | undefined | false)[]) => parts.filter(Boolean).join(' · ');

/** Characters; what the cell does stands behind it. */
const TITLE = 28;

/** A cell's title at its place among the others, short. */
export function cellLabel(index: number, title: string): string {
  const label = `${index + 1}: ${title}`;
  return label.length > TITLE ? `${label.slice(0, TITLE - 1)}…` : label;
}

/** What a cell is called: by its name, else by its first line that is neither an option nor empty. */
export function cellTitle(name: string | undefined, source: string): string {
  if (name !== undefined) return name;
  const line = source
    .split('\n')
    .map(text => text.trim())
    .find(text => text !== '' && !/^(\/\/\||#\||#!)/.test(text));
  return line ?? 'an empty cell';
}

/** `120/s · 2.1% CPU`, and where it stands unless it is live; a cell whose turn has not come has no snapshot. */
export function cellAbout(snapshot: RunSnapshot | undefined): string {
  if (!snapshot) return 'queued';
  const { rate, amount } = activity(snapshot);
  const phase = snapshot.phase !== 'stream' && headline(snapshot);
  return together(phase, rate ?? amount, snapshot.cost && share(snapshot.cost.cpu));
}

export const programAbout = ({ type, hits, ns }: Program): string =>
  together(
    type,
    hits !== undefined && `${count(hits)} ${hits === 1 ? 'hit' : 'hits'}`,
    !!hits && ns !== undefined && `${count(ns / hits)} ns each`,
  );

export const programTooltip = ({ symbol, id, instructions, hits }: Program): string =>
  [
    symbol,
    id !== undefined && `Linux's number: ${id}`,
    instructions !== undefined && `${count(instructions)} instructions`,
    hits !== undefined && 'Hits and their time are those of the samples that were taken.',
  ]
    .filter(Boolean)
    .join('\n');

/** How full a buffer is, nobody knows; its size is its memory. */
export function mapAbout({ type, entries, capacity, bytes, readable }: MapOfRun): string {
  const filled =
    entries === undefined ? `up to ${count(capacity)}` : `${count(entries)} of ${count(capacity)}`;
  return together(type, readable && capacity > 0 && filled, bytes !== undefined && byteSize(bytes));
}

export const mapTooltip = ({ symbol, id, keySize, valueSize }: MapOfRun): string =>
  [
    symbol,
    id !== undefined && `Linux's number: ${id}`,
    `keys of ${count(keySize)} bytes, values of ${count(valueSize)}`,
  ]
    .filter(Boolean)
    .join('\n');
