/** What the view of probes shows of a target. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesOf, grouped, KINDS, type KindRow } from '../../extension/probes/kinds.ts';
import type { Catalogue } from '../../kernel/language/editor/index.ts';
import { PROBES } from '../../kernel/language/tables/probes.ts';
import { target } from './language-fixtures.ts';

const NAMES: Readonly<Record<string, string[]>> = {
  tracepoint: ['sched:sched_switch', 'sched:sched_wakeup', 'net:netif_rx'],
  fentry: ['vmlinux:vfs_read', 'ext4:ext4_sync_file'],
  software: ['page-faults:', 'faults:'],
  'uprobe /bin/x': ['main', 'read_all'],
};
const catalogue: Catalogue = {
  target: {
    ...target,
    userSymbols: path => ({
      path,
      symbols: [{ name: 'main', offset: 0x10, address: 0x1010, size: 12, kind: 'function' }],
    }),
  },
  names: (provider, of) => NAMES[of ? `${provider} ${of}` : provider] ?? [],
};
const row = (provider: string): KindRow => KINDS.find(each => each.provider === provider)!;

/** Kind, what is searched, a file; the probes found. */
const FOUND: [provider: string, search: string, file: string | undefined, probes: string[]][] = [
  ['tracepoint', '', undefined, NAMES['tracepoint']!.map(name => `tracepoint:${name}`)],
  ['tracepoint', 'SWITCH', undefined, ['tracepoint:sched:sched_switch']],
  ['tracepoint', 'net', undefined, ['tracepoint:net:netif_rx']],
  ['fentry', '', undefined, ['fentry:vfs_read', 'fentry:ext4:ext4_sync_file']],
  ['fentry', 'fentry:vfs', undefined, ['fentry:vfs_read']],
  ['software', '', undefined, ['software:page-faults', 'software:faults']],
  ['software', 'faults', undefined, ['software:faults', 'software:page-faults']],
  ['uprobe', 'ma', '/bin/x', ['uprobe:/bin/x:main']],
];
for (const [provider, search, file, probes] of FOUND)
  test(`${provider} ${search}`, () =>
    assert.deepEqual(
      entriesOf(row(provider), catalogue, search, file).map(({ probe }) => probe),
      probes,
    ));

test('functions of programs say where they are', () =>
  assert.deepEqual(
    entriesOf(row('uprobe'), catalogue, '', '/bin/x').map(({ place }) => place),
    ['0x1010, 12 bytes', undefined],
  ));

test('groups, by the part before the colon', () => {
  const groups = grouped(entriesOf(row('tracepoint'), catalogue, ''));
  assert.deepEqual([...groups.keys()], ['sched', 'net']);
  assert.deepEqual(
    groups.get('sched')?.map(({ label }) => label),
    ['sched_switch', 'sched_wakeup'],
  );
});

test('each kind is one of the language', () => {
  for (const { provider } of KINDS)
    assert.ok(
      PROBES.some(({ name }) => name === provider),
      provider,
    );
});
