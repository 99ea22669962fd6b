import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { BTF_KIND, TypeSource } from '../../kernel/btf/index.ts';
import { findClang } from '../../kernel/compile/index.ts';
import type { DataType, Field } from '../../kernel/layout.ts';

/** The object of a C text, for its BTF. */
function object(c: string): Buffer {
  const { status, stdout, stderr } = spawnSync(
    findClang(),
    ['-target', 'bpf', '-O2', '-g', '-c', '-x', 'c', '-', '-o', '-'],
    { input: c },
  );
  assert.equal(status, 0, stderr.toString());
  return stdout;
}

const types = TypeSource.fromElf(
  object(`
typedef unsigned int u32; typedef unsigned long long u64; typedef signed char s8; typedef unsigned char u8;
typedef struct { int counter; } atomic_t;
typedef u32 *words;
enum color { RED = -1, BLUE = 5 };
enum wide { BIG = 0x100000000000ULL };
struct node { struct node *next; const struct node *const *up; void *any; char *text; atomic_t *count; int (*call)(int); words w; };
struct all {
  _Bool flag; char letter; s8 tiny; u8 octet; short half; u64 big_ns; u32 len_bytes; u64 addr; u32 addr32;
  char name[12]; s8 signed_name[3]; u8 raw[5]; u32 nums[3]; char lines[2][8];
  enum color color; enum wide wide; atomic_t users; const volatile u32 qualified; double real; __int128 huge;
  union { u32 left; u64 right; };
  struct { u32 inner; struct { u8 deep; }; };
  struct node node;
};
struct bits { u32 a : 3; u32 b : 7; u64 c : 40; s8 d : 2; u32 : 4; u32 whole; };
struct __attribute__((packed)) tight { u8 first; u32 odd : 30; u64 next; };
struct only_declared;
struct all all; struct bits bits; struct tight tight; struct only_declared *declared;
static int hidden = 3; const volatile u64 limit = 5; int zeroed;
__attribute__((section("uprobe"))) int entry(struct node *ctx, u64 value) { return hidden++ + limit; }
extern long other(const char *format, ...);
__attribute__((section("uprobe"))) long calls(void) { return other("x", 1); }
`),
);

function fields(name: string): Map<string, Field> {
  const type = types.type(name);
  assert.ok(type && 'fields' in type, name);
  return new Map(type.fields.map(field => [field.name, field]));
}

const u32 = { kind: 'int', size: 4, signed: false } as const;

/** member of struct all → its type */
const ALL: [name: string, offset: number, type: DataType][] = [
  ['flag', 0, { kind: 'bool', size: 1 }],
  ['letter', 1, { kind: 'int', size: 1, signed: true, display: 'char' }],
  ['tiny', 2, { kind: 'int', size: 1, signed: true }],
  ['octet', 3, { kind: 'int', size: 1, signed: false }],
  ['half', 4, { kind: 'int', size: 2, signed: true }],
  ['big_ns', 8, { kind: 'int', size: 8, signed: false }],
  ['len_bytes', 16, u32],
  ['addr', 24, { kind: 'int', size: 8, signed: false }],
  ['addr32', 32, u32],
  ['name', 36, { kind: 'string', size: 12 }],
  ['signed_name', 48, { kind: 'string', size: 3 }],
  ['raw', 51, { kind: 'bytes', size: 5 }],
  ['nums', 56, { kind: 'array', size: 12, element: u32, length: 3 }],
  ['lines', 68, { kind: 'array', size: 16, element: { kind: 'string', size: 8 }, length: 2 }],
  [
    'color',
    84,
    {
      kind: 'enum',
      name: 'color',
      size: 4,
      signed: true,
      values: [
        ['RED', -1],
        ['BLUE', 5],
      ],
    },
  ],
  ['wide', 88, { kind: 'enum', name: 'wide', size: 8, signed: false, values: [['BIG', 0x100000000000]] }],
  [
    'users',
    96,
    {
      kind: 'struct',
      name: 'atomic_t',
      size: 4,
      fields: [{ name: 'counter', offset: 0, type: { kind: 'int', size: 4, signed: true } }],
    },
  ],
  ['qualified', 100, u32],
  ['real', 104, { kind: 'float', size: 8 }],
  ['huge', 112, { kind: 'bytes', size: 16 }],
  ['left', 128, u32],
  ['right', 128, { kind: 'int', size: 8, signed: false }],
  ['inner', 136, u32],
  ['deep', 140, { kind: 'int', size: 1, signed: false }],
];

test('members of a struct, with those of nameless members as its own', () => {
  const all = fields('struct all');
  for (const [name, offset, type] of ALL) assert.deepEqual(all.get(name), { name, offset, type }, name);
  assert.equal(all.size, ALL.length + 1, 'and node');
});

