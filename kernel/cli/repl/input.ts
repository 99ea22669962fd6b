/** Where the lines of a REPL come from: a terminal with history and completion, or a pipe. */
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Below } from '../screen.ts';
import type { History } from './history.ts';

/** In place of a line: Ctrl-C at a prompt, where something was typed or not. */
export interface Interrupted {
  interrupted: 'empty' | 'typed';
}

export interface LineInput extends Below {
  /** The next line; undefined at the end of the input. */
  next(prompt: string): Promise<string | Interrupted | undefined>;
  /** Whether another line of a program came with the last one, as those of a paste do. */
  pasted(): Promise<boolean>;
  /** A cell runs until `work` is done: Ctrl-C is a signal meanwhile. */
  during(work: () => Promise<void>): Promise<void>;
  close(): void;
}

/** Lines in order, whoever is first: they or the question for them. */
class Queue<T> {
  readonly waiting: T[] = [];
  #asked: ((item: T | undefined) => void) | undefined;
  #ended = false;

  push(item: T): void {
    if (this.#asked) this.#answer(item);
    else this.waiting.push(item);
  }

  end(): void {
    this.#ended = true;
    this.#answer(undefined);
  }

  next(): Promise<T | undefined> {
    if (this.waiting.length > 0 || this.#ended) return Promise.resolve(this.waiting.shift());
    return new Promise(resolve => {
      this.#asked = resolve;
    });
  }

  #answer(item: T | undefined): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.(item);
  }
}

export class PipeInput implements LineInput {
  readonly #lines = new Queue<string>();
  readonly #reader = createInterface({ input: process.stdin, terminal: false });

  constructor() {
    this.#reader.on('line', line => this.#lines.push(line)).on('close', () => this.#lines.end());
  }

  next(): Promise<string | undefined> {
    return this.#lines.next();
  }

  async pasted(): Promise<boolean> {
    return false;
  }

  during(work: () => Promise<void>): Promise<void> {
    return work();
  }

  erase(): void {}

  draw(): void {}

  close(): void {
    this.#reader.close();
  }
}

/** Lines that follow each other this fast, ms, nobody types. */
const PASTE_MS = 15;

/** Possible continuations of a line, and the part of it that they replace. */
export type Complete = (line: string) => Promise<[options: string[], part: string]>;

export class TerminalInput implements LineInput {
  readonly #lines = new Queue<string | Interrupted>();
  readonly #reader: Interface;
  /** The prompt is there, with what is typed so far. */
  #shown = false;

  constructor(history: History, complete: Complete) {
    this.#reader = createInterface({
      input: process.stdin,
      output: process.stdout,
      history: history.lines.toReversed(),
      historySize: 1000,
      removeHistoryDuplicates: true,
      completer: (line, answer) => {
        complete(line).then(
          found => answer(null, found),
          () => answer(null, [[], line]),
        );
      },
    });
    this.#reader.on('line', line => {
      this.#shown = false;
      history.add(line);
      this.#lines.push(line);
    });
    this.#reader.on('SIGINT', () => this.#interrupted());
    this.#reader.on('close', () => this.#lines.end());
  }

  async next(prompt: string): Promise<string | Interrupted | undefined> {
    this.#reader.setPrompt(prompt);
    // Lines that were pasted come without one.
    if (this.#lines.waiting.length === 0) {
      this.#shown = true;
      this.#reader.prompt();
    }
    return this.#lines.next();
  }

  async pasted(): Promise<boolean> {
    if (this.#lines.waiting.length === 0) await sleep(PASTE_MS);
    const [next] = this.#lines.waiting;
    return typeof next === 'string' && !next.startsWith('.');
  }

  /** The terminal is a plain one meanwhile: what is typed waits there, and Ctrl-C reaches traced commands too. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#reader.pause();
    process.stdin.setRawMode(false);
    try {
      await work();
    } finally {
      process.stdin.setRawMode(true);
      this.#reader.resume();
    }
  }

  erase(): void {
    if (!this.#shown) return;
    const { rows } = this.#reader.getCursorPos();
    process.stdout.write(`${rows > 0 ? `\x1b[${rows}A` : ''}\r\x1b[J`);
  }

  draw(): void {
    if (!this.#shown) return;
    // The reader goes up to where it thinks that a line of several rows begins.
    process.stdout.write('\n'.repeat(this.#reader.getCursorPos().rows));
    this.#reader.prompt(true);
  }

  close(): void {
    this.#reader.close();
  }

  #interrupted(): void {
    const interrupted = this.#reader.line === '' ? 'empty' : 'typed';
    process.stdout.write('^C\n');
    // Forgets what was typed: to the line's end, then all before it.
    this.#reader.write(null, { ctrl: true, name: 'e' });
    this.#reader.write(null, { ctrl: true, name: 'u' });
    this.#lines.push({ interrupted });
  }
}
