/** Runs programs for the set-up: output goes line by line to `onLine`, and a failure shows its first and last lines. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Some programs say first what is wrong, others last: both ends are kept. */
const LINES_KEPT = 20;

export class CommandFailed extends Error {
  /** @param {string[]} command @param {string} how exit code or signal @param {string[]} lines of its output */
  constructor(command, how, lines) {
    super(`"${command.join(' ')}" failed (${how})${lines.length ? `:\n${lines.join('\n')}` : ''}`);
    this.name = 'CommandFailed';
  }
}

/**
 * Runs a command to its end, without standard input, or with `terminal` on the terminal as it is.
 * @param {string[]} command program and arguments
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, terminal?: boolean, onLine?: (line: string) => void}} [options]
 * @returns {Promise<void>} rejects with {@link CommandFailed} unless the exit code is 0
 */
export function run(command, { cwd, env, terminal = false, onLine } = {}) {
  const [program, ...args] = command;
  const lines = [];
  return new Promise((resolve, reject) => {
    const stdio = terminal ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, args, { cwd, env, stdio });
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', line => {
        if (!line.trim()) return;
        lines.push(line);
        if (lines.length > 2 * LINES_KEPT) lines[LINES_KEPT] = '…';
        if (lines.length > 2 * LINES_KEPT + 1) lines.splice(LINES_KEPT + 1, 1);
        onLine?.(line.trim());
      });
    }
    child.on('error', error => reject(new CommandFailed(command, error.message, lines)));
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(new CommandFailed(command, signal ?? `exit code ${code}`, lines)),
    );
  });
}

/** What a command prints, trimmed; undefined when it cannot be run or fails. @param {string[]} command */
export function output(command) {
  const { status, stdout } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Is this program on PATH? @param {string} program */
export const has = program => output(['sh', '-c', 'command -v "$0"', program]) !== undefined;
