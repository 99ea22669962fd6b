/** code-server as a running process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { codeServer } from '../setup/code-server.mjs';

const HOST = '127.0.0.1';

/** Seconds a window that lost its connection may take to come back; then its cells stop. */
const RECONNECTION_GRACE = 60;

/**
 * Starts code-server and waits until it listens.
 * @param {object} options
 * @param {string} options.folder for its configuration file
 * @param {{userData: string, extensions: string}} options.workbench
 * @param {number} options.port
 * @param {string} [options.password] without one, everyone on this machine may enter
 * @param {string[]} [options.prefix] words before the command, to run it as another user
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<{url: string, pid: number, ended: Promise<unknown>, stop: () => Promise<void>}>}
 */
export async function startCodeServer({ folder, workbench, port, password, prefix = [], env = process.env }) {
  // An empty file: without one, code-server makes its own in the user's home.
  const config = join(folder, 'code-server.yaml');
  writeFileSync(config, '');
  const [program, ...args] = [
    ...prefix,
    codeServer.node,
    codeServer.entry,
    ...['--config', config, '--bind-addr', `${HOST}:${port}`, '--auth', password ? 'password' : 'none'],
    ...['--user-data-dir', workbench.userData, '--extensions-dir', workbench.extensions],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
    ...['--disable-getting-started-override', '--reconnection-grace-time', String(RECONNECTION_GRACE)],
    ...['--app-name', 'eBPF Notebook', '--ignore-last-opened'],
  ];
  const child = spawn(program, args, {
    // Another user is told nothing through the environment of this one.
    env: { ...env, ...(password ? { PASSWORD: password } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches this process, which then ends code-server in order.
    detached: true,
  });
  const ended = once(child, 'close');
  const lines = [];
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', line => {
        lines.push(line);
        if (lines.length > 50) lines.shift();
        if (line.includes('server listening on')) resolve();
      });
    child.on('error', reject);
    ended.then(() => reject(new Error(`code-server ended:\n${lines.join('\n')}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url: `http://${HOST}:${port}/`, pid: child.pid, ended, stop };
}

/**
 * The address that opens a folder with one file of it in an editor.
 * @param {string} url @param {string} folder @param {string} file absolute paths
 */
export function openingUrl(url, folder, file) {
  const payload = JSON.stringify([['openFile', `vscode-remote://${new URL(url).host}${file}`]]);
  return `${url}?${new URLSearchParams({ folder, payload })}`;
}

/** The first port from `first` on that nobody listens on. @param {number} first @returns {Promise<number>} */
export async function freePort(first) {
  for (let port = first; port < 65536; port++) {
    const server = createServer();
    const free = await new Promise(resolve => {
      server.once('error', () => resolve(false));
      server.listen(port, HOST, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error(`no free port from ${first} on`);
}
