/** What the loader reads of Go programs: their table of functions, damaged ones too, and their code. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ElfFile } from '../../kernel/loader/symbols/elfFile.ts';
import { goFunctions, goSymbols } from '../../kernel/loader/symbols/goTable.ts';

const START = 0x401000;
const FUNCTIONS = [
  { name: 'main.main', address: START, size: 0x40 },
  { name: 'main.(*T).get', address: START + 0x40, size: 0x20 },
];
const NAMES_AT = 72;
const FUNCTIONS_AT = 128;
const RECORDS_AT = 64;

/** As Go 1.18 and later lay it out. */
function table(magic: number, start = START): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.writeUInt32LE(magic, 0);
  bytes[7] = 8;
  for (const [index, value] of [FUNCTIONS.length, 1, start, NAMES_AT, 0, 0, 0, FUNCTIONS_AT].entries())
    bytes.writeBigUInt64LE(BigInt(value), 8 + index * 8);
  let name = 0;
  for (const [i, { name: text, address }] of FUNCTIONS.entries()) {
    bytes.write(`${text}\0`, NAMES_AT + name, 'latin1');
    bytes.writeUInt32LE(address - START, FUNCTIONS_AT + i * 8);
    bytes.writeUInt32LE(RECORDS_AT + i * 8, FUNCTIONS_AT + i * 8 + 4);
    bytes.writeUInt32LE(name, FUNCTIONS_AT + RECORDS_AT + i * 8 + 4);
    name += text.length + 1;
  }
  bytes.writeUInt32LE(0x60, FUNCTIONS_AT + FUNCTIONS.length * 8);
  return bytes;
}

const elfWith = (bytes: Buffer, section = '.gopclntab') => ({
  section: (name: string) => (name === section ? bytes : undefined),
});

describe("Go's table of functions", () => {
  for (const magic of [0xfffffff0, 0xfffffff1])
    test(`names, places and sizes (${magic.toString(16)})`, () =>
      assert.deepEqual(goFunctions(elfWith(table(magic))), FUNCTIONS));

  test('of a program that can be loaded anywhere', () =>
    assert.equal(goFunctions(elfWith(table(0xfffffff1), '.data.rel.ro.gopclntab')).length, 2));

  test('names what is at an address', () =>
    assert.deepEqual(goSymbols(elfWith(table(0xfffffff1)))?.find(START + 0x48), {
      name: 'main.(*T).get',
      offset: 8,
    }));

  test('of an older Go, or without a start: nothing is known', () => {
    assert.deepEqual(goFunctions(elfWith(table(0xfffffffa))), []);
    assert.deepEqual(goFunctions(elfWith(table(0xfffffff1, 0))), []);
    assert.equal(goSymbols(elfWith(table(0xfffffff1), '.text')), undefined);
  });

  test('damaged anywhere, it says something or nothing', () => {
    const whole = table(0xfffffff1);
    for (let at = 0; at < 256; at++)
      for (const byte of [0, 0x7f, 0xff]) {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        goFunctions(elfWith(bytes));
        goSymbols(elfWith(bytes))?.find(START);
      }
    for (let length = 0; length < whole.length; length += 7) goFunctions(elfWith(whole.subarray(0, length)));
  });
});

/** A file of two segments of 64 bytes: code, and data behind it. */
function twoSegments(): ElfFile {
  const bytes = Buffer.alloc(64 + 2 * 56 + 128, 0xcc);
  bytes.fill(0, 0, 64 + 2 * 56);
  bytes.write('\x7fELF\x02\x01', 'latin1');
  bytes.writeBigUInt64LE(64n, 0x20);
  bytes.writeUInt16LE(2, 0x38);
  for (const [i, flags] of [5, 6].entries()) {
    const at = 64 + i * 56;
    bytes.writeUInt32LE(1, at);
    bytes.writeUInt32LE(flags, at + 4);
    for (const [field, value] of [
      [8, 176 + i * 64],
      [16, 0x1000 * (i + 1)],
      [32, 64],
    ] as const)
      bytes.writeBigUInt64LE(BigInt(value), at + field);
  }
  return new ElfFile((position, length) => bytes.subarray(position, position + length), bytes.length);
}

describe('code of a file', () => {
  test('is handed out, and nothing else', () => {
    const elf = twoSegments();
    assert.equal(elf.code(176, 64).length, 64);
    for (const [offset, size] of [
      [0, 16],
      [176, 65],
      [175, 2],
      [240, 8],
      [Number.NaN, 8],
    ] as const)
      assert.throws(() => elf.code(offset, size), /not code/, `${offset}, ${size}`);
  });

  test('is where an address says', () => {
    const elf = twoSegments();
    assert.equal(elf.offsetOf(0x1010), 192);
    assert.equal(elf.offsetOf(0x1040), undefined);
  });
});
