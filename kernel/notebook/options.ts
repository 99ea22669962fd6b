/** Cell options: comment lines at a cell's top, `key: value`, the value being the rest of the line. */
import { type Diagnostic, problem, type Span } from '../errors.ts';
import type { ViewName } from '../protocol.ts';
import { VIEW_NAMES } from './forms.ts';

export interface CellOptions {
  durationMs?: number;
  /** Shell command that runs while the cell traces; the cell ends with it. */
  workload?: string;
  params: Record<string, string>;
  name?: string;
  /** This cell is a header that others include by this name. */
  file?: string;
  pid?: number;
  rows?: number;
  /** When programs of SEC("perf_event") run: at every count-th event of this name, or as Linux likes. */
  event?: [name: string, count?: number];
  /** … so many times a second. */
  freq?: number;
  /** Pages of each perf buffer for each CPU: a power of two. */
  perfPages?: number;
  unsafe?: string[];
  /** Of one CPU: 0.25 = a quarter; 0 = no limit. */
  cpuLimit?: number;
  view?: ViewName;
}

export interface ParsedOptions {
  options: CellOptions;
  diagnostics: Diagnostic[];
  /** Where each option's value stands. */
  spans: { [option: string]: Span };
}

/** What begins an option line, by language. Markdown has none. */
export const OPTION_MARKS: { [language: string]: string } = {
  bpftrace: '//|',
  'bpf-c': '//|',
  c: '//|',
  shellscript: '#|',
  sql: '--|',
};

interface OptionRow {
  doc: string;
  example: string;
  /** All values it can have, where they are few. */
  values?: readonly string[];
  /** Sets the option; answers what is wrong with the value. */
  set(options: CellOptions, value: string): string | undefined;
}

const text = (key: 'workload' | 'name') => (options: CellOptions, value: string) => {
  if (!value) return `${key} is empty`;
  options[key] = value;
  return undefined;
};

const integer = (key: 'pid' | 'rows' | 'freq', most: number) => (options: CellOptions, value: string) => {
  const number = Number(value.replaceAll('_', ''));
  if (!/^[\d_]+$/.test(value) || number < 1 || number > most)
    return `${key} must be a number from 1 to ${most}, not “${value}”`;
  options[key] = number;
  return undefined;
};

/** 256 MiB of usual pages for each CPU. */
const MOST_PERF_PAGES = 65_536;

/** One row an option: what completion, hover and the parser know of it. */
export const OPTIONS: { [name: string]: OptionRow } = {
  duration: {
    doc: 'Ends the cell after this time.',
    example: '10s',
    set(options, value) {
      const ms = parseDuration(value);
      if (ms === undefined) return `duration must be a time such as 10s, 500ms or 2m, not “${value}”`;
      options.durationMs = ms;
      return undefined;
    },
  },
  workload: {
    doc: 'A shell command to run while the cell traces; the cell ends when it does. `cpid` is its process id.',
    example: 'ls -l /',
    set: text('workload'),
  },
  params: {
    doc: 'Values for `const volatile` globals and positional parameters.',
    example: 'min_duration_ns=1000000 name="two words"',
    set(options, value) {
      const params = parseParams(value);
      if (typeof params === 'string') return params;
      Object.assign(options.params, params);
      return undefined;
    },
  },
  name: { doc: 'What the cell is called.', example: 'opens', set: text('name') },
  file: {
    doc: 'Makes the cell a header that other C cells of this notebook can include.',
    example: 'bootstrap.h',
    set(options, value) {
      if (!/^[\w.+-]+(?:\/[\w.+-]+)*$/.test(value) || value.split('/').includes('..'))
        return `file must be a plain file name such as bootstrap.h, not “${value}”`;
      options.file = value;
      return undefined;
    },
  },
  pid: { doc: 'Traces this process only.', example: '1234', set: integer('pid', 2 ** 22) },
  rows: { doc: 'Newest rows kept (10,000 unless given).', example: '10000', set: integer('rows', 1_000_000) },
  'perf-pages': {
    doc: 'Pages of a perf buffer for each CPU, a power of two (64 unless given). More lose less.',
    example: '256',
    set(options, value) {
      const pages = Number(value);
      if (!/^\d+$/.test(value) || pages < 1 || pages > MOST_PERF_PAGES || (pages & (pages - 1)) !== 0)
        return `perf-pages must be a power of two from 1 to ${MOST_PERF_PAGES}, not “${value}”`;
      options.perfPages = pages;
      return undefined;
    },
  },
  freq: {
    doc: 'How many times a second programs of SEC("perf_event") run, on each CPU (99 unless given).',
    example: '99',
    set: integer('freq', 100_000),
  },
  event: {
    doc: 'The event that programs of SEC("perf_event") run at, and at every how many of them.',
    example: 'page-faults:100',
    set(options, value) {
      const [, name, count] = /^((?:(?:software|hardware):)?[a-z][\w-]*)(?::(\d+))?$/.exec(value) ?? [];
      if (!name || count === '0')
        return `event must be the name of an event, and perhaps a count, such as page-faults:100, not “${value}”`;
      options.event = count === undefined ? [name] : [name, Number(count)];
      return undefined;
    },
  },
  unsafe: {
    doc: 'Allows functions that change the system.',
    example: 'signal, system',
    set(options, value) {
      const names = value.split(/[\s,]+/).filter(Boolean);
      const bad = names.find(name => !/^[a-z_]+$/.test(name));
      if (!names.length || bad)
        return `unsafe must list function names, such as signal, system${bad ? `, not “${bad}”` : ''}`;
      options.unsafe = names;
      return undefined;
    },
  },
  'cpu-limit': {
    doc: 'Detaches a probe that takes more than this of one CPU for 3 seconds (25% unless given; 0 = never).',
    example: '50%',
    set(options, value) {
      const share = parseShare(value);
      if (share === undefined) return `cpu-limit must be a percentage such as 50% or 0, not “${value}”`;
      options.cpuLimit = share;
      return undefined;
    },
  },
  view: {
    doc: `How the output is shown first: ${VIEW_NAMES.join(', ')}.`,
    example: 'table',
    values: VIEW_NAMES,
    set(options, value) {
      const view = VIEW_NAMES.find(name => name === value);
      if (!view) return `view must be one of ${VIEW_NAMES.join(', ')}, not “${value}”`;
      options.view = view;
      return undefined;
    },
  },
};

