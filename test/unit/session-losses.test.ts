/** What is told of what the loader counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CellLayout, MapLayout } from '../../kernel/layout.ts';
import { readLost } from '../../kernel/loader/losses.ts';
import type { Lost, ProgramCounts } from '../../kernel/loader/protocol.ts';
import { lossesOf, lostExit, totalsOf } from '../../kernel/session/losses.ts';

const map = (name: string, maxEntries: number, perCpu = false) =>
  ({ name, symbol: name.slice(1), maxEntries, perCpu }) as MapLayout;

const layout: CellLayout = {
  programs: [
    { symbol: 'k', probe: 'kprobe:vfs_read', attach: { kind: 'auto' } },
    { symbol: 'kr', probe: 'kretprobe:vfs_read', attach: { kind: 'auto' } },
  ],
  maps: [map('@m', 4), map('@c', 4096, true)],
  records: [],
  globals: [],
  taggedRings: [],
  lost: {
    array: 'lost',
    counts: [
      { kind: 'record' },
      { kind: 'scratch' },
      { kind: 'kstack' },
      { kind: 'ustack' },
      { kind: 'update', map: '@m' },
      { kind: 'update', map: '@c' },
    ],
  },
};

const some = (count: number, error = 0): Lost => ({ count, error, cpus: [count] });
const none = some(0);
const counts = (program: string, recursion: number, missed: number): ProgramCounts => ({
  program,
  hits: 0,
  ns: 0,
  recursion,
  missed,
});

function told(lost: Lost[], programs: ProgramCounts[] = []): string[] {
  return lossesOf(layout, { at: 0, lost, programs }).map(({ problem }) =>
    [problem.code, problem.errno, problem.message].filter(Boolean).join(': '),
  );
}

test('nothing is told of nothing', () => {
  assert.deepEqual(told([none, none, none, none, none, none], [counts('k', 0, 0)]), []);
  assert.deepEqual(told([]), []);
});

test('each kind has its words, and its errno', () => {
  const cases: [at: number, count: number, error: number, told: RegExp][] = [
    [0, 7, 0, /^lost-records: 7 records were lost: .* ring buffer was full$/],
    [1, 2, 0, /^lost-hits: 2 hits were left out: /],
    [2, 3, 14, /^no-kstack: EFAULT: 3 stacks of Linux's own could not be taken: Bad address$/],
    [3, 1, 14, /^no-ustack: EFAULT: 1 stack of programs could not be taken: Bad address$/],
    [4, 9, 7, /^map-full: E2BIG: 9 updates of @m were lost: it is full$/],
    [5, 9, 12, /^map-no-memory: ENOMEM: 9 updates of @c were lost: /],
    [4, 1, 16, /^map-busy: EBUSY: /],
    [4, 1, 35, /^map-busy: EDEADLK: /],
    [4, 1, 22, /^map-refused: EINVAL: 1 update of @m was lost: Invalid argument$/],
  ];
  for (const [at, count, error, expected] of cases) {
    const lost = Array.from({ length: 6 }, (_, i) => (i === at ? some(count, error) : none));
    const [said, ...more] = told(lost);
    assert.match(said!, expected);
    assert.deepEqual(more, []);
  }
});

test('a full map is told how to get more room', () => {
  const remedy = (at: number) => {
    const lost = Array.from({ length: 6 }, (_, i) => (i === at ? some(1, 7) : none));
    return lossesOf(layout, { at: 0, lost, programs: [] })[0]!.problem.remedy!;
  };
  assert.match(remedy(4), /let @m = hash\(40\); or lruhash\(4\)/);
  assert.match(remedy(5), /let @c = percpuhash\(40960\); or percpulruhash\(4096\)/);
});

test('records of perf buffers are told by CPU, with what was wrong', () => {
  const perf = { ...layout, lost: { array: 'lost', counts: [{ kind: 'perf-record' as const }] } };
  const said = (error: number, cpus: number[]) => {
    const lost = [{ count: cpus.reduce((sum, count) => sum + count), error, cpus }];
    const losses = lossesOf(perf, { at: 0, lost, programs: [] });
    assert.equal(totalsOf(losses).dropped, lost[0]!.count);
    return losses[0]!.problem.message;
  };
  assert.match(said(28, [1, 0, 4]), /^5 records were lost: .* perf buffer was full \(CPU 2: 4, CPU 0: 1\)$/);
  assert.match(said(2, [0, 1]), /^1 record was lost: a CPU had no perf buffer \(CPU 1: 1\)$/);
  assert.match(
    said(95, [3]),
    /^3 records were lost: Linux refused them \(CPU 0: 3\): Operation not supported$/,
  );
});

test('hits that Linux skipped are told by probe', () => {
  assert.deepEqual(
    told([], [counts('k', 2, 3), counts('kr', 0, 4)]).map(text => text.replace(/ were skipped.*/, '')),
    [
      'skipped-recursion: 2 hits of kprobe:vfs_read',
      'skipped-kprobe: 3 hits of kprobe:vfs_read',
      'skipped-kretprobe: 4 hits of kretprobe:vfs_read',
    ],
  );
});

test('the totals: records are dropped, hits are missed, the rest is neither', () => {
  const lost = [5, 2, 10, 10, 10, 10].map(count => some(count, 7));
  const losses = lossesOf(layout, { at: 0, lost, programs: [counts('k', 3, 4)] });
  assert.deepEqual(totalsOf(losses), { dropped: 5, missed: 9 });
});

test('a request to end that was lost is none of the losses', () => {
  const counts = [{ kind: 'record' as const }, { kind: 'exit' as const }];
  const withExit = { ...layout, lost: { array: 'lost', counts } };
  const counters = { at: 0, lost: [none, some(2, 3)], programs: [] };
  assert.deepEqual(lossesOf(withExit, counters), []);
  assert.deepEqual(lostExit(withExit, counters), { code: 3 });
  assert.equal(lostExit(withExit, { ...counters, lost: [none, none] }), undefined);
  assert.equal(lostExit(layout, { ...counters, lost: [] }), undefined);
});

test("an array's snapshot is summed up over CPUs", () => {
  const words = [
    [
      [1n, 0n],
      [2n, 7n],
    ],
    [
      [0n, 0n],
      [0n, 0n],
    ],
  ];
  const payload = Buffer.alloc(16 + 2 * (8 + 2 * 16));
  payload.writeUInt32LE(4, 0);
  payload.writeUInt32LE(16, 4);
  payload.writeUInt32LE(2, 8);
  payload.writeUInt32LE(2, 12);
  for (const [element, cpus] of words.entries())
    for (const [cpu, [count, error]] of cpus.entries()) {
      const at = 16 + element * 40 + 8 + cpu * 16;
      payload.writeBigUInt64LE(count!, at);
      payload.writeBigUInt64LE(error!, at + 8);
    }
  assert.deepEqual(readLost(payload), [
    { count: 3, error: 7, cpus: [1, 2] },
    { count: 0, error: 0, cpus: [0, 0] },
  ]);
});
