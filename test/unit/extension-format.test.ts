import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeCost, share } from '../../extension/run/format.ts';

test('shares of a CPU', () => {
  const rows: [cpu: number, shown: string][] = [
    [0, '< 0.01% CPU'],
    [0.00005, '< 0.01% CPU'],
    [0.000123, '0.012% CPU'],
    [0.0213, '2.1% CPU'],
    [0.384, '38% CPU'],
    [12.5, '1,250% CPU'],
  ];
  for (const [cpu, shown] of rows) assert.equal(share(cpu), shown);
});

test('what a probe costs', () => {
  const probe = 'kprobe:vfs_read';
  assert.equal(
    probeCost({ probe, ns: 120, hits: 3000, total: 12_000, cpu: 0.00036 }),
    'kprobe:vfs_read: about 12,000 hits, 120 ns each, 3,000/s, 0.036% CPU',
  );
  assert.equal(
    probeCost({ probe, ns: 0, hits: 0, total: 1, cpu: 0 }),
    'kprobe:vfs_read: about 1 hit, none now',
  );
  assert.equal(probeCost({ probe, ns: 0, hits: 0, total: 0, cpu: 0 }), 'kprobe:vfs_read: not hit');
});
