/** Debug information: what is made of bytes that nobody vouches for, and of those that compilers write. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cursor } from '../../kernel/loader/dwarf/cursor.ts';
import { DebugInfo } from '../../kernel/loader/dwarf/debugInfo.ts';
import { lineAddresses } from '../../kernel/loader/dwarf/lineAddresses.ts';
import { RangeMap } from '../../kernel/loader/dwarf/ranges.ts';
import type { Sections } from '../../kernel/loader/dwarf/sections.ts';
import { DebugTypes } from '../../kernel/loader/dwarf/types.ts';
import { BoundedCache } from '../../kernel/loader/symbols/boundedCache.ts';

/** bytes → number, as the standard's own examples have them */
const ULEBS: [number[], number][] = [
  [[2], 2],
  [[0x7f], 127],
  [[0x80, 1], 128],
  [[0xb9, 0x64], 12857],
];
const SLEBS: [number[], number][] = [
  [[2], 2],
  [[0x7e], -2],
  [[0xff, 0], 127],
  [[0x81, 0x7f], -127],
  [[0x80, 0x7f], -128],
];

test('numbers of any length', () => {
  for (const [bytes, expected] of ULEBS) assert.equal(new Cursor(Buffer.from(bytes)).uleb(), expected);
  for (const [bytes, expected] of SLEBS) assert.equal(new Cursor(Buffer.from(bytes)).sleb(), expected);
  assert.throws(() => new Cursor(Buffer.from([0x80])).uleb(), RangeError);
  assert.throws(() => new Cursor(Buffer.from('no end')).text(), RangeError);
});

test('of ranges that contain an address, the one that begins last', () => {
  const map = new RangeMap([
    { start: 0, end: 100, value: 'whole' },
    { start: 20, end: 30, value: 'part' },
    { start: 200, end: 210, value: 'other' },
  ]);
  const at = [0, 19, 20, 29, 30, 99, 100, 205, 210].map(address => map.find(address));
  assert.deepEqual(at, ['whole', 'whole', 'part', 'part', 'whole', 'whole', undefined, 'other', undefined]);
});

test('a cache forgets what was asked for longest ago, and never what is asked for now', () => {
  const cache = new BoundedCache<string, { weight: number }>(10);
  const made: string[] = [];
  const get = (key: string, weight: number) =>
    cache.get(key, () => {
      made.push(key);
      return { weight };
    });
  get('a', 4);
  get('b', 4);
  get('a', 4);
  get('c', 4);
  assert.equal(cache.weight, 8);
  get('a', 4);
  get('b', 4);
  get('large', 50);
  assert.equal(cache.weight, 50);
  assert.deepEqual(made, ['a', 'b', 'c', 'b', 'large']);
});

const uleb = (...values: number[]) => Buffer.from(values);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const text = (value: string) => Buffer.from(`${value}\0`);
const sized = (bytes: Buffer) => Buffer.concat([u32(bytes.length), bytes]);

const START = 0x1000;
/** [tag, has children, [attribute, form]…]: a unit, a function with a parameter and an inlined call, a type. */
const ABBREVIATIONS = Buffer.concat([
  uleb(1, 0x11, 1, 0x03, 0x08, 0x1b, 0x08, 0x10, 0x17, 0x11, 0x01, 0x12, 0x07, 0, 0),
  uleb(2, 0x2e, 1, 0x03, 0x08, 0x11, 0x01, 0x12, 0x0b, 0, 0),
  uleb(3, 0x05, 0, 0x03, 0x08, 0x49, 0x13, 0, 0),
  uleb(4, 0x1d, 0, 0x31, 0x13, 0x11, 0x01, 0x12, 0x0b, 0x58, 0x0b, 0x59, 0x0b, 0, 0),
  uleb(5, 0x24, 0, 0x03, 0x08, 0x0b, 0x0b, 0x3e, 0x0b, 0, 0),
  uleb(6, 0x2e, 0, 0x03, 0x08, 0, 0),
  uleb(7, 0x13, 1, 0x03, 0x08, 0x0b, 0x0b, 0, 0),
  // Its location is written in the table itself.
  uleb(8, 0x0d, 0, 0x03, 0x08, 0x49, 0x13, 0x38, 0x21, 4, 0, 0),
  uleb(0),
]);

function unit(): Buffer {
  const head = Buffer.concat([Buffer.from([5, 0, 1, 8]), u32(0)]);
  const parts: Buffer[] = [];
  const place = () => 4 + head.length + parts.reduce((sum, part) => sum + part.length, 0);
  parts.push(Buffer.concat([uleb(1), text('shop.c'), text('/src'), u32(0), u64(START), u64(0x100)]));
  const int = place();
  parts.push(Buffer.concat([uleb(5), text('int'), Buffer.from([4, 5])]));
  const inlined = place();
  parts.push(Buffer.concat([uleb(6), text('price')]));
  parts.push(Buffer.concat([uleb(2), text('checkout'), u64(START), Buffer.from([0x80])]));
  parts.push(Buffer.concat([uleb(3), text('item'), u32(int)]));
  parts.push(Buffer.concat([uleb(4), u32(inlined), u64(START + 0x10), Buffer.from([0x10, 0, 7])]), uleb(0));
  parts.push(Buffer.concat([uleb(7), text('cart'), Buffer.from([8])]));
  parts.push(Buffer.concat([uleb(8), text('items'), u32(int)]), uleb(0), uleb(0));
  return sized(Buffer.concat([head, ...parts]));
}

