/** Code that a run-time compiler made, by the file in which it tells perf: /tmp/perf-PID.map. */
import { closeSync, constants, fstatSync } from 'node:fs';
import { openFile, readerOf } from './elfFile.ts';
import { type Entry, SymbolTable } from './table.ts';

const NEWLINE = 0x0a;
const LINE = /^([0-9a-f]+) ([0-9a-f]+) /i;
/** Longest head of a line: two numbers and their spaces. */
const HEAD = 40;
const MOST_BYTES = 128 << 20;

export interface PerfMap {
  table: SymbolTable;
  /** Grows when its file has grown. */
  size: number;
}

/**
 * As it is now; the `known` one when nothing was added. Undefined when there is none that belongs to its process's
 * user, if that is known.
 */
export function readPerfMap(path: string, owner: number | undefined, known?: PerfMap): PerfMap | undefined {
  const file = openFile(path, constants.O_NOFOLLOW);
  if (file === undefined) return undefined;
  try {
    const { size, uid } = fstatSync(file);
    // Anyone can write to /tmp, and this runs as root.
    if ((owner !== undefined && uid !== owner) || size > MOST_BYTES) return undefined;
    if (known?.size === size) return known;
    return { table: parse(readerOf(file)(0, size)), size };
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function parse(text: Buffer): SymbolTable {
  const entries: Entry[] = [];
  for (let at = 0, line = 0; at < text.length; line++) {
    let end = text.indexOf(NEWLINE, at);
    if (end < 0) end = text.length;
    const head = LINE.exec(text.toString('latin1', at, Math.min(end, at + HEAD)));
    // Memory is used again: what was written last holds.
    if (head)
      entries.push({
        address: Number.parseInt(head[1]!, 16),
        size: Number.parseInt(head[2]!, 16),
        name: at + head[0].length,
        rank: line,
      });
    at = end + 1;
  }
  return new SymbolTable(entries, text, NEWLINE);
}
