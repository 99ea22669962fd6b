import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';
import {
  type KernelNotifications,
  PROTOCOL_VERSION,
  type Requests,
  type RunRequest,
} from '../../kernel/protocol.ts';
import { Background, COMMAND, fixture, heldBy, skip, survivors, until } from './kernel-helpers.ts';

/** A client of a kernel process of its own. */
class Client {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly connection: MessageConnection;
  readonly told: { method: string; params: unknown }[] = [];

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, [COMMAND, 'kernel', '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    this.exited = new Promise(done => this.process.once('close', done));
    this.connection = createMessageConnection(this.process.stdout!, this.process.stdin!);
    for (const method of [
      'run/phase',
      'run/delta',
      'run/ended',
      'loader/ended',
    ] satisfies (keyof KernelNotifications)[]) {
      this.connection.onNotification(method, params => {
        this.told.push({ method, params });
      });
    }
    this.connection.listen();
  }

  ask<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']> {
    return this.connection.sendRequest(method, params);
  }

  initialize() {
    return this.ask('initialize', { version: PROTOCOL_VERSION, client: 'test' });
  }

  async start(source: string, about: Partial<RunRequest> = {}): Promise<string> {
    const cell = { id: 'cell', language: 'bpftrace' as const, source };
    const { run } = await this.ask('run/start', {
      notebook: 'n',
      directory: fixture('session'),
      cell,
      headers: [],
      ...about,
    });
    return run;
  }

  of<M extends keyof KernelNotifications>(method: M): KernelNotifications[M][] {
    return this.told
      .filter(one => one.method === method)
      .map(({ params }) => params as KernelNotifications[M]);
  }

  attached(run: string): Promise<unknown> {
    return until(
      () => this.of('run/phase').some(({ run: id, phase }) => id === run && phase === 'stream'),
      'attached run',
    );
  }

  async close(): Promise<number | null> {
    this.process.stdin!.end();
    const status = await this.exited;
    this.connection.dispose();
    return status;
  }
}

