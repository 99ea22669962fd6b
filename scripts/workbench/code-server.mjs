/** code-server as a running process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeServer } from '../setup/code-server.mjs';

const HOST = '127.0.0.1';

/** Seconds a window that lost its connection may take to come back; then its cells stop. */
const RECONNECTION_GRACE = 60;

const WINDOW_POLL_MS = 200;

/**
 * Starts code-server and waits until it listens.
 * @param {object} options
 * @param {string} options.folder for its configuration file
 * @param {{userData: string, extensions: string}} options.workbench
 * @param {number} options.port
 * @param {string} [options.password] without one, everyone on this machine may enter
 * @param {string[]} [options.prefix] words before the command, to run it as another user
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<{url: string, pid: number, windows: Windows, ended: Promise<unknown>, stop: () => Promise<void>}>}
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
  const windows = new Windows(workbench.userData);
  return { url: `http://${HOST}:${port}/`, pid: child.pid, windows, ended, stop };
}

/** The address of a window on a folder. @param {string} url @param {string} folder absolute path */
export const windowUrl = (url, folder) => `${url}?${new URLSearchParams({ folder })}`.replaceAll('%2F', '/');

/**
 * Opens a file in the next window that comes up on its folder. A file named in the address would be opened before
 * the extension is known, as plain text; a window announces itself to code-server when its extensions are.
 */
class Windows {
  #announcements;
  #seen = new Set();

  /** @param {string} userData where code-server keeps the socket for announcements */
  constructor(userData) {
    this.#announcements = join(userData, 'code-server-ipc.sock');
  }

  /** @param {string} file absolute path @param {AbortSignal} [signal] */
  async openInNext(file, signal) {
    const socketPath = await this.#next(file, signal);
    this.#seen.add(socketPath);
    const open = { type: 'open', folderURIs: [], fileURIs: [`file://${file}`], forceReuseWindow: true };
    await exchange({ socketPath, method: 'POST', path: '/' }, open);
  }

  async #next(file, signal) {
    const path = `/session?${new URLSearchParams({ filePath: file })}`;
    for (;;) {
      const answer = await exchange({ socketPath: this.#announcements, path });
      const { socketPath } = JSON.parse(answer);
      if (socketPath && !this.#seen.has(socketPath)) return socketPath;
      await sleep(WINDOW_POLL_MS, undefined, { signal });
    }
  }
}

/** One HTTP request over a Unix socket; the answer's text. */
async function exchange(options, body) {
  const sent = request(options);
  sent.end(body && JSON.stringify(body));
  const [response] = await once(sent, 'response');
  return text(response);
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
