/** Stand-ins, in specs that were compiled beforehand, for what comes with a panel and with the theme. */
import type { ChartWords } from '../../../kernel/notebook/charts/index.ts';

export interface Slots extends ChartWords {
  /** Colours of marks, and of text among them. */
  ink: string;
  text: string;
}

/** The stand-in of a slot: no word of a spec is like it. */
export const standIn = (slot: keyof Slots) => `«${slot}»`;

/** A compiled spec, as JSON, with what its stand-ins stand for. Only whole values are replaced, never parts of expressions. */
export function filled(template: string, slots: Slots): unknown {
  const values = new Map(
    Object.entries(slots).map(([slot, value]) => [standIn(slot as keyof Slots), value as string | number]),
  );
  return JSON.parse(template, (_, value) =>
    typeof value === 'string' ? (values.get(value) ?? value) : value,
  );
}
