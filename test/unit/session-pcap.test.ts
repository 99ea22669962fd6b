import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetRecord, pcapHeader } from '../../kernel/session/pcap.ts';

test('a file begins with nanosecond times and Ethernet', () => {
  const header = pcapHeader();
  assert.equal(header.length, 24);
  assert.equal(header.toString('hex'), '4d3cb2a1020004000000000000000000ffffff7f01000000');
});

test('a packet is its time, what there is of it, how long it was, and its bytes', () => {
  const record = packetRecord({ nsecs: 5_000_000_007n, length: 1500, bytes: Uint8Array.of(1, 2, 3) });
  assert.deepEqual(
    [0, 4, 8, 12].map(at => record.readUInt32LE(at)),
    [5, 7, 3, 1500],
  );
  assert.deepEqual([...record.subarray(16)], [1, 2, 3]);
});
