/** What records ask of user space beyond printing: done as the user, never by the loader. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Effects } from '../views/index.ts';

/** A command that runs longer holds up everything behind it in the stream. */
const COMMAND_MS = 10_000;
const COMMAND_OUTPUT = 1024 * 1024;

/** `directory`: where commands start. Commands run only when allowed; their errors go where ours go. */
export function hostEffects(directory: string, commandsAllowed = false): Effects {
  return {
    cat: (path, limit) => {
      try {
        return { text: readStart(path, limit) };
      } catch (error) {
        return { text: `ERROR: failed to open file '${path}' (${reason(error as Error)})\n`, failed: true };
      }
    },
    system: command => {
      if (!commandsAllowed) return { text: `ERROR: system() is not allowed: ${command}\n`, failed: true };
      const { stdout, error } = spawnSync('/bin/sh', ['-c', command], {
        cwd: directory,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: COMMAND_MS,
        maxBuffer: COMMAND_OUTPUT,
      });
      const problem = error ? `ERROR: ${command}: ${reason(error)}\n` : '';
      return { text: (stdout ?? '') + problem, failed: error !== undefined };
    },
  };
}

function readStart(path: string, limit: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(limit);
    let length = 0;
    // Files of /proc give what they like at a time.
    for (let got = -1; got !== 0 && length < limit; length += got)
      got = readSync(file, bytes, length, limit - length, null);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}

/** `ENOENT: no such file or directory, open 'x'` in the words of strerror. */
function reason({ message }: Error): string {
  const [, text = message] = /^\w+: ([^,]+)/.exec(message) ?? [];
  return text.charAt(0).toUpperCase() + text.slice(1);
}
