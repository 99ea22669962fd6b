/**
 * How long listings of probes take: within the kernel, asked for over its protocol, and by the command. Prints elapsed
 * milliseconds, the best of some rounds once all was listed before, as a client sees it; the command starts afresh
 * each time. As root. Run: npm run build && node --import tsx test/bench/listing.ts
 */
import { spawn, spawnSync } from 'node:child_process';
import { createMessageConnection } from 'vscode-jsonrpc/node';
import { PROTOCOL_VERSION, type Requests } from '../../kernel/protocol.ts';
import { NotebookKernel } from '../../kernel/session/kernel.ts';
import { COMMAND } from '../host/kernel-helpers.ts';

const ROUNDS = 5;
const PATTERNS = ['*', 'kprobe:*', 'fentry:*', 'accept', 'kprobe:vfs_read', 'tracepoint:*'];
/** As many functions as large kernels with all their modules have. */
const MANY = new Map(
  Array.from({ length: 100_000 }, (_, i): [string, string[]] => [
    `subsystem_${i % 977}_work_${i}`,
    ['vmlinux'],
  ]),
);

async function best(name: string, work: () => Promise<number>): Promise<void> {
  const times: number[] = [];
  let count = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const from = performance.now();
    count = await work();
    times.push(performance.now() - from);
  }
  const [first, ...warm] = times;
  const text = `${Math.min(...warm)
    .toFixed(0)
    .padStart(6)} ms warm ${first!.toFixed(0).padStart(6)} ms first`;
  console.log(`${name.padEnd(36)} ${String(count).padStart(7)} probes ${text}`);
}

async function withinKernel(): Promise<void> {
  const refuse = { consent: async () => false, password: async () => undefined };
  const kernel = new NotebookKernel(refuse, {
    phase() {},
    ended() {},
    delta() {},
    loaderEnded() {},
  });
  const list = (pattern: string, verbose: boolean, functions?: typeof MANY) => async () =>
    (await kernel.listProbes(pattern, { verbose, ...(functions ? { functions } : {}) })).length;
  await best('kernel: 100,000 functions', list('kprobe:*', false, MANY));
  await best('kernel: part of their names', list('kprobe:work_77', false, MANY));
  for (const pattern of PATTERNS) await best(`kernel: ${pattern}`, list(pattern, false));
  await best('kernel: kprobe:* with arguments', list('kprobe:*', true));
  await kernel.close();
}

async function overProtocol(): Promise<void> {
  const child = spawn(process.execPath, [COMMAND, 'kernel', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createMessageConnection(child.stdout, child.stdin);
  connection.listen();
  const ask = <M extends keyof Requests>(method: M, params: Requests[M]['params']) =>
    connection.sendRequest<Requests[M]['result']>(method, params);
  await ask('initialize', { version: PROTOCOL_VERSION, client: 'bench' });
  for (const pattern of PATTERNS)
    await best(
      `protocol: ${pattern}`,
      async () => (await ask('probes/list', { pattern, verbose: false })).length,
    );
  connection.end();
  child.stdin.end();
}

async function byCommand(): Promise<void> {
  for (const pattern of PATTERNS)
    await best(`command: ${pattern}`, async () => {
      const { stdout } = spawnSync(process.execPath, [COMMAND, 'list', pattern], { maxBuffer: 1 << 28 });
      return stdout.toString().split('\n').length - 1;
    });
}

await withinKernel();
await overProtocol();
await byCommand();
