/** How a session's programs are attached: in which steps, and what becomes of those that fail. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Attaching } from '../../kernel/loader/attaching.ts';
import type { BpfObject, NativeAttach } from '../../native/types.ts';

const functions = (...names: string[]): NativeAttach => ({ kind: 'kprobe', functions: names, ret: false });
const sites = (...offsets: number[]): NativeAttach => ({
  kind: 'uprobe',
  binary: '/bin/x',
  sites: offsets.map(offset => ({ offset, semaphore: 0, cookie: 0 })),
  ret: false,
});

/** An object whose program `multi` takes all places at once. `refused`: functions that Linux does not know. */
class Fake {
  readonly attached: NativeAttach[] = [];
  readonly programs = ['one', 'multi'].map(name => ({
    name,
    section: '',
    type: '',
    takesAllAtOnce: name === 'multi',
  }));

  constructor(
    readonly refused: readonly string[] = [],
    readonly each: () => void = () => {},
  ) {}

  async attach(_: string, spec: NativeAttach): Promise<Buffer> {
    this.each();
    if (spec.kind === 'kprobe' && spec.functions.some(name => this.refused.includes(name)))
      throw Object.assign(new Error('no such function'), { code: 'ENOENT' });
    this.attached.push(spec);
    return Buffer.alloc(0);
  }
}

const attaching = (fake: Fake, onProgress: (done: number, of: number) => void = () => {}) =>
  new Attaching(fake as unknown as BpfObject, { onProgress, onText: () => {} });

describe('attaching', () => {
  test('one place after another, or all at once', async () => {
    const fake = new Fake();
    await attaching(fake).all([
      { program: 'one', attach: functions('a', 'b') },
      { program: 'one', attach: sites(1, 2) },
      { program: 'multi', attach: functions('a', 'b') },
      { program: 'one', attach: { kind: 'auto' } },
    ]);
    assert.deepEqual(fake.attached, [
      functions('a'),
      functions('b'),
      sites(1),
      sites(2),
      functions('a', 'b'),
      { kind: 'auto' },
    ]);
  });

  test('of many places those that are refused are left out', async () => {
    const result = await attaching(new Fake(['b'])).all([
      { program: 'one', attach: functions('a', 'b', 'c') },
    ]);
    assert.deepEqual(result, { skipped: [], refused: 1, interrupted: false });
  });

  test('a program without any place fails, unless it is optional', async () => {
    const fake = new Fake(['a', 'b']);
    const attach = functions('a', 'b');
    await assert.rejects(attaching(fake).all([{ program: 'one', attach }]), { program: 'one' });
    const { skipped, refused } = await attaching(fake).all([{ program: 'one', attach, optional: true }]);
    assert.deepEqual(
      [skipped.map(({ program, errno }) => [program, errno]), refused],
      [[['one', 'ENOENT']], 0],
    );
  });

  test('ends half-way when asked to', async () => {
    const fake: Fake = new Fake([], () => fake.attached.length === 1 && work.interrupt());
    const work = attaching(fake);
    const { interrupted } = await work.all([
      { program: 'one', attach: functions('a', 'b', 'c') },
      { program: 'one', attach: { kind: 'auto' } },
    ]);
    assert.deepEqual([interrupted, fake.attached.length], [true, 2]);
  });

  test('tells how far it is, where it takes long', async t => {
    let now = 0;
    t.mock.method(performance, 'now', () => now);
    const told: [number, number][] = [];
    const fake = new Fake([], () => {
      now += 60;
    });
    await attaching(fake, (done, of) => told.push([done, of])).all([
      { program: 'one', attach: functions('a', 'b', 'c', 'd', 'e') },
    ]);
    assert.deepEqual(told, [
      [2, 5],
      [4, 5],
    ]);
  });
});