const UNIT_MS: { [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `10s`, `500ms`, `1.5m`, `2h` → milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(text.trim());
  const ms = match ? Math.round(Number(match[1]) * UNIT_MS[match[2]!]!) : 0;
  return ms > 0 && ms <= 2 ** 31 - 1 ? ms : undefined;
}

/** `25%`, `25`, `0.5%` → of the whole: 0.25, 0.25, 0.005; undefined for anything else. */
export function parseShare(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text.trim());
  return match ? Number(match[1]) / 100 : undefined;
}

/** `a=1 b="two words" c='x'` → values by name; a string is what is wrong. */
export function parseParams(text: string): Record<string, string> | string {
  const params: Record<string, string> = {};
  const part = /\s*(?:([A-Za-z_]\w*|\d+)=((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']+)*)(?=\s|$)|(\S+))/y;
  while (part.lastIndex < text.trimEnd().length) {
    const [, name, value = '', rest] = part.exec(text) ?? [];
    if (name === undefined)
      return `params must be name=value pairs, “${rest ?? text}” is none (unclosed quote?)`;
    params[name] = value.replaceAll(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_, double?: string, single?: string) =>
        double === undefined ? single! : double.replaceAll(/\\(.)/g, '$1'),
    );
  }
  return params;
}

/** Parameters named 1, 2, … are the positional ones of a bpftrace program. */
export function positionalParams(params: Record<string, string>): string[] {
  const values: string[] = [];
  for (let at = 1; params[at] !== undefined; at++) values.push(params[at]!);
  return values;
}

/** Never throws; Markdown and unknown languages have no options. */
export function parseOptions(language: string, source: string): ParsedOptions {
  const parsed: ParsedOptions = { options: { params: {} }, diagnostics: [], spans: {} };
  const mark = OPTION_MARKS[language];
  if (!mark) return parsed;
  const lines = source.replace(/^\ufeff/, '').split(/\r?\n/);
  for (const [number, line] of lines.entries()) {
    if (number === 0 && line.startsWith('#!')) continue;
    if (line.trim() === '') continue;
    const indent = line.length - line.trimStart().length;
    if (!line.startsWith(mark, indent)) break;
    parseLine(parsed, line, number, indent + mark.length);
  }
  return parsed;
}

function parseLine(
  { options, diagnostics, spans }: ParsedOptions,
  line: string,
  number: number,
  from: number,
): void {
  const span = (start: number, end: number): Span => ({
    start: { line: number, column: start },
    end: { line: number, column: end },
  });
  const content = line.slice(from);
  if (content.trim() === '') return;
  const start = from + content.length - content.trimStart().length;
  const end = line.trimEnd().length;
  const match = /^\s*([\w-]+)\s*:\s*/.exec(content);
  if (!match) {
    diagnostics.push(
      problem(
        'syntax-error',
        { message: 'a cell option is “key: value”', remedy: 'Write, for example, duration: 10s.' },
        { span: span(start, end) },
      ),
    );
    return;
  }
  const name = match[1]!;
  const value = content.slice(match[0].length).trim();
  const row = Object.hasOwn(OPTIONS, name) ? OPTIONS[name]! : undefined;
  if (!row) {
    const meant = nearest(name, Object.keys(OPTIONS));
    const unknown = problem(
      'unknown-option',
      { option: name, known: Object.keys(OPTIONS).join(', ') },
      { span: span(start, start + name.length) },
    );
    diagnostics.push(meant ? { ...unknown, remedy: `Did you mean ${meant}?` } : unknown);
    return;
  }
  const at = Math.min(from + match[0].length, end);
  const wrong = row.set(options, value);
  spans[name] = span(at, end);
  if (wrong)
    diagnostics.push(
      problem(
        'syntax-error',
        { message: wrong, remedy: `Write, for example, ${name}: ${row.example}.` },
        { span: at < end ? spans[name] : span(start, end) },
      ),
    );
}

/** The known word within two edits of `word`. */
function nearest(word: string, known: string[]): string | undefined {
  const ranked = known
    .map(name => ({ name, edits: distance(word.toLowerCase(), name) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= 2 && best.edits < best.name.length - 1 ? best.name : undefined;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
