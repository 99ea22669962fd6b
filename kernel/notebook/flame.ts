/** Stacks as a tree of calls, and as files that other tools read. Pure. */
import type { FlamePanel, Frame, Value } from '../protocol.ts';
import { asBigInt, visibleLine } from './labels.ts';

/** The name of a frame that stands for others; its note says for which. */
export const ELLIPSIS = '…';

/** A frame where it was called from, with all that it called. */
export interface FlameNode {
  /** Undefined: all stacks together. */
  frame: Frame | undefined;
  parent: FlameNode | undefined;
  /** Frames outside of it. */
  depth: number;
  /** Of it and all that it called. */
  total: bigint;
  /** Of it alone. */
  self: bigint;
  /** What they were in the cell's run before. */
  before: bigint;
  selfBefore: bigint;
  /** By name, so that they stay in their places while their values change. */
  children: FlameNode[];
}

/** A value as a whole number; what is none counts as nothing. */
export const wholeOf = (value: Value | undefined): bigint =>
  value === undefined
    ? 0n
    : (asBigInt(value) ?? BigInt(Math.round(Number.isFinite(Number(value)) ? Number(value) : 0)));

/** Of all stacks that there are. */
export const stackTotal = ({ stacks }: FlamePanel): bigint =>
  stacks.reduce((sum, { value }) => sum + wholeOf(value), 0n);

export const isCompared = ({ stacks }: FlamePanel): boolean =>
  stacks.some(({ before }) => before !== undefined);

/** What tells a frame from the others that its caller calls, in any panel. */
export const frameKey = ({ of, name, note = '' }: Frame): string => `${of} ${name} ${note}`;

/** The root of the tree that all stacks make together. */
export function flameTree({ frames, stacks }: FlamePanel): FlameNode {
  const make = (frame: Frame | undefined, parent: FlameNode | undefined): FlameNode => {
    const depth = parent ? parent.depth + 1 : 0;
    return { frame, parent, depth, total: 0n, self: 0n, before: 0n, selfBefore: 0n, children: [] };
  };
  const nodes = [make(undefined, undefined)];
  /** Places in `nodes`, by that of the caller and the frame's index: one map, because most nodes call one other. */
  const places = new Map<number, number>();
  const call = (caller: number, index: number): number => {
    const key = caller * frames.length + index;
    const known = places.get(key);
    if (known !== undefined) return known;
    const parent = nodes[caller]!;
    const node = make(frames[index], parent);
    parent.children.push(node);
    places.set(key, nodes.length);
    return nodes.push(node) - 1;
  };
  for (const stack of stacks) {
    const leaf = nodes[stack.frames.reduce(call, 0)]!;
    leaf.self += wholeOf(stack.value);
    leaf.selfBefore += wholeOf(stack.before);
  }
  // Callers were made before those they call, so from the end on each is whole when its caller takes it.
  for (const node of nodes.toReversed()) {
    node.total += node.self;
    node.before += node.selfBefore;
    if (node.children.length > 1) node.children.sort(byName);
    if (!node.parent) continue;
    node.parent.total += node.total;
    node.parent.before += node.before;
  }
  return nodes[0]!;
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byName = ({ frame: a }: FlameNode, { frame: b }: FlameNode) =>
  order(a!.name, b!.name) || order(a!.of, b!.of);

/** The frames from the outermost to this one. */
export function pathOf(node: FlameNode): FlameNode[] {
  const path: FlameNode[] = [];
  for (let at: FlameNode | undefined = node; at?.frame; at = at.parent) path.unshift(at);
  return path;
}

/** What of all stacks goes through frames with such a name. */
export function matchedTotal(node: FlameNode, matches: (name: string) => boolean): bigint {
  if (node.frame && matches(node.frame.name)) return node.total;
  return node.children.reduce((sum, child) => sum + matchedTotal(child, matches), 0n);
}

/** How the tools around flame graphs mark what is not a user's function. */
const MARKS: { [of in Frame['of']]: string } = { kernel: '_[k]', user: '', inlined: '_[i]', key: '' };

/** A line a stack, outermost frame first: `bash;main;read;vfs_read_[k] 12`. What is nothing now is left out. */
export function foldedStacks({ frames, stacks }: FlamePanel): string {
  return stacks
    .filter(({ value }) => wholeOf(value) > 0n)
    .map(stack => {
      const names = stack.frames
        .map(index => frames[index]!)
        .map(({ name, of }) => foldedName(name) + MARKS[of]);
      return `${names.join(';') || '[no stack]'} ${wholeOf(stack.value)}\n`;
    })
    .join('');
}

const foldedName = (name: string) => visibleLine(name).replaceAll(';', ':');

type SpeedscopeUnit = 'none' | 'bytes' | 'nanoseconds' | 'microseconds' | 'milliseconds' | 'seconds';
const SPEEDSCOPE_UNITS: {
  [unit in NonNullable<FlamePanel['unit']>]: { name: SpeedscopeUnit; scale?: number };
} = {
  ns: { name: 'nanoseconds' },
  us: { name: 'microseconds' },
  ms: { name: 'milliseconds' },
  s: { name: 'seconds' },
  bytes: { name: 'bytes' },
  KiB: { name: 'bytes', scale: 1024 },
};

/** speedscope's own format: https://www.speedscope.app/file-format-schema.json. The run before is a second profile. */
export function speedscope(panel: FlamePanel): string {
  const { frames, stacks, title, unit } = panel;
  const { name: unitName, scale = 1 } = unit ? SPEEDSCOPE_UNITS[unit] : { name: 'none' as const };
  const profile = (name: string, of: 'value' | 'before') => {
    const weighed = stacks.map(stack => ({ stack, weight: Number(wholeOf(stack[of])) * scale }));
    const shown = weighed.filter(({ weight }) => weight > 0);
    return {
      type: 'sampled',
      name,
      unit: unitName,
      startValue: 0,
      endValue: shown.reduce((sum, { weight }) => sum + weight, 0),
      samples: shown.map(({ stack }) => stack.frames),
      weights: shown.map(({ weight }) => weight),
    };
  };
  const name = visibleLine(title);
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'eBPF Notebook',
    name,
    activeProfileIndex: 0,
    shared: { frames: frames.map(frame => ({ name: visibleLine(frame.name) + MARKS[frame.of] })) },
    profiles: [
      profile(name, 'value'),
      ...(isCompared(panel) ? [profile(`${name}, the run before`, 'before')] : []),
    ],
  });
}
