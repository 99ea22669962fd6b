/** What probes need of a program's file: its functions, whether they are of Go, and their instructions. */
import { closeSync, fstatSync } from 'node:fs';
import { native } from '../../native/addon.ts';
import { globPattern } from '../glob.ts';
import type { UserSymbol } from '../layout.ts';
import { refuse } from './failure.ts';
import type { LoaderRequests } from './protocol.ts';
import { ElfFile, openFile, readerOf } from './symbols/elfFile.ts';
import { goFunctions } from './symbols/goTable.ts';

type Symbols = LoaderRequests['userSymbols'];

/** Bytes of instructions in one answer. */
const MOST_CODE = 64 << 20;

/** @throws Error ENOENT, EINVAL when the file cannot be read or is no program */
export function userSymbols({ binary, pattern, cpp }: Symbols['params']): Symbols['result'] {
  const found = native.userSymbols(binary, pattern, { cpp });
  try {
    return withElf(found.path, elf => {
      if (!elf.isGo) return found;
      const isStripped = !elf.has('.symtab') && !cpp;
      return {
        ...found,
        symbols: [...found.symbols, ...(isStripped ? goSymbols(elf, pattern) : [])],
        go: true,
      };
    });
  } catch {
    // Of another kind, of 32 bits say.
    return found;
  }
}

/** Stripped programs have their functions in Go's own table. */
function goSymbols(elf: ElfFile, pattern: string): UserSymbol[] {
  const functions = goFunctions(elf);
  const exact = functions.filter(({ name }) => name === pattern);
  const glob = globPattern(pattern);
  return (exact.length > 0 ? exact : functions.filter(({ name }) => glob.test(name))).flatMap(found => {
    const offset = elf.offsetOf(found.address);
    return offset === undefined ? [] : [{ ...found, offset, kind: 'function' as const }];
  });
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
