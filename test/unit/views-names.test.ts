import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataType } from '../../kernel/layout.ts';
import { Reader, toValue } from '../../kernel/views/decode.ts';
import { jsonOf } from '../../kernel/views/json.ts';
import { type Names, NO_NAMES } from '../../kernel/views/names.ts';
import { textOf } from '../../kernel/views/text.ts';

const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
const inet = (family: number, hex: string) => {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32LE(family);
  Buffer.from(hex, 'hex').copy(bytes, 4);
  return bytes;
};
const INET = { kind: 'inet', size: 20 } as const;

const NAMES: Names = {
  user: uid => (uid === 0 ? 'root' : undefined),
  kernelSymbol: address => (address === 0x10n ? { name: 'vfs_read', offset: 0 } : undefined),
  userSymbol: (address, pid) => (address === 0x20n && pid === 7 ? { name: 'main', offset: 4 } : undefined),
  cgroup: id => (id === 1n ? 'unified:/' : undefined),
  bootTime: 1_000_000_000n * 86_400n,
};

/** type, bytes, what is shown, what is shown when the host knows nothing */
const CASES: [DataType, Buffer, string, string?][] = [
  [{ kind: 'timestamp', size: 8, format: '%s.%f' }, u64(1_000_123_999n), '86401.000123', '1.000123'],
  [{ kind: 'username', size: 8 }, u64(0n), 'root', '0'],
  [{ kind: 'username', size: 8 }, u64(4_000n), '4000'],
  [{ kind: 'ksym', size: 8 }, u64(0x10n), 'vfs_read', '0x10'],
  [{ kind: 'usym', size: 16 }, Buffer.concat([u64(0x20n), u64(7n)]), 'main', '0x20'],
  [{ kind: 'cgroup-path', size: 8 }, u64(1n), 'unified:/', '1'],
  [{ kind: 'mac', size: 6 }, Buffer.from('0a00274b00ff', 'hex'), '0A:00:27:4B:00:FF'],
  [INET, inet(2, '7f000001'), '127.0.0.1'],
  [INET, inet(10, '00000000000000000000000000000001'), '::1'],
  [INET, inet(10, '00000000000000000000000000000000'), '::'],
  [INET, inet(10, '20010db8000000000001000000000001'), '2001:db8::1:0:0:1'],
  [INET, inet(10, '20010db8000000010001000100010001'), '2001:db8:0:1:1:1:1:1'],
  [INET, inet(10, '00000000000000000000ffff7f000001'), '::ffff:127.0.0.1'],
];

for (const [type, bytes, known, unknown = known] of CASES)
  test(`${type.kind} ${bytes.toString('hex')} is ${known}`, () => {
    assert.equal(
      textOf(new Reader(bytes, NAMES), type, 0, text => text),
      known,
    );
    assert.equal(jsonOf(new Reader(bytes, NAMES), type, 0), JSON.stringify(known));
    assert.equal(toValue(new Reader(bytes, NO_NAMES), type, 0), unknown);
  });
