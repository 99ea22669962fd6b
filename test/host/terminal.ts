/** The command at a terminal of its own, and what that terminal shows. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { COMMAND, skip, until } from './kernel-helpers.ts';

export const skipTerminal =
  skip || (spawnSync('script', ['--version']).error ? 'there is no script(1)' : false);

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

export class Terminal {
  readonly child: ChildProcess;
  /** All that came, as it came. */
  written = '';
  /** Where what was looked for last ends. */
  #seen = 0;
  readonly ended: Promise<number | null>;

  constructor(
    args: string[],
    { env, rows = 24, columns = 80 }: { env: NodeJS.ProcessEnv; rows?: number; columns?: number },
  ) {
    const words = [process.execPath, COMMAND, ...args].map(quoted).join(' ');
    // A shell that stayed would be told of Ctrl-C too, and some then end with its code, not the command's.
    const command = `stty rows ${rows} cols ${columns}; exec ${words}`;
    this.child = spawn('script', ['-qfec', command, '/dev/null'], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', text => {
      this.written += text;
    });
    this.ended = new Promise(done => this.child.once('close', done));
  }

  /** Without what moves the cursor: a slow cell shows that it is live, and takes that back, before its output. */
  get text(): string {
    return stripVTControlCharacters(this.written);
  }

  /** Waits until it is there, behind all that was waited for before. */
  async sees(what: string): Promise<void> {
    const awaited = until(() => this.text.includes(what, this.#seen), `"${what}"`, 60_000);
    await awaited.catch(error => assert.fail(`${error.message} in ${JSON.stringify(this.text)}`));
    this.#seen = this.text.indexOf(what, this.#seen) + what.length;
  }

  /** Answers a prompt. */
  async answers(prompt: string, text: string): Promise<void> {
    await this.sees(prompt);
    this.type(text);
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** The lines that the terminal has after all that was written. */
  get lines(): string[] {
    return shownLines(this.written);
  }
}

/** As far as the command uses a terminal: lines, going up, and erasing to the end. Lines do not wrap. */
export function shownLines(written: string): string[] {
  const lines = [''];
  let [row, column] = [0, 0];
  for (const [part, up] of written.matchAll(/\x1b\[(\d+)A|\x1b\[J|\r|\n|[^\x1b\r\n]+|\x1b/g)) {
    if (up) row = Math.max(0, row - Number(up));
    else if (part === '\x1b[J') lines.splice(row, Infinity, lines[row]!.slice(0, column));
    else if (part === '\r') column = 0;
    else if (part === '\n') {
      row++;
      lines[row] ??= '';
    } else if (part === '\x1b') throw new Error(`what is this to a terminal? ${JSON.stringify(written)}`);
    else {
      lines[row] =
        lines[row]!.padEnd(column).slice(0, column) + part + lines[row]!.slice(column + part.length);
      column += part.length;
    }
  }
  return lines;
}
