import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LoaderClient, LoaderRefusal } from '../../kernel/loader/client.ts';
import { encodeFrame } from '../../kernel/loader/frames.ts';
import { FRAME } from '../../kernel/loader/protocol.ts';
import { LOADER, skip } from './kernel-helpers.ts';

/** Writes raw bytes to a loader and gives how it ended. */
function feed(...pieces: Uint8Array[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [LOADER], { stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  for (const piece of pieces) child.stdin.write(piece);
  if (pieces.length === 0) child.stdin.end();
  return new Promise(done => child.once('close', code => done({ code, stderr })));
}

async function withLoader(work: (loader: LoaderClient) => Promise<void>): Promise<void> {
  const loader = await LoaderClient.start({ consent: async () => true });
  try {
    await work(loader);
  } finally {
    loader.close();
  }
}

const refusedAs = (code: string, errno?: string) => (error: unknown) => {
  assert.ok(error instanceof LoaderRefusal, String(error));
  assert.equal(error.failure.code, code);
  if (errno) assert.equal(error.failure.errno, errno);
  return true;
};

test('the loader ends with its stdin', { skip }, async () => {
  assert.equal((await feed()).code, 0);
});

test('garbage on stdin ends the loader with one line', { skip }, async () => {
  for (const garbage of [
    Buffer.alloc(64, 0xff),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.concat(encodeFrame(FRAME.request, 1, { method: 'constructor' })),
    Buffer.concat(encodeFrame(FRAME.response, 1, {})),
  ]) {
    const { code, stderr } = await feed(garbage);
    assert.equal(code, 2);
    assert.match(stderr, /^ebpfnb loader: .+\n$/);
  }
});

test('hello, BTF, formats and names', { skip }, () =>
  withLoader(async loader => {
    assert.ok(loader.host.cpus > 0);
    const btf = await loader.request('btf', {});
    assert.equal(btf.binary.readUInt16LE(0), 0xeb9f);
    const event = { category: 'sched', event: 'sched_process_exec' };
    assert.match((await loader.request('tracepoint', event)).result.format!, /field:pid_t pid;/);
    const nothing = await loader.request('tracepoint', { category: 'sched', event: 'no_such_event' });
    assert.equal(nothing.result.format, null);
    const { names } = (await loader.request('probes', { kind: 'tracepoint' })).result;
    assert.ok(names.includes('syscalls:sys_enter_openat'));
    assert.ok(
      (await loader.request('probes', { kind: 'raw_tracepoint' })).result.names.includes('sys_enter'),
    );
  }),
);

test('names cannot walk out of their folder', { skip }, () =>
  withLoader(async loader => {
    for (const name of ['../../etc/passwd', '..', '', 'a/b', '.hidden']) {
      await assert.rejects(
        loader.request('tracepoint', { category: name, event: 'x' }),
        refusedAs('internal', 'EINVAL'),
      );
      await assert.rejects(loader.request('btf', { module: name }), refusedAs('internal', 'EINVAL'));
    }
  }),
);

test('what is not a BPF object is refused', { skip }, () =>
  withLoader(async loader => {
    const objects = [
      Buffer.alloc(0),
      Buffer.from('not an object'),
      readFileSync(process.execPath).subarray(0, 65_536),
      readFileSync('/bin/true'),
    ];
    for (const [session, elf] of objects.entries()) {
      await assert.rejects(loader.request('open', { session, name: 'x' }, elf), refusedAs('not-an-object'));
    }
  }),
);

test('requests out of order are refused, and the loader goes on', { skip }, () =>
  withLoader(async loader => {
    await assert.rejects(
      loader.request('load', {
        session: 5,
        globals: [],
        mapSizes: [],
        targets: [],
        tailCalls: [],
        reuse: [],
      }),
      refusedAs('load-failed', 'ENOENT'),
    );
    await assert.rejects(
      loader.request('attach', { session: 5, programs: [], rings: [], controls: [] }),
      refusedAs('attach-failed', 'ENOENT'),
    );
    await assert.rejects(
      loader.request('stop', { session: 5, end: [], maps: [] }),
      refusedAs('internal', 'ENOENT'),
    );
    await assert.rejects(
      loader.request('readMap', { session: 5, map: 'x' }),
      refusedAs('internal', 'ENOENT'),
    );
    await loader.request('close', { session: 5 });
    await loader.request('btf', {});
  }),
);
