/** Where the frames of a flame graph stand: a row a depth, as wide as what goes through them. Pure. */
import type { FlameNode } from '../../../kernel/notebook/flame.ts';

/** Pixels. Neighbours that are narrower are drawn as one. */
const NARROWEST = 1;

export interface Box {
  /** One frame, or several that are too narrow to be drawn each by itself. */
  nodes: FlameNode[];
  /** Pixels, with fractions. */
  x: number;
  width: number;
  row: number;
}

/** `width` pixels belong to `zoomed`; those it is called by are as wide as it. By row, from the left. */
export function layoutFlame(zoomed: FlameNode, width: number): Box[][] {
  const rows: Box[][] = [];
  for (let node = zoomed.parent; node; node = node.parent)
    rows[node.depth] = [{ nodes: [node], x: 0, width, row: node.depth }];
  place(zoomed, 0, width, rows);
  return rows;
}

function place(node: FlameNode, x: number, width: number, rows: Box[][]): void {
  put({ nodes: [node], x, width, row: node.depth }, rows);
  let at = x;
  let narrow: Box | undefined;
  for (const child of node.children) {
    const own = width * share(child.total, node.total);
    if (own >= NARROWEST) {
      narrow = undefined;
      place(child, at, own, rows);
    } else if (own > 0 && narrow) {
      narrow.nodes.push(child);
      narrow.width += own;
    } else if (own > 0) {
      narrow = { nodes: [child], x: at, width: own, row: child.depth };
      put(narrow, rows);
    }
    at += own;
  }
}

function put(box: Box, rows: Box[][]): void {
  rows[box.row] ??= [];
  rows[box.row]!.push(box);
}

/** 0 where there is nothing to have a share of, or it is negative. */
export const share = (part: bigint, all: bigint): number =>
  part > 0n && all > 0n ? Number(part) / Number(all) : 0;

export const boxAt = (rows: Box[][], row: number, x: number): Box | undefined =>
  rows[row]?.find(box => x >= box.x && x < box.x + box.width);

/** The caller of a box, or the widest of what it calls. */
export function neighbour(rows: Box[][], { row, x, width }: Box, by: 1 | -1): Box | undefined {
  if (by < 0) return boxAt(rows, row - 1, x + width / 2);
  const called = (rows[row + 1] ?? []).filter(box => box.x + box.width > x && box.x < x + width);
  return called.reduce<Box | undefined>(
    (most, box) => (most && most.width >= box.width ? most : box),
    undefined,
  );
}
