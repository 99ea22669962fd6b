/** Desktop VS Code as a running program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { has } from '../setup/command.mjs';

/** VS Code needs a display and refuses to run as root. */
export const canOpenVsCode = () =>
  has('code') && Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && process.getuid() !== 0;

/**
 * Opens a window and waits until it is closed.
 * @param {{userData: string, extensions: string}} workbench
 * @param {string[]} paths a folder and a file to open in it
 * @returns {{ended: Promise<unknown>, stop: () => Promise<void>}}
 */
export function startVsCode({ userData, extensions }, paths) {
  const args = ['--user-data-dir', userData, '--extensions-dir', extensions, '--disable-workspace-trust'];
  const child = spawn('code', [...args, '--new-window', '--wait', ...paths], { stdio: 'ignore' });
  const ended = once(child, 'close');
  const stop = async () => {
    // `code` is only a messenger; the program's own process id stands in its lock file.
    const pid = windowPid(userData);
    if (pid) process.kill(pid, 'SIGTERM');
    child.kill('SIGTERM');
    await ended;
  };
  return { ended, stop };
}

function windowPid(userData) {
  try {
    const pid = Number(readFileSync(join(userData, 'code.lock'), 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(userData) ? pid : undefined;
  } catch {
    return undefined;
  }
}
