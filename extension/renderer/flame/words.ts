/** A frame's numbers in words. Pure. */
import { type FlameNode, isCompared, wholeOf } from '../../../kernel/notebook/flame.ts';
import { inUnit, type Unit, visibleLine } from '../../../kernel/notebook/labels.ts';
import type { FlamePanel, Frame } from '../../../kernel/protocol.ts';
import type { Box } from './layout.ts';
import { share } from './layout.ts';

export const KINDS: { [of in Frame['of']]: string } = {
  kernel: 'kernel',
  user: 'user',
  inlined: 'inlined',
  key: 'key',
};

/** What all stacks together are called. */
export const ALL = 'all';

export const nameOf = ({ frame }: FlameNode): string => (frame ? visibleLine(frame.name) : ALL);

const grouped = new Intl.NumberFormat('en-US');

/** Exact, and in its unit where it has one: `1,234,567 (1.23ms)`. */
export function amount(value: bigint, unit: Unit | undefined): string {
  const short = inUnit(value.toString(), unit);
  return short ? `${grouped.format(value)} (${short})` : grouped.format(value);
}

/** 0.12345 → `12.3%` */
export function percent(part: number): string {
  const value = part * 100;
  if (value !== 0 && Math.abs(value) < 0.01) return value < 0 ? '> -0.01%' : '< 0.01%';
  return `${Number(value.toPrecision(3))}%`;
}

/** From -1 (gone) to 1 (new): how the frame's share of all differs from the one in the run before. */
export function change(node: FlameNode, root: FlameNode): number {
  const now = share(node.total, root.total);
  const before = share(node.before, root.before);
  const most = Math.max(now, before);
  return most === 0 ? 0 : (now - before) / most;
}

export interface Figures {
  panel: FlamePanel;
  root: FlameNode;
}

/** What is told of a box: its name, then its numbers by what they are. */
export function details(
  { nodes }: Box,
  figures: Figures,
): { name: string; rows: [what: string, text: string][] } {
  const { root, panel } = figures;
  const { valueName, unit } = panel;
  const [node] = nodes as [FlameNode];
  const total = nodes.reduce((sum, one) => sum + one.total, 0n);
  const shares = [`${percent(share(total, root.total))} of all`];
  if (node.parent?.parent) shares.push(`${percent(share(total, node.parent.total))} of its caller`);
  const rows: [string, string][] = [
    [visibleLine(valueName), `${amount(total, unit)} · ${shares.join(' · ')}`],
  ];
  if (nodes.length > 1) return { name: `${nodes.length} frames, too narrow to show`, rows };
  rows.push(['self', `${amount(node.self, unit)} · ${percent(share(node.self, root.total))} of all`]);
  if (isCompared(panel)) rows.push(...comparison(node, figures));
  rows.push(...origin(node, panel));
  return { name: nameOf(node), rows };
}

function comparison(node: FlameNode, { root, panel: { unit } }: Figures): [string, string][] {
  const [now, before] = [share(node.total, root.total), share(node.before, root.before)];
  const more = node.total - node.before;
  const signed = (positive: boolean, text: string) => (positive ? `+${text}` : text);
  const points = Number(((now - before) * 100).toPrecision(3));
  return [
    ['run before', `${amount(node.before, unit)} · ${percent(before)} of all`],
    [
      'change',
      `${signed(more > 0n, grouped.format(more))} · ${signed(points > 0, `${points}`)} points of all`,
    ],
  ];
}

/** What has no width any more: `gone: 2 stacks, 12.5% of the run before`. */
export function goneText({ stacks }: FlamePanel, root: FlameNode): string {
  const gone = stacks.filter(({ value, before }) => wholeOf(value) === 0n && wholeOf(before) > 0n);
  const before = gone.reduce((sum, stack) => sum + wholeOf(stack.before), 0n);
  const number = gone.length === 1 ? '1 stack' : `${gone.length} stacks`;
  return gone.length > 0 ? `gone: ${number}, ${percent(share(before, root.before))} of the run before` : '';
}

/** What kind of code it is, or what of the key. */
function origin({ frame, depth }: FlameNode, { keys = [] }: FlamePanel): [string, string][] {
  if (!frame) return [];
  const { of, note } = frame;
  const key = of === 'key' ? keys[depth - 1]?.name : undefined;
  return [
    ['frame', key === undefined ? KINDS[of] : `${KINDS[of]}: ${visibleLine(key)}`],
    ...(note === undefined ? [] : ([['note', visibleLine(note)]] satisfies [string, string][])),
  ];
}
