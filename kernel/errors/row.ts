/** A row of the tables of errors. */

/** The phases of a cell's life, in order. The same names stand in code, protocol, errors and on screen. */
export const PHASES = [
  'parse',
  'check',
  'generate',
  'compile',
  'open',
  'load',
  'attach',
  'stream',
  'finish',
] as const;
export type Phase = (typeof PHASES)[number];

export type Severity = 'error' | 'warning' | 'hint';

export interface ErrorRow {
  phase: Phase;
  /** An error unless it says otherwise. */
  severity?: Severity;
  /** One sentence: what is wrong. */
  message: string;
  /** One sentence: what to do. */
  remedy?: string;
}
