/**
 * `npm start`: from a fresh clone to an open notebook. Until set-up is done this runs with Node's built-in
 * modules alone.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { hostname, userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { inBuild, inRoot } from './setup/folders.mjs';
import { runMain, setUp } from './setup/setup.mjs';
import { freePort, startCodeServer, windowUrl } from './workbench/code-server.mjs';
import { prepareWorkbench } from './workbench/folder.mjs';
import { canOpenVsCode, startVsCode } from './workbench/vscode.mjs';

const HELP = `npm start [-- options]

Installs what is missing, builds, and opens the notebooks: in VS Code when \`code\` is on PATH, there is a
display and you are not root; otherwise in code-server, VS Code in a browser, on this machine only.

  --web       code-server in any case
  --headless  run notebooks/01-tracepoints.ebpfnb in this terminal instead
  --yes       install Debian packages without asking
  --help      this text
`;

const FIRST_PORT = 8080;
const NOTEBOOKS = inRoot('notebooks');
const NOTEBOOK = inRoot('notebooks', '01-tracepoints.ebpfnb');

async function main() {
  const { values } = parseArgs({
    options: {
      web: { type: 'boolean' },
      headless: { type: 'boolean' },
      yes: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const options = { yes: values.yes ?? false };
  if (values.headless) return headless(options);
  if (!values.web && canOpenVsCode()) return desktop(options);
  return web(options);
}

async function headless(options) {
  await setUp(['run'], options);
  const child = spawn(process.execPath, [inRoot('dist', 'ebpfnb.mjs'), 'run', NOTEBOOK], {
    stdio: 'inherit',
  });
  // The terminal sends Ctrl-C to the child too, which ends its cells and then itself.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'close');
  process.exitCode = code ?? 1;
}

async function desktop(options) {
  await setUp(['run'], options);
  const workbench = prepareWorkbench(inBuild('workbench', 'desktop'));
  const window = startVsCode(workbench, NOTEBOOKS, NOTEBOOK);
  console.log('VS Code opens notebooks/01-tracepoints.ebpfnb. Close its window or press Ctrl-C to end.');
  await untilEnd(window);
}

async function web(options) {
  await setUp(['run', 'web'], options);
  const port = await freePort(FIRST_PORT);
  // A folder a port: two workbenches at once do not share their data.
  const folder = inBuild('workbench', `web-${port}`);
  const workbench = prepareWorkbench(folder);
  const password = randomBytes(9).toString('base64url');
  const server = await startCodeServer({ folder, workbench, port, password });
  console.log(`
  Open      ${windowUrl(server.url, NOTEBOOKS)}
  Password  ${password}
${sshLine(port)}
Ctrl-C ends it and every cell that runs.`);
  const over = new AbortController();
  const opening = server.windows.openInNext(NOTEBOOK, over.signal).catch(error => {
    if (!over.signal.aborted)
      console.error(`The notebook could not be opened (${error.message}): open it from the side bar.`);
  });
  await untilEnd(server);
  over.abort();
  await opening;
}

/** Over SSH the browser is on another machine: how to get there. */
function sshLine(port) {
  const [, , address = hostname(), sshPort = '22'] = process.env.SSH_CONNECTION?.split(' ') ?? [];
  if (!process.env.SSH_CONNECTION) return '';
  const other = sshPort === '22' ? '' : `-p ${sshPort} `;
  return `  First, on your own machine   ssh ${other}-L ${port}:127.0.0.1:${port} ${userInfo().username}@${address}\n`;
}

/** Waits for the program's end, or ends it on a signal. @param {{ended: Promise<unknown>, stop: () => Promise<void>}} program */
async function untilEnd({ ended, stop }) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void stop());
  await ended;
}

await runMain(main);
