/** What each kind of record prints, in text and in JSON. */
import type { Field, RecordLayout } from '../layout.ts';
import { type Reader, readScalar } from './decode.ts';
import { jsonOf, jsonString } from './json.ts';
import { Format } from './printf.ts';
import { strftime } from './strftime.ts';
import { type Escape, textOf, unchanged } from './text.ts';

/** Formats the records of one layout; made once, its format string taken apart once. */
export interface Printer {
  text(reader: Reader, safe: Escape): string;
  /** A whole line. */
  json(reader: Reader): string;
  /** Newlines in every text it prints (those inside strings left out). */
  newlines: number;
}

const typed = (type: string, json: string) => `{"type": "${type}", "data": ${json}}\n`;

/** Undefined for records that print nothing of their own: rows, exit, maps. */
export function printerOf(layout: RecordLayout, now: () => Date): Printer | undefined {
  const { action, fields } = layout;
  switch (action.do) {
    case 'printf': {
      const format = new Format(action.format);
      return {
        text: (reader, safe) => format.apply(reader, fields, safe),
        json: reader => typed('printf', jsonString(format.apply(reader, fields, unchanged))),
        newlines: newlinesIn(action.format),
      };
    }
    case 'print': {
      const field = fields[0];
      if (!field) return undefined;
      return {
        text: (reader, safe) => `${textOf(reader, field.type, field.offset, safe, field.bits)}\n`,
        json: reader => typed('value', jsonOf(reader, field.type, field.offset, field.bits)),
        newlines: 1,
      };
    }
    case 'time':
      return {
        text: () => strftime(action.format, now()),
        json: () => typed('time', jsonString(strftime(action.format, now()))),
        newlines: newlinesIn(action.format.replaceAll('%n', '\n')),
      };
    default:
      return undefined;
  }
}

const newlinesIn = (format: string) => format.split('\n').length - 1;

/** An integer field of a control record (`code`, `top`, `div`); 0 when it has none. */
export function controlNumber(reader: Reader, fields: Field[], name: string): number {
  const field = fields.find(one => one.name === name);
  if (field?.type.kind !== 'int' && field?.type.kind !== 'bool') return 0;
  return Number(readScalar(reader, field.type, field.offset, field.bits));
}
