/** Records that ask for more than printing: a file's text, a command's output. Who does it is given from outside. */
import type { RecordLayout } from '../layout.ts';
import type { Reader } from './decode.ts';
import { jsonString } from './json.ts';
import { typed } from './print.ts';
import { Format } from './printf.ts';
import { forTerminal, unchanged } from './text.ts';

/** What an effect gave. */
export interface Performed {
  /** `text` says what went wrong. */
  failed?: boolean;
  text: string;
}

export interface Effects {
  /** The first `limit` bytes of a file. */
  cat(path: string, limit: number): Performed;
  /** What a command writes. */
  system(command: string): Performed;
}

/** Does what a record asks for. */
export type Effect = (reader: Reader, effects: Effects) => Performed;

/** Undefined for records without one. */
export function effectOf({ action, fields }: RecordLayout): Effect | undefined {
  if (action.do !== 'cat' && action.do !== 'system') return undefined;
  const format = new Format(action.format);
  const words = (reader: Reader) => format.apply(reader, fields, unchanged);
  return action.do === 'cat'
    ? (reader, effects) => effects.cat(words(reader), action.limit)
    : (reader, effects) => effects.system(words(reader));
}

export const performedText = ({ text }: Performed) => forTerminal(text);

const TYPES: { [action: string]: string } = { cat: 'cat', system: 'syscall' };

export const performedJson = ({ action }: RecordLayout, { text }: Performed) =>
  typed(TYPES[action.do] ?? action.do, jsonString(text));