async function withClient(work: (client: Client) => Promise<void>, env?: NodeJS.ProcessEnv): Promise<void> {
  const client = new Client(env);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

test('initialize comes first, and versions must agree', () =>
  withClient(async client => {
    await assert.rejects(client.ask('target/info', {}), /must come first/);
    await assert.rejects(client.ask('initialize', { version: 99, client: 'test' }), /protocol version/);
    assert.equal((await client.initialize()).version, PROTOCOL_VERSION);
  }));

test('a cell that is removed frees its map, live or over', { skip }, () =>
  withClient(async client => {
    await client.initialize();
    const ended = async (source: string) => {
      const cell = { id: 'reader', language: 'bpftrace' as const, source };
      const run = await client.start(source, { cell });
      return until(() => client.of('run/ended').find(one => one.run === run), 'end of the run');
    };
    for (const owner of ['begin { @x = 1; }', 'begin { @x = 1; } interval:s:60 { }']) {
      await client.attached(await client.start(owner));
      assert.equal((await ended('begin { print(@x); }'))?.reason, 'done');
      await client.ask('cell/close', { notebook: 'n', cell: 'cell' });
      assert.equal((await ended('begin { print(@x); }'))?.diagnostics[0]?.code, 'undefined-map');
    }
  }),
);

test('a run over JSON-RPC: phases, deltas, the final output', { skip }, () =>
  withClient(async client => {
    await client.initialize();
    assert.equal((await client.ask('target/info', {})).problem, undefined);
    const run = await client.start('interval:ms:10 { printf("tick %d\\n", 7); @ticks = count(); }');
    await client.attached(run);
    const first = await client.ask('run/subscribe', { run, subscriber: 'one' });
    assert.equal(first?.run, run);
    await until(() => {
      const last = client.of('run/delta').at(-1);
      if (last)
        client.connection.sendNotification('run/ack', { run, subscriber: 'one', sequence: last.sequence });
      return client.of('run/delta').length >= 3;
    }, 'deltas');
    const deltas = client.of('run/delta');
    assert.deepEqual(
      deltas.slice(0, 3).map(({ sequence }) => sequence),
      [1, 2, 3],
    );
    assert.ok(
      deltas.some(({ panels }) => panels.some(({ change }) => change === 'rows' || change === 'lines')),
    );
    const before = performance.now();
    await client.ask('run/stop', { run });
    assert.ok(performance.now() - before < 200);
    const [ended] = client.of('run/ended');
    assert.equal(ended?.reason, 'stopped');
    assert.deepEqual(await client.ask('run/snapshot', { run }), ended);
    const phases = client.of('run/phase').map(({ phase }) => phase);
    assert.deepEqual(phases, ['parse', 'check', 'compile', 'open', 'load', 'attach', 'stream', 'finish']);
  }),
);

test('a run that nobody watches any more ends after the time that is set, and says so', { skip }, () =>
  withClient(
    async client => {
      await client.initialize();
      const [watched, unwatched] = await Promise.all(
        ['watched', 'unwatched'].map(id => {
          const cell = { id, language: 'bpftrace' as const, source: 'interval:s:60 { }' };
          return client.start(cell.source, { cell });
        }),
      );
      const endOf = (run: string | undefined) => client.of('run/ended').find(one => one.run === run);
      await client.ask('run/subscribe', { run: watched!, subscriber: 'one' });
      assert.equal((await until(() => endOf(unwatched), 'the end of the one'))?.reason, 'unwatched');
      assert.equal(endOf(watched), undefined);
      await client.ask('run/unsubscribe', { run: watched!, subscriber: 'one' });
      assert.equal((await until(() => endOf(watched), 'the end of the other'))?.reason, 'unwatched');
    },
    { EBPFNB_UNWATCHED_MINUTES: '0.03' },
  ),
);

test('emit, list, and runs that nobody knows', { skip }, () =>
  withClient(async client => {
    await client.initialize();
    const cell = { id: 'c', language: 'bpftrace' as const, source: 'BEGIN { exit(); }' };
    const request = { notebook: 'n', directory: '/', cell, headers: [] };
    assert.match((await client.ask('emit/c', request)).c!, /SEC\(/);
    const wrong = await client.ask('emit/c', { ...request, cell: { ...cell, source: 'BEGIN {' } });
    assert.equal(wrong.c, undefined);
    assert.equal(wrong.diagnostics[0]?.phase, 'parse');
    const probes = await client.ask('probes/list', { pattern: 'tracepoint:sched:sched_sw*', verbose: true });
    assert.ok(
      probes.some(
        ({ name, args }) => name.endsWith('sched_switch') && args!.some(({ name }) => name === 'prev_comm'),
      ),
    );
    const { notes } = await client.ask('probes/notes', { pattern: 'tracepoint:sched:sched_swich' });
    assert.deepEqual(
      notes.map(({ severity, remedy }) => [severity, remedy]),
      [['warning', 'Did you mean sched:sched_switch?']],
    );
    assert.equal(await client.ask('run/snapshot', { run: 'nobody' }), null);
    assert.equal(await client.ask('run/subscribe', { run: 'nobody', subscriber: 'x' }), null);
    await client.ask('run/stop', { run: 'nobody' });
    await client.ask('notebook/close', { notebook: 'nobody' });
    const strange = { ...request, cell: { ...cell, language: 'cobol' as never } };
    await assert.rejects(client.ask('run/start', strange), /no language cobol/);
  }),
);

test('the kernel ends with its stdin, and takes everything along', { skip }, async () => {
  const client = new Client();
  await client.initialize();
  await client.attached(await client.start('interval:s:1 { @k_stdin = count(); }'));
  const held = heldBy('map_k_stdin');
  assert.equal(held.programs.length, 1);
  assert.equal(await client.close(), 0);
  await until(() => survivors(held).programs.length === 0, 'clean host', 2_000);
});

const VICTIMS: [string, string, (client: Client) => number][] = [
  ['kernel', 'k9kern', client => client.process.pid!],
  [
    'loader',
    'k9ldr',
    client => Number(spawnSync('pgrep', ['-P', String(client.process.pid)], { encoding: 'utf8' }).stdout),
  ],
];
for (const [victim, name, pidOf] of VICTIMS) {
  test(`kill -9 of the ${victim} leaves nothing`, { skip }, async () => {
    const client = new Client();
    await client.initialize();
    const run = await client.start(
      `tracepoint:syscalls:sys_enter_mount,tracepoint:sched:sched_process_exec /pid == 1/ { @${name} = count(); }`,
    );
    await client.attached(run);
    const held = heldBy(`map_${name}`);
    assert.deepEqual([held.maps.length, held.links.length], [1, 2]);
    process.kill(pidOf(client), 'SIGKILL');
    await until(() => Object.values(survivors(held)).every(ids => ids.length === 0), 'clean host', 2_000);
    if (victim === 'loader') {
      await until(() => client.of('run/ended').length > 0, 'end of the run');
      assert.equal(client.of('run/ended')[0]?.diagnostics.at(-1)?.code, 'loader-died');
      assert.equal(client.of('loader/ended')[0]?.problem.code, 'loader-died');
      await client.attached(await client.start('interval:s:1 { @again = count(); }'));
      await client.close();
    }
  });
}

test('garbage on stdin does not hang the kernel', async () => {
  const kernel = new Background(['kernel', '--stdio']);
  kernel.child.stdin!.end('this is no message\r\n\r\n{');
  assert.equal(await kernel.ended, 0);
});
