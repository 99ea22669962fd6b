/** The program that `trace` and `emit` are given: text, language and the folder that paths start from. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CellError, problem } from '../errors.ts';
import type { CellLanguage } from '../protocol.ts';
import { UsageError } from './command.ts';

export interface Program {
  /** What diagnostics call it. */
  file: string;
  source: string;
  language: CellLanguage;
  directory: string;
}

const LARGEST = 16 * 1024 * 1024;

/** A program given as text or as a file (`-`: standard input). C by its name; everything else is bpftrace. */
export function readProgram(text: string | undefined, file: string | undefined): Program {
  if (text !== undefined)
    return { file: 'stdin', source: text, language: 'bpftrace', directory: process.cwd() };
  if (file === undefined) throw new UsageError("USAGE: filename or -e 'program' required.");
  if (file === '-')
    return { file: 'stdin', source: readFileSync(0, 'utf8'), language: 'bpftrace', directory: process.cwd() };
  const path = resolve(file);
  const bytes = readBytes(path, file);
  // An object is an ELF file; whoever gives one meant to give its source.
  if (bytes.includes(0)) throw new CellError([problem('not-source', { file })]);
  const language = /\.(c|h)$/.test(file) ? 'bpf-c' : 'bpftrace';
  return { file, source: bytes.toString('utf8'), language, directory: dirname(path) };
}

/** Bytes of a file that the user calls `name`. Throws CellError. */
export function readBytes(path: string, name = path): Buffer {
  try {
    if (statSync(path).size > LARGEST) throw new Error('it is too large');
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = REASONS[code ?? ''] ?? message;
    throw new CellError([problem('unreadable-file', { file: name, reason })]);
  }
}

/** As {@link readBytes}, of a file that may not be there. */
export const readIfThere = (path: string): Buffer | undefined =>
  existsSync(path) && statSync(path).isFile() ? readBytes(path) : undefined;

/** In the words of C's strerror, which scripts look for. */
const REASONS: Record<string, string> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
};
