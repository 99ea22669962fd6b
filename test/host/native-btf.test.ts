import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { native } from '../../native/addon.ts';
import { compile } from './fixtures/native/support.ts';

const { Btf } = native;

/** Split BTF (as modules have) that holds one typedef of a type of its base. */
function typedefOn(base: typeof Btf.prototype, name: string, type: number): Buffer {
  const BTF_KIND_TYPEDEF = 8;
  const header = 24;
  const strings = Buffer.from(`${name}\0`);
  const bytes = Buffer.alloc(header + 12 + strings.length);
  bytes.writeUInt16LE(0xeb9f);
  bytes[2] = 1;
  // Header: own size; offset and length of types; offset and length of strings.
  for (const [i, value] of [header, 0, 12, 12, strings.length].entries())
    bytes.writeUInt32LE(value, 4 + i * 4);
  // Names count on from the end of the base's strings, whose length stands at 20.
  bytes.writeUInt32LE(base.raw.readUInt32LE(20), header);
  bytes.writeUInt32LE(BTF_KIND_TYPEDEF << 24, header + 4);
  bytes.writeUInt32LE(type, header + 8);
  strings.copy(bytes, header + 12);
  return bytes;
}

describe('Btf', () => {
  const vmlinux = Btf.fromRaw(readFileSync('/sys/kernel/btf/vmlinux'));

  test('finds types of any kind by name, and none for an unknown name', () => {
    assert.ok(vmlinux.count > 10_000);
    assert.ok(vmlinux.find('task_struct').length >= 1);
    assert.ok(vmlinux.find('pid_t').length >= 1);
    assert.deepEqual(vmlinux.find('no_such_type_here'), []);
  });

  test('dumps the same C each time, with what a type needs in front of it', () => {
    const ids = vmlinux.find('list_head');
    const text = vmlinux.dump(ids);
    assert.match(text, /struct list_head \{\n\tstruct list_head \*next;\n\tstruct list_head \*prev;\n\};/);
    assert.equal(vmlinux.dump(ids), text);
    const whole = vmlinux.dump(vmlinux.find('task_struct'));
    assert.ok(whole.indexOf('struct list_head {') < whole.indexOf('struct task_struct {'));
  });

  test('reads an object file, offsets of its global variables filled in', () => {
    const btf = Btf.fromElf(compile('events'));
    assert.match(btf.dump(btf.find('event')), /struct event \{\n\t__u64 number;\n\t__u32 pid;\n\};/);
    assert.equal(btf.find('.data.on').length, 1);
    assert.equal(Btf.fromRaw(btf.raw).count, btf.count);
  });

  test('builds on a base, which stays as long as it is needed', () => {
    const base = Btf.fromElf(compile('shared'));
    const [u32] = base.find('__u32') as [number];
    const btf = Btf.fromRaw(typedefOn(base, 'split_type', u32), base);
    assert.equal(btf.count, base.count + 1);
    assert.match(btf.dump(btf.find('split_type')), /typedef __u32 split_type;/);
  });

  test('refuses names that lead back to themselves, which would be followed for ever', () => {
    const base = Btf.fromElf(compile('shared'));
    const loop = typedefOn(base, 'loop', base.count + 1);
    assert.throws(() => Btf.fromRaw(loop, base), { code: 'EINVAL', message: /another name of itself/ });
  });

  test('names what is wrong', () => {
    const bytes = new Uint8Array(64);
    assert.throws(() => Btf.fromRaw(bytes), { code: 'EINVAL', message: /not a BTF blob/ });
    assert.throws(() => Btf.fromElf(bytes), { code: 'EINVAL', message: /not a BPF object/ });
    assert.throws(() => vmlinux.dump([vmlinux.count + 1]), RangeError);
    assert.throws(() => vmlinux.dump(['1' as never]), TypeError);
    assert.throws(() => Btf.fromRaw('text' as never), TypeError);
    assert.throws(() => Btf.fromRaw(vmlinux.raw, {} as never), TypeError);
    assert.throws(() => new (Btf as never as new () => unknown)(), TypeError);
  });
});
