/** The program that `trace` and `emit` are given: text, language and the folder that paths start from. */
import { readFileSync, statSync } from 'node:fs';
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
  if (file === undefined) throw new UsageError('give a program: -e PROG or FILE');
  if (file === '-')
    return { file: 'stdin', source: readFileSync(0, 'utf8'), language: 'bpftrace', directory: process.cwd() };
  const path = resolve(file);
  const bytes = readBytes(path);
  // An object is an ELF file; whoever gives one meant to give its source.
  if (bytes.includes(0)) throw new CellError([problem('not-source', { file })]);
  const language = /\.(c|h)$/.test(file) ? 'bpf-c' : 'bpftrace';
  return { file, source: bytes.toString('utf8'), language, directory: dirname(path) };
}

function readBytes(path: string): Buffer {
  try {
    if (statSync(path).size > LARGEST) throw new Error('it is too large');
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CellError([problem('unreadable-file', { file: path, reason: READING[code ?? ''] ?? message })]);
  }
}

const READING: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
};
