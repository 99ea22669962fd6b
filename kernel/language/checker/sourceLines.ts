/** Probes at lines of a program's source: `uprobe:binary@file:line[:column]`. */
import type { ProbePoint } from '../symbols.ts';
import type { LanguageTarget } from '../target.ts';
import { type AttachContext, point } from './attachPoint.ts';
import { isPattern } from './binaries.ts';

const NUMBER = /^[0-9]+$/;
const SOURCE_FILE = /^[^/]+\.[A-Za-z][A-Za-z+]*$/;
const LIBRARY = /\.so[.\d]*$/;

interface Written {
  binary: string;
  file: string;
  line: string;
  column?: string;
}

/** What is written so; paths may have an @, too. */
function written([target = '', line = '', column]: readonly string[]): Written | undefined {
  const at = target.lastIndexOf('@');
  const [binary, file] = [target.slice(0, at), target.slice(at + 1)];
  if (at <= 0 || file === '' || binary.endsWith('/')) return undefined;
  // Folders are called name@version, too.
  if (LIBRARY.test(file) || (!NUMBER.test(line) && !SOURCE_FILE.test(file))) return undefined;
  return { binary, file, line, ...(column === undefined ? {} : { column }) };
}

/** Undefined where no line is meant; none where it is wrong, which is reported. */
export function sourceLine(context: AttachContext): ProbePoint[] | undefined {
  const { parts, row, options, node, reporter } = context;
  const place = written(parts);
  if (!place) return undefined;
  const wrong = (reason: string): ProbePoint[] => {
    reporter.report('probe-line', { reason }, node);
    return [];
  };
  const { binary, file, line, column } = place;
  if (row.name === 'uretprobe') return wrong('Source code location not allowed');
  if (isPattern(binary)) return wrong('Cannot use wildcards with source code location');
  if (!NUMBER.test(line)) return wrong(`Invalid line number: ${line}`);
  if (column !== undefined && !NUMBER.test(column)) return wrong(`Invalid column number: ${column}`);
  const { target } = options;
  // Asked for its path alone.
  const path = target.userSymbols?.(binary, '', false)?.path;
  const found =
    path === undefined ? undefined : target.sourceLine?.(path, file, Number(line), Number(column ?? 0));
  if (!path || !found) {
    if (!target.partial && target.userSymbols && !path)
      reporter.report('no-binary', { provider: row.name, path: binary }, node);
    return [];
  }
  if ('wrong' in found) {
    const where = `'${[file, line, ...(column === undefined ? [] : [column])].join(':')}'`;
    const reasons = {
      'no debug information': `No DWARF debug info found for '${path}', cannot attach by source code location.`,
      'no file': `DWARF error: No compilation unit matches ${file}`,
      'no code': `DWARF error: Unable to map ${where} to address`,
      'several files': `DWARF error: Ambiguous source path, matches multiple files: ${'files' in found ? found.files.join(', ') : ''}`,
    };
    return wrong(reasons[found.wrong]);
  }
  const sites = found.sites.map(({ offset }) => ({ offset, semaphore: 0, cookie: 0 }));
  const shown = binary.includes('/') ? binary : path;
  const name = `${row.name}:${shown}@${[file, ...parts.slice(1)].join(':')}`;
  const pid = options.pid === undefined ? {} : { pid: options.pid };
  const made = point(context, name, { kind: 'uprobe', binary: shown, sites, ret: false, ...pid });
  const [only, second] = found.sites;
  return [{ ...made, binary: path, ...(only && !second ? { place: only.address } : {}) }];
}

/** A line has code only where something is done: the first one behind a function's name may have none. */
const MOST_LINES = 8;

/** The first line of a function that was inlined, as a probe names it: `file.c:12`. */
export function lineInside(target: LanguageTarget, path: string, name: string): string | undefined {
  const place = target.inlined?.(path, name);
  if (!place) return undefined;
  const file = place.file.slice(place.file.lastIndexOf('/') + 1);
  const lines = Array.from({ length: MOST_LINES }, (_, i) => place.line + i);
  const sites = lines.map(line => target.sourceLine?.(path, file, line, 0));
  const first = sites.findIndex(site => site && 'sites' in site && site.sites.length > 0);
  return first < 0 ? undefined : `${file}:${lines[first]}`;
}
