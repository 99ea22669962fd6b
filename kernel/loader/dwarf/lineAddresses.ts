/** Where the code of a source line begins. */
import { basename } from 'node:path';
import { attempt } from './attempt.ts';
import type { DebugInfo } from './debugInfo.ts';
import type { Unit } from './unit.ts';

export type LineAddresses =
  /** As the linker placed them, one for each copy of the code: where it was inlined it has several. */
  | { addresses: number[] }
  /** Several files end like this. */
  | { files: string[] }
  /** The file is known, but has no code there. */
  | { file: string }
  | undefined;

interface Wanted {
  file: string;
  line: number;
  column: number;
}

/** `file` may leave out folders at its front. `column`: only statements that begin there, 0 = all. */
export function lineAddresses(info: DebugInfo, file: string, line: number, column: number): LineAddresses {
  const files = new Set<string>();
  const addresses = new Set<number>();
  for (const unit of info.units()) {
    const found = attempt(() => inUnit(info, unit, { file, line, column }));
    for (const path of found?.files ?? []) files.add(path);
    for (const address of found?.addresses ?? []) addresses.add(address);
  }
  if (files.size > 1) return { files: [...files] };
  const [only] = files;
  if (only === undefined) return undefined;
  return addresses.size > 0 ? { addresses: [...addresses].sort((a, b) => a - b) } : { file: only };
}

/** The files that are meant, and the first address of the line in each piece of code that holds it. */
function inUnit(info: DebugInfo, unit: Unit, { file, line, column }: Wanted) {
  const { lines } = info.opened(unit);
  const isMeant = (path: string) => basename(path) === basename(file) && endsWith(path, file);
  const numbers = new Set(lines?.filesNamed(isMeant));
  // Most units have nothing to do with the file.
  if (!lines || numbers.size === 0) return undefined;
  const rows = [...lines.rows()].filter(
    row => row.line === line && !row.end && numbers.has(row.file) && (column === 0 || row.column === column),
  );
  const statements = rows.filter(row => row.statement);
  const first = new Map<number, number>();
  for (const { address } of statements.length > 0 ? statements : rows) {
    const piece = info.pieceAt(unit, address);
    first.set(piece, Math.min(first.get(piece) ?? address, address));
  }
  return { files: [...numbers].map(number => lines.path(number)!), addresses: [...first.values()] };
}

/** Do the last folders and the name agree? */
function endsWith(path: string, end: string): boolean {
  const parts = (text: string) => text.split('/').filter(part => part !== '.' && part !== '');
  const [whole, wanted] = [parts(path), parts(end)];
  return (
    wanted.length <= whole.length &&
    wanted.every((part, i) => part === whole[whole.length - wanted.length + i])
  );
}
