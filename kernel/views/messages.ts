/** Messages of a running program, with the place in its source: its own, and what went wrong at run time. */
import { errorText } from '../errno.ts';
import type { RecordLayout } from '../layout.ts';
import type { Reader } from './decode.ts';
import { jsonString } from './json.ts';
import { controlNumber, type Make, type PrintContext } from './print.ts';
import { Format } from './printf.ts';
import { unchanged } from './text.ts';

type Span = NonNullable<RecordLayout['span']>;

const TYPES = { error: 'errorf', warning: 'warnf', runtime: 'runtime_error' };

export const message: Make<'message'> = ({ level, by, format: text }, layout, context) => {
  const { fields, span } = layout;
  const format = new Format(text);
  const place = placeOf(span, context);
  const lines = (by ? sourceLines(span, context) : '') + chain(layout, level, context);
  return {
    text: (reader, safe) =>
      `${place}${level.toUpperCase()}: ${format.apply(reader, fields, safe).trimEnd()}\n${lines}`,
    json: reader => json(TYPES[by ?? level], format.apply(reader, fields, unchanged), span, context),
    newlines: 1 + newlinesIn(lines),
    level,
  };
};

export const helperError: Make<'helper-error'> = ({ helper }, layout, context) => {
  const { fields, span } = layout;
  const place = placeOf(span, context);
  const lines = sourceLines(span, context) + chain(layout, 'warning', context);
  const retcode = (reader: Reader) => controlNumber(reader, fields, 'retcode');
  return {
    text: reader => {
      const code = retcode(reader);
      const reason = ON_MAPS[helper]?.[code] ?? errorText(code);
      return `${place}WARNING: ${reason}\nAdditional Info - helper: ${helper}, retcode: ${code}\n${lines}`;
    },
    json: reader => {
      const code = retcode(reader);
      const more = `, "helper": ${jsonString(helper)}, "retcode": ${code}`;
      return json('helper_error', errorText(code), span, context, more);
    },
    newlines: 2 + newlinesIn(lines),
    level: 'warning',
  };
};

const [NOT_FOUND, FULL] = [-2, -7];

/** What an error means for a map, by helper and error number. */
const ON_MAPS: { [helper: string]: { [retcode: number]: string } } = {
  map_update_elem: {
    [FULL]:
      "Map full; can't update element. Try increasing max_map_keys config or manually setting the max entries in a map declaration e.g. `let @a = hash(5000)`",
  },
  map_delete_elem: { [NOT_FOUND]: "Can't delete map element because it does not exist." },
  map_lookup_elem: { 0: "Can't lookup map element because it does not exist." },
};

/** `stdin:1:9-62: `, counted from 1; over several lines only where it starts. */
function placeOf(span: Span | undefined, context: PrintContext): string {
  if (!span) return '';
  const { start, end } = span;
  const file = span.file ?? context.file;
  const columns =
    start.line === end.line ? `${start.column + 1}-${end.column + 1}` : String(start.column + 1);
  return `${file === undefined ? '' : `${file}:`}${start.line + 1}:${columns}: `;
}

/** The calls of the macros that a message comes from. */
const chain = ({ expandedFrom = [] }: RecordLayout, level: string, context: PrintContext): string =>
  expandedFrom
    .map(
      call => `${placeOf(call, context)}${level.toUpperCase()}: expanded from\n${sourceLines(call, context)}`,
    )
    .join('');

/** The line that a span begins in, and what of it is meant. */
function sourceLines(span: Span | undefined, { source }: PrintContext): string {
  const line = span && !span.file ? source?.split('\n')[span.start.line] : undefined;
  if (!span || line === undefined) return '';
  const end = span.end.line === span.start.line ? span.end.column : line.length;
  const marks = '~'.repeat(Math.max(1, end - span.start.column));
  return `${line}\n${' '.repeat(span.start.column)}${marks}\n`;
}

function json(type: string, msg: string, span: Span | undefined, context: PrintContext, more = ''): string {
  const file = span?.file ?? context.file ?? '';
  const place = span ? `, "line": ${span.start.line + 1}, "col": ${span.start.column + 1}` : '';
  return `{"type": "${type}", "msg": ${jsonString(msg)}${more}, "filename": ${jsonString(file)}${place}}\n`;
}

const newlinesIn = (text: string) => text.split('\n').length - 1;
