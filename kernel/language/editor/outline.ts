/** The parts of a program, for an outline. */
import type { ProgramNode, Range } from '../nodes.ts';

export interface OutlineItem extends Range {
  name: string;
  kind: 'probe' | 'macro' | 'function' | 'map' | 'type';
  /** The part of it that names it. */
  head: Range;
}

export function outline(tree: ProgramNode): OutlineItem[] {
  const head = (start: number, name: string): Range => ({ start, end: start + name.length });
  const items: OutlineItem[] = [
    ...tree.preamble
      .filter(({ kind }) => kind === 'definition')
      .map(({ text, start, end }): OutlineItem => {
        const name = /^[^{;]*/.exec(text)![0].trim();
        return { name, kind: 'type', start, end, head: head(start, name) };
      }),
    ...tree.maps.map(
      ({ name, start, end }): OutlineItem => ({ name, kind: 'map', start, end, head: { start, end } }),
    ),
    ...[...tree.macros, ...tree.functions].map(
      ({ kind, name, start, end }): OutlineItem => ({ name, kind, start, end, head: head(start, kind) }),
    ),
    ...tree.probes.map(({ attachPoints, start, end }): OutlineItem => {
      const name = attachPoints.map(({ text }) => text).join(', ');
      return { name, kind: 'probe', start, end, head: { start, end: attachPoints.at(-1)?.end ?? start } };
    }),
  ];
  return items.sort((a, b) => a.start - b.start);
}