/** Line 3 at the function's start, line 20 in the inlined call, line 5 behind it. */
function lines(): Buffer {
  const names = Buffer.concat([
    uleb(1, 1, 0x08, 1),
    text('/src'),
    uleb(2, 1, 0x08, 2, 0x0b, 2),
    ...['shop.c', 'shop.c'].map(name => Buffer.concat([text(name), uleb(0)])),
  ]);
  const lengths = Buffer.from([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
  const program = Buffer.concat([
    uleb(0, 9, 2),
    u64(START),
    uleb(3, 2, 1),
    uleb(2, 0x10, 3, 17, 1),
    uleb(2, 0x10, 3, 0x71, 1),
    uleb(2, 0x60, 0, 1, 1),
  ]);
  const parameters = Buffer.from([1, 1, 1, 0xfb, 14, 13]);
  const behind = Buffer.concat([parameters, lengths, names]);
  return sized(Buffer.concat([Buffer.from([5, 0, 8, 0]), u32(behind.length), behind, program]));
}

const NOTHING = Buffer.alloc(0);
const sections = (): Sections => ({
  info: unit(),
  abbrev: ABBREVIATIONS,
  line: lines(),
  ...{
    str: NOTHING,
    line_str: NOTHING,
    ranges: NOTHING,
    rnglists: NOTHING,
    addr: NOTHING,
    str_offsets: NOTHING,
    aranges: NOTHING,
  },
});

test('a unit by hand: function, line, inlined call, parameter, type', () => {
  const info = new DebugInfo(sections());
  const shop = (line: number) => ({ file: '/src/shop.c', line });
  assert.deepEqual(info.locate(START), {
    inlined: [],
    function: { name: 'checkout', offset: 0 },
    place: shop(3),
  });
  assert.deepEqual(info.locate(START + 0x14), {
    inlined: [{ name: 'price', place: shop(20) }],
    function: { name: 'checkout', offset: 0x14 },
    place: shop(7),
  });
  assert.deepEqual(info.locate(START + 0x20)?.place, shop(5));
  assert.equal(info.locate(START + 0x200), undefined);
  const types = new DebugTypes(info);
  const int = { kind: 'int', size: 4, signed: true } as const;
  assert.deepEqual(types.parametersAt(START), [{ name: 'item', declaration: 'int', type: int }]);
  assert.deepEqual(types.named('cart'), {
    kind: 'struct',
    name: 'cart',
    size: 8,
    fields: [{ name: 'items', offset: 4, type: int }],
  });
  assert.deepEqual(lineAddresses(info, 'shop.c', 20, 0), { addresses: [START + 0x10] });
  assert.deepEqual(lineAddresses(info, 'src/shop.c', 4, 0), { file: '/src/shop.c' });
  assert.equal(lineAddresses(info, 'other/shop.c', 20, 0), undefined);
});

test('a list of addresses finds units; what it leaves out is looked for', () => {
  const listed = (unit: number, start: number) =>
    sized(
      Buffer.concat([
        Buffer.from([2, 0]),
        u32(unit),
        Buffer.from([8, 0]),
        u32(0),
        u64(start),
        u64(0x100),
        u64(0),
        u64(0),
      ]),
    );
  const whole = sections();
  const info = (aranges: Buffer) => new DebugInfo({ ...whole, aranges });
  assert.equal(info(listed(0, START)).locate(START)?.function?.name, 'checkout');
  assert.equal(info(listed(0, START + 0x1000)).locate(START), undefined, 'the list is believed');
  assert.equal(info(listed(0x99, START + 0x1000)).locate(START)?.function?.name, 'checkout');
  assert.equal(info(Buffer.from('nonsense')).locate(START)?.function?.name, 'checkout');
});

test('whatever bytes are changed, an answer comes, and soon', () => {
  const whole = sections();
  for (const name of ['info', 'abbrev', 'line'] as const)
    for (let at = 0; at < whole[name].length; at++)
      for (const value of [0, 0x7f, 0xff]) {
        const bytes = Buffer.from(whole[name]);
        bytes[at] = value;
        const info = new DebugInfo({ ...whole, [name]: bytes });
        const types = new DebugTypes(info);
        for (const address of [START, START + 0x14]) {
          info.locate(address);
          types.parametersAt(address);
        }
        types.named('cart');
        types.named('nothing');
        lineAddresses(info, 'shop.c', 20, 0);
      }
});
