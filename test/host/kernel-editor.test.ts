/** What the kernel tells an editor while one types: everything as root, and without root what needs none. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMessageConnection } from 'vscode-jsonrpc/node';
import { analyse, complete, RemoteTarget } from '../../kernel/language/editor/index.ts';
import type { SharedMap } from '../../kernel/language/index.ts';
import { PROTOCOL_VERSION, type Requests } from '../../kernel/protocol.ts';
import { scratchFolder } from '../scratch.ts';
import { COMMAND, skip } from './kernel-helpers.ts';

interface Kernel {
  ask<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
  /** What the kernel asked of the user. */
  questions: string[];
}

const NOBODY = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];

async function withKernel(prefix: string[], work: (kernel: Kernel) => Promise<void>): Promise<void> {
  const [program, ...words] = [...prefix, process.execPath, COMMAND, 'kernel', '--stdio'];
  const child = spawn(program!, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(child.stdout, child.stdin);
  const questions: string[] = [];
  connection.onRequest((method: string) => {
    questions.push(method);
    return { allow: false };
  });
  connection.listen();
  const kernel: Kernel = { ask: (method, params) => connection.sendRequest(method, params), questions };
  try {
    await kernel.ask('initialize', { version: PROTOCOL_VERSION, client: 'test' });
    await work(kernel);
  } finally {
    child.stdin.end();
    await new Promise(done => child.once('close', done));
    connection.dispose();
  }
}

async function remoteOf({ ask }: Kernel): Promise<RemoteTarget> {
  return new RemoteTarget(await ask('target/outline', {}), {
    answers: async questions => (await ask('target/ask', { questions })).answers,
    names: async (provider, of) => (await ask('target/names', { provider, ...(of ? { of } : {}) })).names,
  });
}

const codes = async (remote: RemoteTarget, source: string) =>
  (await remote.resolve(({ target }) => analyse(source, { target })))?.diagnostics.map(({ code }) => code);
const labels = async (remote: RemoteTarget, source: string) =>
  (await remote.resolve(catalogue => complete(source, source.length, catalogue)))?.items.map(
    item => item.label,
  );

test('root: probes, fields and types of this Linux', { skip }, () =>
  withKernel([], async kernel => {
    const { complete: whole, id } = await kernel.ask('target/outline', {});
    assert.ok(whole && id.length > 20);
    const remote = await remoteOf(kernel);
    const sound = 'tracepoint:sched:sched_switch { print((args.next_pid, curtask.real_parent.pid)); }';
    assert.deepEqual(await codes(remote, sound), []);
    assert.deepEqual(await codes(remote, 'tracepoint:sched:sched_switch { print(args.no); }'), [
      'struct-field',
    ]);
    assert.deepEqual(await codes(remote, 'tracepoint:sched:no_such { }'), ['no-matches']);
    assert.deepEqual(await codes(remote, 'uprobe:libc:getpi* { @ = count(); }'), []);
    assert.ok((await labels(remote, 'tracepoint:sched:sched_sw'))?.includes('tracepoint:sched:sched_switch'));
    assert.ok((await labels(remote, 'uprobe:libc:getp'))?.includes('uprobe:libc:getpid'));
    assert.ok((await labels(remote, 'begin { print(curtask.'))?.includes('real_parent'));
    assert.ok((await labels(remote, 'begin { print(((struct task_st'))?.includes('task_struct'));
  }),
);

test('what is in files: preambles and imports', { skip }, () =>
  withKernel([], async kernel => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'lib.bt'), 'macro one() { 1 }');
    const questions: Requests['target/ask']['params']['questions'] = [
      [
        'preamble',
        '#ifdef A\n#define X 1\n#else\n#define X 2\n#endif\n#include "own.h"\n',
        folder,
        'own.h',
        'struct own { int x; };',
      ],
      ['preamble', '#include "none.h"\n', folder],
      ['import', folder, 'lib.bt'],
      ['no_such_method', 'x'],
    ];
    const [preamble, broken, imported, unknown] = (await kernel.ask('target/ask', { questions })).answers;
    assert.match(JSON.stringify(preamble), /define X 2.*struct own/);
    assert.match(JSON.stringify(broken), /'none\.h' file not found/);
    assert.match(JSON.stringify(imported), /macro one/);
    assert.equal(unknown, null);
  }),
);

test('what the maps of a BPF C cell hold, and its parameters, without root', { skip }, () =>
  withKernel(NOBODY, async kernel => {
    const source = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "key.h"
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, struct key); __type(value, u32); } seen SEC(".maps");`;
    const cells = ['key.h', 'struct key { int pid; char comm[16]; };', 'other.h', '#error'];
    const remote = await remoteOf(kernel);
    const check = (program: string) =>
      remote.resolve(({ target, ask }) => {
        const maps = ask?.(['maps', source, '/', ...cells]) as Map<string, SharedMap> | undefined;
        return analyse(program, { target, ...(maps ? { maps } : {}) }).diagnostics.map(({ code }) => code);
      });
    assert.deepEqual(await check('begin { print(@seen[1, "a"] + 1); }'), []);
    assert.deepEqual(await check('begin { print(@seen["a"]); }'), ['map-key-mismatch']);
    const broken = await kernel.ask('target/ask', { questions: [['maps', 'int main(', '/']] });
    assert.deepEqual(broken.answers, [null]);
    const cell = { id: 'c', language: 'bpf-c', source: 'const volatile int limit = 5;' } as const;
    const request = { notebook: 'n', directory: '/', headers: [], cell };
    const { parameters } = await kernel.ask('cell/parameters', request);
    assert.deepEqual(parameters, [{ name: 'limit', type: 'int', value: '5' }]);
    assert.deepEqual(kernel.questions, []);
  }),
);

test('without root: what BTF and files tell, and nobody is asked for anything', { skip }, () =>
  withKernel(NOBODY, async kernel => {
    const { complete: whole } = await kernel.ask('target/outline', {});
    assert.equal(whole, false);
    const remote = await remoteOf(kernel);
    assert.deepEqual(await codes(remote, 'tracepoint:a:b { print(args.c); print(curtask.pid); }'), []);
    assert.deepEqual(await codes(remote, 'begin { print(curtask.no_such); }'), ['struct-field']);
    assert.deepEqual(await codes(remote, 'kprobe:vfs_* { @[probe] = count(); } fentry:vfs_* { }'), []);
    assert.deepEqual(await codes(remote, 'uprobe:libc:getpi* { @ = count(); }'), []);
    const openat = 'tracepoint:syscalls:sys_enter_openat';
    assert.ok((await labels(remote, 'tracepoint:syscalls:sys_enter_open'))?.includes(openat));
    assert.ok((await labels(remote, 'rawtracepoint:sched_sw'))?.includes('rawtracepoint:sched_switch'));
    assert.ok((await labels(remote, 'uprobe:libc:getp'))?.includes('uprobe:libc:getpid'));
    assert.deepEqual(kernel.questions, []);
  }),
);
