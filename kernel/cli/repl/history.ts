/** The lines typed before, in a file of the user's own. Whatever goes wrong with it, a REPL works without. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Lines kept. */
const LIMIT = 1000;

export class History {
  readonly #path: string;
  /** Oldest first. */
  readonly lines: string[];

  constructor(state = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')) {
    this.#path = join(state, 'ebpfnb', 'history');
    const all = readLines(this.#path);
    this.lines = all.slice(-LIMIT);
    // Others append to the same file: it is cut only now and then.
    if (all.length > 2 * LIMIT)
      this.#write(() => writeFileSync(this.#path, text(this.lines), { mode: 0o600 }));
  }

  add(line: string): void {
    if (line.trim() === '' || line === this.lines.at(-1)) return;
    this.lines.push(line);
    this.#write(() => appendFileSync(this.#path, text([line]), { mode: 0o600 }));
  }

  #write(work: () => void): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      work();
    } catch {
      // A home that cannot be written to.
    }
  }
}

const text = (lines: string[]) => lines.map(line => `${line}\n`).join('');

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
