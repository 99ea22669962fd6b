/** Symbol tables, mappings and perf maps: what the loader makes of texts and bytes that nobody vouches for. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ElfFile } from '../../kernel/loader/symbols/elfFile.ts';
import { mappingAt, parseMappings } from '../../kernel/loader/symbols/mappings.ts';
import { readPerfMap } from '../../kernel/loader/symbols/perfMap.ts';
import { SymbolTable } from '../../kernel/loader/symbols/table.ts';
import { native } from '../../native/addon.ts';
import { scratchFolder } from '../scratch.ts';

const folder = scratchFolder();

const NAMES = Buffer.from('outer\0inner\0label\0alias\0');
const [OUTER, INNER, LABEL, ALIAS] = [0, 6, 12, 18] as const;

const table = new SymbolTable(
  [
    { address: 0x100, size: 0x100, name: OUTER, rank: 1 },
    { address: 0x120, size: 0x10, name: INNER, rank: 1 },
    { address: 0x300, size: 0, name: LABEL, rank: 1 },
    { address: 0x100, size: 0x100, name: ALIAS, rank: 0 },
  ],
  NAMES,
  0,
);

/** address → name and offset */
const FOUND: [number, string | undefined][] = [
  [0xff, undefined],
  [0x100, 'outer+0'],
  [0x11f, 'outer+31'],
  [0x120, 'inner+0'],
  [0x12f, 'inner+15'],
  [0x130, 'outer+48'],
  [0x200, undefined],
  [0x300, 'label+0'],
  [0x999, 'label+1689'],
];

for (const [address, expected] of FOUND)
  test(`0x${address.toString(16)} is ${expected ?? 'nothing'}`, () => {
    const found = table.find(address);
    assert.equal(found && `${found.name}+${found.offset}`, expected);
  });

const MAPS = `55d0c0a00000-55d0c0a28000 r--p 00000000 fe:00 2310498                    /opt/my app/shop
55d0c0a28000-55d0c0a90000 r-xp 00028000 fe:00 2310498                    /opt/my app/shop
7f0000000000-7f0000001000 rwxp 00000000 00:00 0 
7f1000000000-7f1000001000 r-xp 00001000 fe:00 42                         /tmp/gone.so (deleted)
7ffd0a5f2000-7ffd0a5f4000 r-xp 00000000 00:00 0                          [vdso]
`;

test('mappings: code only, names with blanks, removed files', () => {
  const mappings = parseMappings(MAPS);
  assert.deepEqual(
    mappings.map(({ path, offset, inode, deleted }) => [path, offset, inode, deleted]),
    [
      ['/opt/my app/shop', 0x28000, 2310498, false],
      ['', 0, 0, false],
      ['/tmp/gone.so', 0x1000, 42, true],
      ['[vdso]', 0, 0, false],
    ],
  );
  assert.equal(mappingAt(mappings, 0x55d0c0a28000)?.path, '/opt/my app/shop');
  assert.equal(mappingAt(mappings, 0x55d0c0a90000), undefined);
  assert.equal(mappingAt(mappings, 0x7ffd0a5f3fff)?.path, '[vdso]');
});

test('perf maps: what was written last holds; others may not write for a process', () => {
  const path = join(folder, 'perf-1.map');
  const uid = process.getuid!();
  writeFileSync(path, '1000 20 LazyCompile:~one /a.js:1\n2000 10 two\nnonsense\n1000 30 again\n');
  const first = readPerfMap(path, uid);
  assert.deepEqual(first?.table.find(0x1025), { name: 'again', offset: 0x25 });
  assert.deepEqual(first?.table.find(0x2005), { name: 'two', offset: 5 });
  assert.equal(readPerfMap(path, uid, first), first, 'it has not grown');
  writeFileSync(path, '3000 10 three\n', { flag: 'a' });
  assert.deepEqual(readPerfMap(path, uid, first)?.table.find(0x3000), { name: 'three', offset: 0 });
  assert.equal(readPerfMap(path, uid + 1), undefined);
  assert.ok(readPerfMap(path, undefined), 'nobody knows whose process it was');
  assert.equal(readPerfMap(join(folder, 'none'), uid), undefined);
  assert.equal(readPerfMap(folder, uid), undefined, 'a folder');
});

/** A header, and random bytes behind it. */
function noise(seed: number): Buffer {
  const bytes = Buffer.alloc(4096);
  let state = seed;
  for (let i = 0; i < bytes.length; i++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    bytes[i] = state >> 16;
  }
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]).copy(bytes);
  bytes.writeBigUInt64LE(64n, 0x20);
  bytes.writeUInt16LE(8, 0x38);
  bytes.writeBigUInt64LE(BigInt(seed % 4096), 0x28);
  bytes.writeUInt16LE(16, 0x3c);
  return bytes;
}

test('files that are none of ours are read without harm', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const bytes = noise(seed);
    const elf = new ElfFile((position, length) => bytes.subarray(position, position + length), bytes.length);
    elf.symbols('symtab')?.find(1);
    elf.symbols('dynsym')?.find(1);
    assert.ok(elf.buildId === undefined || /^[0-9a-f]*$/.test(elf.buildId));
    assert.ok(elf.debugLink === undefined || !elf.debugLink.includes('/'));
    elf.addressAt(100);
  }
});

test('anything else is refused', () => {
  const bytes = Buffer.from('#!/bin/sh\n');
  assert.throws(
    () => new ElfFile((at, length) => bytes.subarray(at, at + length), bytes.length),
    /not a 64-bit/,
  );
});

/** `printf 'frame frame frame pointer' | xz --check=crc32 | base64` */
const PACKED =
  '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AAYABNdADMciEaAnPcYImRE7JlnkdxCl+gAADJTS/4AASsZguCdMpBCmQ0BAAAAAAFZWg==';
/** `head -c 200000 /dev/zero`, the same way */
const ZEROS =
  '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4w0/AGFdAABv/f//o7f/Rz5IFXI5YVG4kijmo4YH+e7kHoLTL8U6PAFLsX7JiopNL6MN2X+m44wjEVPgWRjFdYrid/i2lH8MasDedElk4ulcU7IE2PdEDKtfDW1G6eXDdoi3fz/n8wAAAAAAe1jgXAABecCaDAAAq5iK3T4wDYsCAAAAAAFZWg==';
const PLAIN = 'frame frame frame pointer';

test('xz: unpacked within bounds; anything else is refused', () => {
  const packed = Buffer.from(PACKED, 'base64');
  assert.equal(native.unpackXz(packed, 1 << 20).toString(), PLAIN);
  assert.throws(() => native.unpackXz(Buffer.from('no'), 1 << 20), /cannot be unpacked/);
  for (let at = 6; at < packed.length; at++) {
    for (const value of [0, 1, 0x80, 0xe0, 0xff]) {
      const broken = Buffer.from(packed);
      broken[at] = value;
      try {
        assert.ok(native.unpackXz(broken, 1 << 20).length <= 1 << 20);
      } catch (error) {
        assert.match((error as Error).message, /xz/);
      }
    }
    assert.throws(() => native.unpackXz(packed.subarray(0, Math.min(at, 40)), 1 << 20), /xz/);
  }
});

test('xz: what would unpack to too much is refused', () => {
  const packed = Buffer.from(ZEROS, 'base64');
  assert.equal(native.unpackXz(packed, 1 << 20).length, 200_000);
  assert.throws(() => native.unpackXz(packed, 1 << 16), /cannot be unpacked/);
});
