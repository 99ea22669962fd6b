/** A flame graph with fewer stacks that looks the same: small stacks are put together, all totals stay true. Pure. */
import type { FlamePanel, Frame, Value } from '../protocol.ts';
import { ELLIPSIS, type FlameNode, flameTree, isCompared } from './flame.ts';

/** Stands for stacks that are too small for places of their own. */
const SMALLER = { name: ELLIPSIS, note: 'smaller stacks, together' };

interface Weighed {
  path: Frame[];
  total: bigint;
  before: bigint;
}

/** At most `most` stacks, or what little a single way needs. `more` counts those that are not there by themselves. */
export function condensed(panel: FlamePanel, most: number): FlamePanel {
  if (panel.stacks.length <= most) return panel;
  const root = flameTree(panel);
  // Calls that are at least that large are kept. The more is asked for, the fewer stacks are left.
  let [many, few] = [0n, root.total + 1n];
  while (few - many > 1n) {
    const middle = (many + few) / 2n;
    if (weighedFrom(root, middle).length > most) many = middle;
    else few = middle;
  }
  const stacks = weighedFrom(root, few).sort((a, b) => (a.total < b.total ? 1 : a.total > b.total ? -1 : 0));
  return numbered(panel, stacks);
}

/** Stacks of calls of at least `least`, and for each caller what is smaller. */
function weighedFrom(node: FlameNode, least: bigint, path: Frame[] = []): Weighed[] {
  const large = node.children.filter(({ total }) => total >= least);
  const stacks = large.flatMap(child => weighedFrom(child, least, [...path, child.frame!]));
  const own = { path, total: node.self, before: node.selfBefore };
  const smaller = node.children.filter(child => !large.includes(child));
  const rest = {
    path: [...path, { ...SMALLER, of: smaller[0]?.frame?.of ?? 'user' }],
    total: smaller.reduce((sum, { total }) => sum + total, 0n),
    before: smaller.reduce((sum, { before }) => sum + before, 0n),
  };
  return [...stacks, ...[own, rest].filter(({ total, before }) => total > 0n || before > 0n)];
}

function numbered(panel: FlamePanel, stacks: Weighed[]): FlamePanel {
  const frames: Frame[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (frame: Frame): number => {
    const id = JSON.stringify(frame);
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, frames.length);
    return frames.push(frame) - 1;
  };
  const compared = isCompared(panel);
  return {
    ...panel,
    stacks: stacks.map(({ path, total, before }) => ({
      frames: path.map(numberOf),
      value: asValue(total),
      ...(compared ? { before: asValue(before) } : {}),
    })),
    frames,
    more: panel.more + Math.max(0, panel.stacks.length - stacks.length),
  };
}

const asValue = (whole: bigint): Value =>
  whole > BigInt(Number.MAX_SAFE_INTEGER) ? String(whole) : Number(whole);
