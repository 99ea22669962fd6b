import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CellLayout, MapLayout } from '../../kernel/layout.ts';
import { Gate } from '../../kernel/loader/gate.ts';
import { fillsOf, runDetails } from '../../kernel/session/details.ts';
import { Tally } from '../../kernel/session/tally.ts';
import { u64 } from './views-fixtures.ts';

describe('a tally', () => {
  test('events a second, by the time that really went by', () => {
    const tally = new Tally();
    tally.start(1000);
    tally.tick(500, 2000);
    tally.tick(1500, 4000);
    assert.deepEqual([tally.events, tally.rate, tally.rates], [1500, 500, [500, 500]]);
    tally.finish(1501);
    assert.deepEqual([tally.events, tally.rate, tally.rates], [1501, 0, [500, 500]]);
  });

  test('the last minute', () => {
    const tally = new Tally();
    tally.start(0);
    for (let i = 1; i <= 100; i++) tally.tick((i * (i + 1)) / 2, i * 1000);
    assert.deepEqual([tally.rates.length, tally.rates[0], tally.rates.at(-1)], [60, 41, 100]);
  });

  test('two looks at once say nothing of a rate', () => {
    const tally = new Tally();
    tally.start(5);
    tally.tick(7, 5);
    assert.deepEqual([tally.events, tally.rate], [7, 0]);
  });
});

const map = (name: string, type: string, maxEntries: number): MapLayout => ({
  name,
  symbol: name,
  type,
  perCpu: false,
  key: [{ name: 'key', offset: 0, type: u64 }],
  keySize: 8,
  value: u64,
  valueSize: 8,
  maxEntries,
  printAtEnd: true,
});

const LAYOUT = {
  records: [],
  taggedRings: [],
  globals: [{ name: 'x', section: '.data', offset: 0, type: u64, parameter: false }],
  maps: [map('half', 'hash', 10), map('forgets', 'lru_hash', 10), map('full', 'percpu_hash', 4)],
  programs: [{ symbol: 'p', probe: 'interval:s:1', attach: { kind: 'auto' } }],
} as unknown as CellLayout;

test('how full maps are that have a limit, the fullest first', () =>
  assert.deepEqual(
    fillsOf(
      LAYOUT,
      new Map([
        ['half', 5],
        ['forgets', 10],
        ['full', 4],
      ]),
    ),
    [
      { name: 'full', entries: 4, capacity: 4 },
      { name: 'half', entries: 5, capacity: 10 },
    ],
  ));

test('a run that is gone is still described', () => {
  const sizes = { keySize: 8, valueSize: 8, flags: 0, shared: false };
  const details = runDetails(
    {
      layout: LAYOUT,
      programs: [{ name: 'p', section: 'perf_event', type: 'perf_event' }],
      maps: [{ name: 'half', type: 'hash', maxEntries: 10, ...sizes }],
      now: undefined,
    },
    new Map([['half', 5]]),
  );
  assert.deepEqual(details, {
    programs: [{ symbol: 'p', type: 'perf_event', probe: 'interval:s:1' }],
    maps: [
      {
        symbol: 'half',
        name: 'half',
        type: 'hash',
        keySize: 8,
        valueSize: 8,
        entries: 5,
        capacity: 10,
        readable: false,
      },
    ],
    links: [],
  });
});

test('a gate lets through what waits', async () => {
  const gate = new Gate();
  assert.equal(gate.opened, undefined);
  gate.close();
  const waiting = gate.opened;
  gate.close();
  assert.equal(gate.opened, waiting);
  gate.open();
  await waiting;
  assert.equal(gate.opened, undefined);
});
