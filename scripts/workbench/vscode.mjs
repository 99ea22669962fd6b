/** Desktop VS Code as a running program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { has } from '../setup/command.mjs';

const READY_POLL_MS = 500;
/** After this long the file is opened anyway. */
const READY_PATIENCE_MS = 60_000;

/** VS Code needs a display and refuses to run as root. */
export const canOpenVsCode = () =>
  has('code') && Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && process.getuid() !== 0;

/**
 * Opens a window on a folder with one file in an editor.
 * @param {{userData: string, extensions: string}} workbench
 * @param {string} folder @param {string} file absolute paths
 * @returns {{ended: Promise<unknown>, stop: () => Promise<void>}} `ended`: the window was closed
 */
export function startVsCode({ userData, extensions }, folder, file) {
  const code = (...words) =>
    spawn('code', ['--user-data-dir', userData, '--extensions-dir', extensions, ...words], {
      stdio: 'ignore',
    });
  rmSync(join(userData, 'logs'), { recursive: true, force: true });
  const child = code('--disable-workspace-trust', '--new-window', '--wait', folder);
  const ended = once(child, 'close');
  const over = new AbortController();
  ended.then(() => over.abort());
  // A file named at the start would be opened before the extension is known, as plain text.
  extensionsReady(userData, over.signal).then(
    () => code('--reuse-window', file),
    () => {},
  );
  const stop = async () => {
    // `code` is only a messenger; the program's own process id stands in its lock file.
    const pid = programPid(userData);
    if (pid) process.kill(pid, 'SIGTERM');
    child.kill('SIGTERM');
    await ended;
  };
  return { ended, stop };
}

async function extensionsReady(userData, signal) {
  const deadline = performance.now() + READY_PATIENCE_MS;
  while (performance.now() < deadline) {
    await sleep(READY_POLL_MS, undefined, { signal });
    if (logs(userData).some(path => readFileSync(path, 'utf8').includes('Eager extensions activated')))
      return;
  }
}

function logs(userData) {
  try {
    return readdirSync(join(userData, 'logs'), { recursive: true, withFileTypes: true })
      .filter(entry => entry.name === 'exthost.log')
      .map(entry => join(entry.parentPath ?? entry.path, entry.name));
  } catch {
    return [];
  }
}

function programPid(userData) {
  try {
    const pid = Number(readFileSync(join(userData, 'code.lock'), 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(userData) ? pid : undefined;
  } catch {
    return undefined;
  }
}
