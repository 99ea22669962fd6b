import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import {
  cellAbout,
  cellLabel,
  cellTitle,
  type MapOfRun,
  mapAbout,
  type Program,
  programAbout,
} from '../../extension/tracing/words.ts';
import type { RunSnapshot } from '../../kernel/protocol.ts';

const TITLES: [name: string | undefined, source: string, title: string][] = [
  ['opens', 'begin { }', 'opens'],
  [undefined, '\n//| duration: 10s\n\n  kprobe:f { }\n', 'kprobe:f { }'],
  [undefined, '#| name:\n#!/bin/sh\nls', 'ls'],
  [undefined, '//| rows: 1\n', 'an empty cell'],
];
test('what a cell is called', () => {
  for (const [name, source, title] of TITLES) assert.equal(cellTitle(name, source), title);
});

test('a label leaves room for what the cell does', () => {
  assert.equal(cellLabel(0, 'opens'), '1: opens');
  assert.equal(cellLabel(9, 'tracepoint:syscalls:sys_enter_openat'), '10: tracepoint:syscalls:sys…');
});

const live: RunSnapshot = {
  ...startingSnapshot('run', 'cell', 1),
  phase: 'stream',
  totals: { events: 12, rate: 4, dropped: 0, missed: 0 },
};
const CELLS: [snapshot: RunSnapshot | undefined, about: string][] = [
  [undefined, 'queued'],
  [{ ...live, phase: 'compile', totals: { ...live.totals, events: 0 } }, 'compile'],
  [live, '4/s'],
  [{ ...live, cost: { cpu: 0.0213, probes: [] } }, '4/s · 2.1% CPU'],
];
test('how a cell does', () => {
  for (const [snapshot, about] of CELLS) assert.equal(cellAbout(snapshot), about);
});

const program: Program = { symbol: 'p', type: 'tracepoint', probe: 'tracepoint:a:b' };
const PROGRAMS: [Program, string][] = [
  [program, 'tracepoint'],
  [{ ...program, hits: 1, ns: 90 }, 'tracepoint · 1 hit · 90 ns each'],
  [{ ...program, hits: 3000, ns: 300_000 }, 'tracepoint · 3,000 hits · 100 ns each'],
];
test('programs', () => {
  for (const [one, about] of PROGRAMS) assert.equal(programAbout(one), about);
});

const map: MapOfRun = {
  symbol: 'm',
  name: '@',
  type: 'hash',
  keySize: 8,
  valueSize: 8,
  capacity: 10_240,
  readable: true,
};
const MAPS: [MapOfRun, string][] = [
  [map, 'hash · up to 10,240'],
  [{ ...map, entries: 1200, bytes: 1_258_291 }, 'hash · 1,200 of 10,240 · 1.2MiB'],
  [{ ...map, type: 'ringbuf', readable: false, bytes: 4096 }, 'ringbuf · 4KiB'],
  [{ ...map, type: 'task_storage', capacity: 0, entries: 3 }, 'task_storage'],
];
test('maps', () => {
  for (const [one, about] of MAPS) assert.equal(mapAbout(one), about);
});
