/** Changes of a cell's `params` option. */
import type { Span } from '../errors.ts';
import { OPTION_MARKS, parseOptions, parseParams } from './options.ts';

/** The change of a cell's text that gives parameters these values, beside those that it gives already. */
export function paramsEdit(
  language: string,
  source: string,
  values: Record<string, string>,
): { span: Span; text: string } {
  const span = parseOptions(language, source).spans['params'];
  if (!span) {
    const place = { line: source.startsWith('#!') ? 1 : 0, column: 0 };
    const text = `${OPTION_MARKS[language]} params: ${paramsText(values)}\n`;
    return { span: { start: place, end: place }, text };
  }
  const line = source.split(/\r?\n/)[span.start.line]!.slice(span.start.column, span.end.column);
  const known = parseParams(line);
  return { span, text: paramsText({ ...(typeof known === 'string' ? {} : known), ...values }) };
}

/** As {@link parseParams} reads it. */
const paramsText = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${/^[^\s"']+$/.test(value) ? value : quoted(value)}`)
    .join(' ');

const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
