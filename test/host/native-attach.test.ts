import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../../native/addon.ts';
import type { BpfObject, NativeAttach } from '../../native/types.ts';
import { compile, Load, load, loadedPrograms } from './fixtures/native/support.ts';

const uprobe = (more: object): NativeAttach => ({
  kind: 'uprobe',
  binary: Load.binary,
  symbol: 'work',
  ret: false,
  ...more,
});

describe('attaching', () => {
  let target: Load;
  let object: BpfObject;
  before(async () => {
    target = new Load();
  });
  after(() => target.end());

  const cases: [what: string, program: string, spec: () => NativeAttach][] = [
    ['a tracepoint by its section', 'nt_tp', () => ({ kind: 'auto' })],
    [
      'a tracepoint by name',
      'nt_tp',
      () => ({ kind: 'tracepoint', category: 'syscalls', event: 'sys_enter_getppid' }),
    ],
    ['a raw tracepoint by its section', 'nt_raw', () => ({ kind: 'auto' })],
    ['a raw tracepoint by name', 'nt_raw', () => ({ kind: 'raw_tracepoint', event: 'sys_enter' })],
    ['a user function', 'nt_uprobe', () => uprobe({})],
    ['a user function of one process', 'nt_uprobe', () => uprobe({ pid: target.pid })],
    ['a user function that returns', 'nt_uretprobe', () => uprobe({ ret: true })],
    ['a user function by uprobe_multi', 'nt_multi', () => uprobe({})],
  ];
  const skip = (program: string) =>
    (program === 'nt_multi' && native.missingFeatures().uprobe_multi) || false;
  for (const [what, program, spec] of cases) {
    test(what, { skip: skip(program) }, async () => {
      object = await load(compile('events'), target.pid);
      await object.attach(program, spec());
      await target.calls(25);
      await object.detach();
      await target.calls(25);
      assert.deepEqual(object.counters('totals'), [25, 0]);
      assert.ok(object.counts().every(({ recursion, missed }) => recursion + missed === 0));
      object.close();
    });
  }

  test('a library by its short name', async () => {
    object = await load(compile('events'), target.pid);
    await object.attach('nt_uprobe', { kind: 'uprobe', binary: 'libc', symbol: 'syscall', ret: false });
    await target.calls(10);
    assert.deepEqual(object.counters('totals'), [10, 0]);
    await object.detach();
    object.close();
  });

  for (const program of ['nt_tp_btf', 'nt_section', 'nt_return']) {
    test(`${program} by its section`, async () => {
      object = await load(compile('typed', `BINARY="${Load.binary}"`), target.pid);
      await object.attach(program, { kind: 'auto' });
      await target.calls(10);
      await object.detach();
      assert.deepEqual(object.counters('totals'), [10]);
      object.close();
    });
  }

  for (const everyCpu of [false, true]) {
    test(`a clock on ${everyCpu ? 'each CPU' : 'one CPU'}`, async () => {
      object = await load(compile('controls'));
      await object.attach('nt_clock', { kind: 'clock', period: 1_000_000, everyCpu });
      const started = performance.now();
      await sleep(200);
      await object.detach();
      const elapsed = performance.now() - started;
      const [ticks] = object.counters('total') as [number];
      assert.ok(ticks > 50 && ticks < (elapsed + 20) * 64, `${ticks} ticks in ${elapsed} ms`);
      object.close();
    });
  }

  test('what is not there is named', async () => {
    object = await load(compile('events'), target.pid);
    const refused: [string, NativeAttach, RegExp][] = [
      [
        'nt_tp',
        { kind: 'tracepoint', category: 'syscalls', event: 'nothing' },
        /no tracepoint syscalls:nothing/,
      ],
      ['nt_raw', { kind: 'raw_tracepoint', event: 'nothing' }, /nt_raw could not be attached: No such file/],
      ['nt_uprobe', uprobe({ symbol: 'nothing' }), /no function nothing in .*load/],
      ['nt_uprobe', uprobe({ binary: 'no-such-library' }), /no program or library no-such-library/],
      ['nt_uprobe', uprobe({ binary: '/no/such/file' }), /\/no\/such\/file cannot be read: No such file/],
      ['nt_uprobe', { kind: 'auto' }, /names no attach point/],
    ];
    for (const [program, spec, message] of refused)
      await assert.rejects(object.attach(program, spec), { message });
    assert.throws(() => object.attach('nothing', { kind: 'auto' }), { code: 'ENOENT' });
    object.close();
  });
});

describe('detaching', () => {
  const skip = process.env.EBPFNB_EMULATED ? 'times mean nothing under emulation' : false;
  test('leaves the thread free, and the maps readable', { skip }, async () => {
    const target = new Load();
    const object = await load(compile('events'), target.pid);
    for (const event of ['sys_enter_getppid', 'sys_enter_getpid', 'sys_enter_gettid', 'sys_enter_getuid'])
      await object.attach('nt_tp', { kind: 'tracepoint', category: 'syscalls', event });
    await target.calls(1);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    await object.detach();
    clearInterval(timer);
    assert.ok(longest < 60, `the thread stood still for ${longest} ms`);
    assert.deepEqual(object.counters('totals'), [1, 0]);
    object.close();
    await target.end();
  });

  test('happens on close too, and nothing is left', async () => {
    const target = new Load();
    const object = await load(compile('events'), target.pid);
    await object.attach('nt_tp', { kind: 'auto' });
    await object.attach('nt_uprobe', uprobe({}));
    assert.ok(loadedPrograms().includes('nt_tp'));
    object.close();
    await target.end();
  });
});