test('bitfields: the unit they are read from, their first bit and width', () => {
  const bits = fields('bits');
  const at = (name: string) => [bits.get(name)?.offset, bits.get(name)?.bits];
  assert.deepEqual(at('a'), [0, { offset: 0, size: 3 }]);
  assert.deepEqual(at('b'), [0, { offset: 3, size: 7 }]);
  assert.deepEqual(at('c'), [0, { offset: 10, size: 40 }]);
  assert.deepEqual(at('d'), [6, { offset: 2, size: 2 }]);
  assert.deepEqual(at('whole'), [8, undefined]);
  assert.deepEqual(fields('tight').get('odd'), {
    name: 'odd',
    offset: 1,
    type: u32,
    bits: { offset: 0, size: 30 },
  });
});

test('pointers name what they lead to, so that it can be asked for', () => {
  const to = (name: string) => (fields('node').get(name)!.type as { to?: string }).to;
  assert.deepEqual(['next', 'up', 'any', 'text', 'count', 'call', 'w'].map(to), [
    'node',
    'node *',
    undefined,
    'char',
    'atomic_t',
    undefined,
    'unsigned int',
  ]);
});

test('types by C name', () => {
  assert.deepEqual(types.type('u32'), u32);
  assert.deepEqual(types.type('const unsigned int'), u32);
  assert.deepEqual(types.type('struct all *'), { kind: 'pointer', size: 8, to: 'all' });
  assert.deepEqual(types.type('void *'), { kind: 'pointer', size: 8 });
  assert.equal(types.type('union all'), undefined, 'it is a struct');
  assert.equal(types.type('entry'), undefined, 'a function is no type');
  assert.equal(types.type('only_declared'), undefined);
  assert.equal(types.type('nothing'), undefined);
});

test('enumerations by their constants', () => {
  assert.deepEqual(types.enumeration('BLUE'), types.type('enum color'));
  assert.deepEqual(types.enumeration('BIG'), types.type('enum wide'));
  assert.equal(types.enumeration('color'), undefined);
});

test('variables of data sections, statics too', () => {
  const found = (section: string) =>
    types.datasec(section).map(({ name, offset, size, linkage }) => ({ name, offset, size, linkage }));
  assert.deepEqual(found('.data'), [{ name: 'hidden', offset: 0, size: 4, linkage: 'static' }]);
  assert.deepEqual(found('.rodata'), [{ name: 'limit', offset: 0, size: 8, linkage: 'global' }]);
  assert.equal(found('.bss').find(({ name }) => name === 'zeroed')?.size, 4);
  assert.deepEqual(found('.none'), []);
  assert.ok(types.datasecs().includes('.bss'));
});

test('function prototypes', () => {
  assert.deepEqual(types.func('entry'), {
    name: 'entry',
    returns: { kind: 'int', size: 4, signed: true },
    params: [
      { name: 'ctx', type: { kind: 'pointer', size: 8, to: 'node' } },
      { name: 'value', type: { kind: 'int', size: 8, signed: false } },
    ],
    variadic: false,
  });
  assert.equal(types.func('other')?.variadic, true);
  assert.equal(types.func('none'), undefined);
});

test('what is not BTF is refused', () => {
  const raw = Buffer.from(types.file.raw);
  assert.throws(() => TypeSource.fromRaw(Buffer.alloc(64)), /not BTF/);
  assert.throws(() => TypeSource.fromRaw(raw.subarray(0, 10)), /not BTF/);
  assert.throws(() => TypeSource.fromRaw(raw.subarray(0, raw.length / 2)), /damaged BTF/);
  assert.throws(() => TypeSource.fromElf(Buffer.from('#!/bin/sh\n')), /not a 64-bit/);
});

test('equal bytes have equal fingerprints', () => {
  assert.equal(TypeSource.fromRaw(types.file.raw).fingerprint, types.fingerprint);
});

test('a damaged type that is another name of itself is refused, not followed for ever', () => {
  const bytes = object('typedef int number; typedef number again; again one;');
  const { file } = TypeSource.fromElf(bytes);
  const [outer, inner] = ['again', 'number'].map(name => file.find(name)[0]!);
  assert.equal(file.kind(file.strip(outer!)), BTF_KIND.int);
  // A typedef is three words: its name, its kind, what it stands for.
  const named = (id: number) => {
    const words = Buffer.from(Uint32Array.of(file.nameOffset(id), BTF_KIND.typedef << 24).buffer);
    return bytes.indexOf(words) + words.length;
  };
  bytes.writeUInt32LE(outer!, named(inner!));
  assert.throws(() => TypeSource.fromElf(bytes).file.strip(outer!), /BTF type \d+ is another name of itself/);
});
