/** What each kind of record prints, in text and in JSON. */
import type { Field, RecordAction, RecordLayout } from '../layout.ts';
import { type Reader, readScalar } from './decode.ts';
import { jsonOf, jsonString } from './json.ts';
import { helperError, message } from './messages.ts';
import { Format } from './printf.ts';
import { strftime } from './strftime.ts';
import { type Escape, textOf, unchanged } from './text.ts';
import { traceLineOf } from './trace-line.ts';

/** Formats the records of one layout; made once, its format string taken apart once. */
export interface Printer {
  text(reader: Reader, safe: Escape): string;
  /** A whole line. */
  json(reader: Reader): string;
  /** Newlines in every text it prints (those inside strings and of stacks left out). */
  newlines: number;
  /** A message of the program's own, which bpftrace writes to standard error. */
  level?: 'error' | 'warning';
}

export interface PrintContext {
  /** Wall clock of `time()`. */
  now: () => Date;
  /** What messages call the source; missing = its lines are named without it. */
  file?: string;
  /** The source, whose lines are shown with what went wrong at run time. */
  source?: string;
}

/** Any text as a JSON line of this type. */
export const typed = (type: string, json: string) => `{"type": "${type}", "data": ${json}}\n`;

export type Make<Do> = (
  action: Extract<RecordAction, { do: Do }>,
  layout: RecordLayout,
  context: PrintContext,
) => Printer | undefined;

const PRINTERS: { [Do in RecordAction['do']]?: Make<Do> } = {
  printf: ({ format: text }, { fields }) => {
    const format = new Format(text);
    return {
      text: (reader, safe) => format.apply(reader, fields, safe),
      json: reader => typed('printf', jsonString(format.apply(reader, fields, unchanged))),
      newlines: newlinesIn(text),
    };
  },
  print: (_, { fields }) => {
    const [first, ...more] = fields;
    if (!first) return undefined;
    // Several are the parts of one value.
    const whole = { type: { kind: 'struct', size: 0, fields }, offset: 0, bits: undefined } as const;
    const field = more.length > 0 ? whole : first;
    return {
      text: (reader, safe) => `${textOf(reader, field.type, field.offset, safe, field.bits)}\n`,
      json: reader => typed('value', jsonOf(reader, field.type, field.offset, field.bits)),
      newlines: 1,
    };
  },
  time: ({ format }, _, { now }) => ({
    text: () => strftime(format, now()),
    json: () => typed('time', jsonString(strftime(format, now()))),
    newlines: newlinesIn(format.replaceAll('%n', '\n')),
  }),
  join: ({ separator }, { fields }) => {
    const joined = (reader: Reader, safe: Escape) =>
      fields
        .map(field => textOf(reader, field.type, field.offset, safe))
        .filter(text => text !== '')
        .join(separator);
    return {
      text: (reader, safe) => `${joined(reader, safe)}\n`,
      json: reader => typed('join', jsonString(joined(reader, unchanged))),
      newlines: 1,
    };
  },
  'trace-line': (_, { fields }) => {
    const line = traceLineOf(fields);
    return {
      text: (reader, safe) => `${safe(line(reader))}\n`,
      json: reader => typed('printf', jsonString(`${line(reader)}\n`)),
      newlines: 1,
    };
  },
  'helper-error': helperError,
  message,
};

/** Undefined for records that print nothing of their own: rows, exit, maps, and what has an effect first. */
export function printerOf(layout: RecordLayout, context: PrintContext): Printer | undefined {
  const make = PRINTERS[layout.action.do] as Make<RecordAction['do']> | undefined;
  return make?.(layout.action, layout, context);
}

const newlinesIn = (format: string) => format.split('\n').length - 1;

/** An integer field of a control record (`code`, `top`, `div`); 0 when it has none. */
export function controlNumber(reader: Reader, fields: Field[], name: string): number {
  const field = fields.find(one => one.name === name);
  if (field?.type.kind !== 'int' && field?.type.kind !== 'bool') return 0;
  return Number(readScalar(reader, field.type, field.offset, field.bits));
}
