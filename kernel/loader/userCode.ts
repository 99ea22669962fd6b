/** What the kernel asks of a program's file besides its symbols: what wrote it, and its instructions. */
import { closeSync, fstatSync } from 'node:fs';
import { native } from '../../native/addon.ts';
import { refuse } from './failure.ts';
import type { LoaderRequests } from './protocol.ts';
import { ElfFile, openFile, readerOf } from './symbols/elfFile.ts';

type Symbols = LoaderRequests['userSymbols'];

/** Bytes of instructions in one answer. */
const MOST_CODE = 64 << 20;

/** @throws Error ENOENT, EINVAL when the file cannot be read or is no program */
export function userSymbols({ binary, pattern, cpp }: Symbols['params']): Symbols['result'] {
  const found = native.userSymbols(binary, pattern, { cpp });
  return isGo(found.path) ? { ...found, go: true } : found;
}

function isGo(path: string): boolean {
  try {
    return withElf(path, elf => elf.isGo);
  } catch {
    // Of another kind, of 32 bits say.
    return false;
  }
}

/** The instructions of functions, one behind the other. @throws Error EINVAL for what is not code */
export function userCode({ path, functions }: LoaderRequests['userCode']['params']): Buffer {
  if (functions.reduce((sum, { size }) => sum + size, 0) > MOST_CODE) throw refuse('too much code', 'E2BIG');
  return withElf(path, elf => Buffer.concat(functions.map(({ offset, size }) => elf.code(offset, size))));
}

function withElf<T>(path: string, read: (elf: ElfFile) => T): T {
  const file = openFile(path);
  if (file === undefined) throw refuse(`${path} cannot be read`, 'ENOENT');
  try {
    return read(new ElfFile(readerOf(file), fstatSync(file).size));
  } finally {
    closeSync(file);
  }
}
