/** What records ask of user space beyond printing: done as the user, never by the loader. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { bytesOf, textOf } from '../utf8.ts';
import type { EffectRequest, Performed } from '../views/index.ts';
import { packetRecord, pcapHeader } from './pcap.ts';

/** A command that runs longer holds up everything behind it in the stream. */
const COMMAND_MS = 10_000;
const COMMAND_OUTPUT = 1024 * 1024;

type Carry<D extends EffectRequest['do']> = (
  request: Extract<EffectRequest, { do: D }>,
) => Performed | Promise<Performed>;

/** Carries out requests one after another. Who makes it closes it. */
export class HostEffects {
  readonly #packets = new Map<string, number>();
  readonly #carry: { [D in EffectRequest['do']]: Carry<D> } = {
    cat: ({ path, limit }) => {
      try {
        return { text: readStart(path, limit) };
      } catch (error) {
        return { text: `ERROR: failed to open file '${path}' (${reason(error as Error)})\n`, failed: true };
      }
    },
    system: ({ command }) => {
      if (!this.commandsAllowed)
        return { text: `ERROR: system() is not allowed: ${command}\n`, failed: true };
      return run(command, this.directory);
    },
    packet: ({ file, ...packet }) => {
      try {
        writeSync(this.#packetFile(resolve(this.directory, file)), packetRecord(packet));
        return { text: '' };
      } catch (error) {
        return { text: `ERROR: failed to write to ${file} (${reason(error as Error)})\n`, failed: true };
      }
    },
  };

  /** `directory`: where commands start and relative paths of packets lead. */
  constructor(
    readonly directory: string,
    readonly commandsAllowed: boolean,
  ) {}

  async perform(requests: readonly EffectRequest[]): Promise<Performed[]> {
    const performed: Performed[] = [];
    for (const request of requests)
      performed.push(await (this.#carry[request.do] as Carry<EffectRequest['do']>)(request as never));
    return performed;
  }

  close(): void {
    for (const file of this.#packets.values()) closeSync(file);
    this.#packets.clear();
  }

  /** Begun anew by each run. */
  #packetFile(path: string): number {
    let file = this.#packets.get(path);
    if (file === undefined) {
      file = openSync(path, 'w');
      writeSync(file, pcapHeader());
      this.#packets.set(path, file);
    }
    return file;
  }
}

/** Runs a command to its end; its errors go where ours go. */
function run(command: string, directory: string): Promise<Performed> {
  return new Promise(answer => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: COMMAND_MS,
    });
    const pieces: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (piece: Buffer) => {
      if (size < COMMAND_OUTPUT) pieces.push(piece);
      size += piece.length;
    });
    const text = () => textOf(Buffer.concat(pieces).subarray(0, COMMAND_OUTPUT));
    child.once('error', error => answer({ text: `ERROR: ${command}: ${reason(error)}\n`, failed: true }));
    child.once('close', (_, signal) => {
      const late = signal === 'SIGTERM' && child.killed ? `ERROR: ${command}: Connection timed out\n` : '';
      answer({ text: text() + late, failed: late !== '' });
    });
  });
}

function readStart(path: string, limit: number): string {
  const file = openSync(Buffer.from(bytesOf(path)), 'r');
  try {
    const bytes = Buffer.alloc(limit);
    let length = 0;
    // Files of /proc give what they like at a time.
    for (let got = -1; got !== 0 && length < limit; length += got)
      got = readSync(file, bytes, length, limit - length, null);
    return textOf(bytes.subarray(0, length));
  } finally {
    closeSync(file);
  }
}

/** `ENOENT: no such file or directory, open 'x'` in the words of strerror. */
function reason({ message }: Error): string {
  const [, text = message] = /^\w+: ([^,]+)/.exec(message) ?? [];
  return text.charAt(0).toUpperCase() + text.slice(1);
}
