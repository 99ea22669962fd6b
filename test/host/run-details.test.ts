/** What a run tells of itself besides its output: what of it is in Linux, what its maps hold, what it takes. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { RunDetails } from '../../kernel/protocol.ts';
import { heldBy, skip, TestKernel, until } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

const SOURCE = `let @small = hash(4);
begin { @small["a"] = 1; @small["b"] = 2; @small["c"] = 3; @latency[7] = hist(100); @once = 5; }
rawtracepoint:sys_enter /pid == ${process.pid}/ { printf("%d\\n", 1); @calls = count(); }
interval:s:100 { }`;

const mapOf = ({ maps }: RunDetails, name: string) => maps.find(map => map.name === name)!;

describe('a run in Linux', { skip }, () => {
  test('programs, maps and links by the numbers that Linux gave them', async () => {
    const run = tests.start(SOURCE);
    await tests.live(run);
    const details = (await tests.kernel.details(run.id))!;
    const small = mapOf(details, '@small');
    const held = heldBy(small.symbol.slice(0, 15));
    assert.deepEqual(held.maps, [small.id]);
    assert.deepEqual(
      details.programs.map(({ id }) => id).filter(id => held.programs.includes(id!)),
      held.programs,
    );
    for (const { instructions } of details.programs) assert.ok(instructions! > 0);
    assert.deepEqual(
      details.programs.map(({ probe, type }) => [probe, type]),
      [
        ['begin', 'raw_tracepoint'],
        ['rawtracepoint:sys_enter', 'raw_tracepoint'],
        ['interval:s:100', 'perf_event'],
      ],
    );
    assert.deepEqual(
      details.links.map(({ kind, target }) => [kind, target]),
      [
        ['raw_tracepoint', 'sys_enter'],
        ['perf_event', 'interval:s:100'],
      ],
    );
    const { type, capacity, readable, bytes } = small;
    assert.deepEqual({ type, capacity, readable }, { type: 'hash', capacity: 4, readable: true });
    assert.ok(bytes! > 0);
    assert.equal(details.maps.find(map => map.type === 'ringbuf')?.readable, false);
    run.end('stopped');
    await run.ended;
    const left = (await until(async () => {
      const after = (await tests.kernel.details(run.id))!;
      return after.programs.every(({ id }) => id === undefined) ? after : undefined;
    }, 'programs unloaded'))!;
    assert.equal(left.links.length, 0);
    assert.equal(mapOf(left, '@small').id, small.id);
    assert.deepEqual(mapOf(left, '@small').entries, 3);
  });

  test('what is in its maps, live and when it is over', async () => {
    const run = tests.start(SOURCE);
    await tests.live(run);
    const { maps } = (await tests.kernel.details(run.id))!;
    const contents = (name: string) => {
      const { symbol } = maps.find(map => map.name === name)!;
      return tests.kernel.contents(run.id, symbol);
    };
    const small = (await contents('@small'))!;
    assert.deepEqual(
      [small.title, small.total, small.columns.map(({ kind }) => kind)],
      ['@small', 3, ['string', 'integer']],
    );
    assert.deepEqual([...small.rows].sort(), [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    assert.deepEqual((await contents('@latency'))!.rows, [['7', '[64, 128)', 1]]);
    assert.deepEqual((await contents('@once'))!.rows, [[5]]);
    assert.equal(await contents(maps.find(({ type }) => type === 'ringbuf')!.name), null);
    // Maps of the program's own, too.
    const hidden = maps.filter(({ name, readable }) => readable && !name.startsWith('@'));
    for (const { name } of hidden) assert.ok(await contents(name), name);
    run.end('stopped');
    await run.ended;
    assert.equal((await contents('@small'))!.total, 3);
    assert.equal(await tests.kernel.contents('nobody', '@small'), null);
    assert.equal(await tests.kernel.details('nobody'), null);
  });

  test('globals of a C program, and what one cannot see', async () => {
    const source = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
const volatile int limit = 7;
int seen[3] = {1, 2, 3};
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __type(key, u32); __type(value, u32); } calls SEC(".maps");
SEC("raw_tp/sys_enter") int count(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 == ${process.pid})
		seen[limit & 1]++;
	return 0;
}`;
    const run = tests.start(source, { language: 'bpf-c' });
    await tests.live(run);
    const { maps } = (await tests.kernel.details(run.id))!;
    assert.equal(maps.find(({ name }) => name === 'calls')?.readable, false);
    const data = (await tests.kernel.contents(run.id, '.data'))!;
    assert.deepEqual([data.title, data.rows[0]![0]], ['.data', 'seen']);
    assert.deepEqual((await tests.kernel.contents(run.id, '.rodata'))!.rows, [['limit', 7]]);
    run.end('stopped');
    await run.ended;
  });

  test('the figures of a run that is watched', async () => {
    const run = tests.start(SOURCE, { view: 'table' });
    tests.kernel.subscribe(run.id, 'me');
    const head = (await until(() => {
      const now = run.head();
      return now.fills && now.memory && now.rates ? now : undefined;
    }, 'figures'))!;
    assert.deepEqual(
      head.fills!.find(({ name }) => name === '@small'),
      {
        name: '@small',
        entries: 3,
        capacity: 4,
      },
    );
    assert.equal(head.view, 'table');
    // The ring of records is the largest of its maps.
    assert.ok(head.memory!.maps > 16 << 20 && head.memory!.records > 0);
    run.end('stopped');
    const { fills, memory } = await run.ended;
    assert.equal(fills?.[0]?.name, '@small');
    assert.equal(memory?.maps, head.memory!.maps);
  });

  test('text of maps, as long as somebody looks at it', async () => {
    const run = tests.start(SOURCE);
    await tests.live(run);
    tests.kernel.subscribe(run.id, 'reader');
    const shown = (isText: boolean) =>
      until(
        () => {
          const mine = tests.deltas.filter(one => one.run === run.id);
          for (const { sequence } of mine) tests.kernel.acknowledge(run.id, 'reader', sequence);
          const newest = mine.flatMap(({ panels }) => panels).findLast(({ id }) => id === 'map:@small');
          if (newest?.change !== 'replace' || newest.panel.kind !== 'table') return undefined;
          return (newest.panel.text !== undefined) === isText ? newest.panel : undefined;
        },
        `delta ${isText ? 'with' : 'without'} text`,
      );
    await shown(false);
    tests.kernel.look(run.id, 'reader', { text: true });
    assert.deepEqual((await shown(true))!.text?.toSorted(), ['@small[a]: 1', '@small[b]: 2', '@small[c]: 3']);
    tests.kernel.look(run.id, 'reader', { text: false });
    await shown(false);
    // What is saved has it always.
    const saved = tests.kernel.snapshot(run.id)!.panels.find(({ id }) => id === 'map:@small')!;
    assert.equal(saved.kind === 'table' && saved.text?.length, 3);
    run.end('stopped');
    await run.ended;
  });

  test('a view that the cell itself asks for', async () => {
    const source = '//| view: text\nbegin { @ = 1; exit(); }';
    assert.equal((await tests.run(source)).view, 'text');
    assert.equal((await tests.run(source, { view: 'table' })).view, 'table');
    assert.equal((await tests.run('begin { exit(); }')).view, undefined);
  });
});
