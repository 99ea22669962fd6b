import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../errors.ts';
import type { CellLayout } from '../layout.ts';

/** What a compilation gives. `warnings` concern the source, not this run. */
export interface CompiledObject {
  elf: Uint8Array;
  layout: CellLayout;
  warnings: Diagnostic[];
}

interface Head {
  layout: CellLayout;
  warnings: Diagnostic[];
  /** Every header that clang read: path, bytes, ms of its last change. */
  headers: [path: string, size: number, changed: number][];
}

/** Entries kept; the least recently used go first. An entry is some tens of kilobytes. */
const LIMIT = 300;

/** Raise when the meaning of an entry changes. */
const VERSION = 8;

/**
 * Objects by the hash of all that went into them: source, header cells, type information, flags, compiler. The
 * headers found on the way are compared by size and time. An entry is a line of JSON, then the object; it
 * appears by rename, so that any number of processes can share the folder. Failing to write is no error.
 */
export class ObjectCache {
  constructor(
    private readonly folder = process.env['EBPFNB_CACHE'] ??
      join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ebpfnb', 'objects'),
  ) {}

  static key(parts: unknown): string {
    return createHash('sha256')
      .update(JSON.stringify([VERSION, parts]))
      .digest('hex');
  }

  get(key: string): CompiledObject | undefined {
    const path = join(this.folder, key);
    try {
      const bytes = readFileSync(path);
      const end = bytes.indexOf(10);
      const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
      if (!head.headers.every(([path, size, changed]) => unchanged(path, size, changed))) return undefined;
      const now = new Date();
      utimesSync(path, now, now);
      return { elf: bytes.subarray(end + 1), layout: head.layout, warnings: head.warnings };
    } catch {
      return undefined;
    }
  }

  put(key: string, { elf, layout, warnings }: CompiledObject, headers: string[]): void {
    const part = join(this.folder, `${key}.${randomUUID()}`);
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const head: Head = { layout, warnings, headers: headers.map(path => [path, ...stamp(path)]) };
      writeFileSync(part, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), elf]), { mode: 0o600 });
      renameSync(part, join(this.folder, key));
      this.#evict();
    } catch {
      discard(part);
    }
  }

  #evict(): void {
    const names = readdirSync(this.folder);
    if (names.length <= LIMIT) return;
    const oldest = names
      .map(name => ({ path: join(this.folder, name), used: statSync(join(this.folder, name)).mtimeMs }))
      .sort((a, b) => a.used - b.used)
      .slice(0, names.length - LIMIT);
    for (const { path } of oldest) rmSync(path, { force: true });
  }
}

/** Where nothing can be written, there is nothing to remove either. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function stamp(path: string): [size: number, changed: number] {
  const { size, mtimeMs } = statSync(path);
  return [size, mtimeMs];
}

function unchanged(path: string, size: number, changed: number): boolean {
  const [nowSize, nowChanged] = stamp(path);
  return nowSize === size && nowChanged === changed;
}
