/** The process's side of a command: what it writes, Ctrl-C, and how sudo asks. */
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Elevation } from '../loader/launch.ts';
import { writeFully } from '../loader/write.ts';
import { bytesOf } from '../utf8.ts';
import { type Escape, forTerminal, unchanged } from '../views/index.ts';
import { CommandError } from './command.ts';

const STDOUT = 1;
const STDERR = 2;
const BUFFER = 64 * 1024;

export const BUFFERING = ['none', 'line', 'full'] as const;
export type Buffering = (typeof BUFFERING)[number];

/**
 * Standard output or a file. It waits for slow readers, so that output never piles up in memory. When nothing more
 * can be written, what follows is dropped and `onClosed` is called once: without a reason when the reader is gone.
 */
export class Output {
  readonly #fd: number;
  readonly #buffering: Buffering;
  #pending = '';
  #closed = false;
  onClosed: (failure?: CommandError) => void = failure => {
    if (failure) throw failure;
  };

  /** What strings of traced processes become on the way. */
  get safe(): Escape {
    return safeFor(this.#fd);
  }

  /** Throws the error of opening `path`. */
  constructor(path?: string, buffering: Buffering = 'line') {
    this.#fd = path === undefined ? STDOUT : openSync(path, 'w');
    this.#buffering = buffering;
  }

  write(text: string): void {
    this.#pending += text;
    if (this.#buffering !== 'full' || this.#pending.length >= BUFFER) this.flush();
  }

  writeBytes(bytes: Uint8Array): void {
    this.flush();
    this.#put(bytes);
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text) this.#put(bytesOf(text));
  }

  close(): void {
    this.flush();
    if (this.#fd !== STDOUT) closeSync(this.#fd);
  }

  #put(bytes: Uint8Array): void {
    if (this.#closed) return;
    try {
      writeFully(this.#fd, bytes);
    } catch (error) {
      this.#closed = true;
      const { code, message } = error as NodeJS.ErrnoException;
      this.onClosed(code === 'EPIPE' ? undefined : new CommandError('output-failed', { reason: message }));
    }
  }
}

const safeFor = (fd: number): Escape => (isatty(fd) ? forTerminal : unchanged);

/** What strings of traced processes become in messages. */
export const safeMessage = safeFor(STDERR);

/** Messages for the person at the terminal; never part of the output. */
export function say(text: string): void {
  try {
    writeFully(STDERR, bytesOf(text));
  } catch {
    // Nobody listens.
  }
}

const INTERRUPTED = 130;

/** The first signal asks to end, the second ends. */
export function onInterrupt(end: () => void): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(INTERRUPTED);
      asked = true;
      end();
    });
  }
}

/** Typing the command is the consent; sudo asks for the password at the terminal by itself. */
export const terminalElevation: Elevation = { consent: async () => true };

export const terminalWidth = (): number =>
  Number(process.env['COLUMNS']) || process.stdout.columns || process.stderr.columns || 100;

/**
 * Whether messages are coloured: at a terminal, unless BPFTRACE_COLOR says `always` or `never`.
 */
export function colored(env = process.env['BPFTRACE_COLOR'] ?? 'auto'): boolean {
  if (env === 'always' || env === 'never') return env === 'always';
  if (env !== 'auto') say(`WARNING: BPFTRACE_COLOR is auto, always or never, not ${env}\n`);
  return process.stdout.isTTY === true && process.stderr.isTTY === true;
}
