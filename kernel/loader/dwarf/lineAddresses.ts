/** Where the code of a source line begins. */
import { basename } from 'node:path';
import type { DebugInfo } from './debugInfo.ts';

export type LineAddresses =
  /** As the linker placed them, one for each copy of the code: where it was inlined it has several. */
  | { addresses: number[] }
  /** Several files end like this. */
  | { files: string[] }
  /** The file is known, but has no code there. */
  | { file: string }
  | undefined;

/** `file` may leave out folders at its front. `column`: only statements that begin there, 0 = all. */
export function lineAddresses(info: DebugInfo, file: string, line: number, column: number): LineAddresses {
  const files = new Set<string>();
  /** The first address of the line in each piece of code that holds it. */
  const first = new Map<string, number>();
  for (const unit of info.units()) {
    // Most units have nothing to do with the file.
    const lines = info.opened(unit).lines;
    const numbers = new Set(
      lines?.filesNamed(path => basename(path) === basename(file) && endsWith(path, file)),
    );
    if (!lines || numbers.size === 0) continue;
    for (const number of numbers) files.add(lines.path(number)!);
    const rows = [...lines.rows()].filter(
      row =>
        row.line === line && !row.end && numbers.has(row.file) && (column === 0 || row.column === column),
    );
    const statements = rows.filter(row => row.statement);
    for (const { address } of statements.length > 0 ? statements : rows) {
      const piece = `${unit.offset} ${info.pieceAt(unit, address)}`;
      first.set(piece, Math.min(first.get(piece) ?? address, address));
    }
  }
  if (files.size > 1) return { files: [...files] };
  const [only] = files;
  if (only === undefined) return undefined;
  const addresses = [...new Set(first.values())].sort((a, b) => a - b);
  return addresses.length > 0 ? { addresses } : { file: only };
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
