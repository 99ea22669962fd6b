/** Probes at functions of Go: which are meant, where they attach, and what is told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { globPattern } from '../../kernel/glob.ts';
import { dictionaryIndex, goGlob } from '../../kernel/language/checker/goFunctions.ts';
import type { CompileOptions, LanguageTarget } from '../../kernel/language/index.ts';
import { compileBpftrace } from '../../kernel/language/index.ts';
import { type DataType, placesOf, type UserSymbol } from '../../kernel/layout.ts';
import { target } from './language-fixtures.ts';

const NAMES = [
  'main.sum',
  'main.endless',
  'main.(*T).get',
  'main.(*subT).get',
  'main.largest[go.shape.int]',
  'in_c',
  'main.main',
  'main.pair[go.shape.int,go.shape.string]',
];
const SYMBOLS = NAMES.map((name, i): UserSymbol => {
  const offset = 0x1000 * (i + 1);
  return { name, kind: 'function', offset, address: 0x400000 + offset, size: 0x100 };
});
/** By place; main.endless has none. */
const RETURNS: Record<number, number[]> = { 4096: [8, 20], 8192: [], 12288: [4], 16384: [4], 20480: [4] };

/** As the loader finds them: by name, else by glob. */
function matching(pattern: string): UserSymbol[] {
  const exact = SYMBOLS.filter(({ name }) => name === pattern);
  return exact.length > 0 ? exact : SYMBOLS.filter(({ name }) => globPattern(pattern).test(name));
}

const withGo = (go: boolean): LanguageTarget => ({
  ...target,
  userSymbols: (path, pattern) => ({ path, symbols: matching(pattern), ...(go ? { go } : {}) }),
  functionReturns: (_, offset) => RETURNS[offset],
});

function compiled(source: string, options: Partial<CompileOptions> = {}) {
  const { cell, diagnostics } = compileBpftrace(source, { target: withGo(true), ...options });
  return {
    cell,
    told: diagnostics.map(({ code, severity }) => `${code} (${severity ?? 'error'})`),
    diagnostics,
  };
}

/** Offsets and cookies of a program's first probe. */
function sites(source: string) {
  const attach = compiled(source).cell?.layout.programs[0]?.attach;
  assert.equal(attach?.kind, 'uprobe');
  return (attach as { sites: { offset: number; cookie: number }[] }).sites.map(({ offset, cookie }) => [
    offset,
    cookie,
  ]);
}

describe('names of Go as globs', () => {
  const CASES: [written: string, glob: string][] = [
    ['main.sum', 'main.sum'],
    ['main.(*T).get', 'main.([*]T).get'],
    ['main.(*T).*', 'main.([*]T).*'],
    ['main.(*).get', 'main.(*).get'],
    ['main.largest[...]', 'main.largest[[]*]'],
    ['main.(*tree[...]).add', 'main.([*]tree[[]*]).add'],
  ];
  for (const [written, glob] of CASES) test(written, () => assert.equal(goGlob(written), glob));
});

describe('the argument that nobody wrote', () => {
  const CASES: [name: string, index: number | undefined][] = [
    ['main.sum', undefined],
    ['main.(*T).get', undefined],
    ['main.largest[go.shape.int]', 0],
    ['main.(*list[go.shape.int]).put', 1],
    ['main.list[go.shape.int].put', 1],
    ['main.(*list[go.shape.int_0]).put', 0],
    ['main.(*pair[go.shape.int_0,go.shape.string_1]).put', 0],
    ['main.largest[go.shape.int].func1', undefined],
    ['main.(*list[go.shape.int]).put.func1', undefined],
  ];
  for (const [name, index] of CASES) test(name, () => assert.equal(dictionaryIndex(name), index));
});

describe('functions of Go', () => {
  test('a return is at each return instruction, the cookie the way back to the entry', () => {
    const { cell, told } = compiled('uretprobe:/bin/x:main.sum { print(retval); }');
    assert.deepEqual(told, ['go-returns (warning)']);
    assert.deepEqual(cell!.layout.programs[0]!.attach, {
      kind: 'uprobe',
      binary: '/bin/x',
      sites: [
        { offset: 0x1008, semaphore: 0, cookie: 8 },
        { offset: 0x1014, semaphore: 0, cookie: 20 },
      ],
      ret: false,
    });
    assert.match(cell!.c, /SEC\("uprobe"\)/);
  });

  test('however often it returns, it is one place', () => {
    const { probe, attach } = compiled('uretprobe:/bin/x:main.sum { print(1); }').cell!.layout.programs[0]!;
    assert.equal(placesOf(probe, attach), 1);
  });

  test('func and uaddr() go back to the entry', () => {
    const { cell } = compiled('uretprobe:/bin/x:main.sum { print(func); print(uaddr("main.sum")); }');
    const back = cell!.c.match(/PT_REGS_IP\(ctx\) - bpf_get_attach_cookie\(ctx\)/g);
    assert.equal(back?.length, 2);
  });

  test('stacks get the caller that Linux leaves out', () => {
    const helper = (source: string) => /\b(user_stack\w*)\(ctx/.exec(compiled(source).cell!.c)?.[1];
    assert.equal(helper('uprobe:/bin/x:main.sum { print(ustack); }'), 'user_stack_at_entry');
    assert.equal(helper('uprobe:/bin/x:main.sum { print(ustack(1)); }'), 'user_stack');
    assert.equal(helper('uprobe:/bin/x:main.sum+4 { print(ustack); }'), 'user_stack');
    assert.equal(helper('uretprobe:/bin/x:main.sum { print(ustack); }'), 'user_stack_of_caller');
    assert.equal(helper('uprobe:/bin/x:in_c { print(ustack); }'), 'user_stack');
  });

  test('a receiver is that one alone', () => {
    assert.deepEqual(sites('uprobe:/bin/x:main.(*T).* { print(1); }'), [[0x3000, 0]]);
    assert.deepEqual(sites('uprobe:/bin/x:main.(*).get { print(1); }'), [
      [0x3000, 0],
      [0x4000, 0],
    ]);
  });

  test('type arguments as they are, or any', () => {
    for (const name of ['main.largest[go.shape.int]', 'main.largest[...]', '"main.largest[go.shape.int]"'])
      assert.deepEqual(sites(`uprobe:/bin/x:${name} { print(1); }`), [[0x5000, 0]], name);
  });

  test('a comma between type arguments is one of the name', () => {
    const { cell } = compiled(
      'uprobe:/bin/x:main.pair[go.shape.int,go.shape.string],uprobe:/bin/x:main.sum { print(1); }',
    );
    assert.deepEqual(
      cell!.layout.programs.map(({ probe }) => probe),
      ['uprobe:/bin/x:main.pair[go.shape.int,go.shape.string]', 'uprobe:/bin/x:main.sum'],
    );
  });

  test('a wildcard leaves out what never returns; functions of C return as ever', () => {
    assert.deepEqual(sites('uretprobe:/bin/x:main.[se]* { print(1); }'), [
      [0x1008, 8],
      [0x1014, 20],
    ]);
    const { cell, told } = compiled('uretprobe:/bin/x:in_c { print(1); }');
    assert.deepEqual(told, []);
    assert.equal((cell!.layout.programs[0]!.attach as { ret: boolean }).ret, true);
    const mixed = compiled('uretprobe:/bin/x:*n* { print(1); }').cell!.layout.programs;
    assert.deepEqual(
      mixed.map(({ attach }) => (attach as { ret: boolean }).ret),
      [false, true],
    );
  });

  test('one that never returns is told', () => {
    assert.deepEqual(compiled('uretprobe:/bin/x:main.endless { print(1); }').told, ['go-no-return (error)']);
  });

  test('the option', () => {
    const asked = (way: string) =>
      compiled(`config = { go_uretprobe = ${way} } uretprobe:/bin/x:main.sum { print(1); }`);
    assert.deepEqual(asked('error').told, ['go-uretprobe (error)']);
    const { cell, told } = asked('trampoline');
    assert.deepEqual(told, ['go-trampoline (warning)']);
    assert.equal((cell!.layout.programs[0]!.attach as { ret: boolean }).ret, true);
    assert.match(cell!.c, /SEC\("uretprobe"\)/);
  });

  test('arguments by number, where Go passes others', () => {
    const told = (source: string, go = true) =>
      compiled(source, { target: withGo(go) }).diagnostics.map(({ remedy }) => remedy);
    assert.match(told('uprobe:/bin/x:main.sum { print(arg0); }')[0]!, /Write reg\("ax"\) instead/);
    assert.match(told('uprobe:/bin/x:main.sum { print(arg5); }')[0]!, /Write reg\("r8"\) instead/);
    assert.deepEqual(told('uprobe:/bin/x:main.sum { print(reg("ax")); }'), []);
    assert.deepEqual(told('uprobe:/bin/x:in_c { print(arg0); }'), []);
    assert.deepEqual(told('uprobe:/bin/x:main.sum { print(arg0); }', false), []);
    const arm64 = compiled('uprobe:/bin/x:main.sum { print(arg0); }', {
      target: { ...withGo(true), arch: 'arm64' },
    });
    assert.deepEqual(arm64.told, []);
  });

  test('arguments by name: part by part in registers, whole on the stack where they do not fit', () => {
    const WORD = { kind: 'int', size: 8, signed: true } as const;
    const POINTER = { kind: 'pointer', size: 8 } as const;
    const struct = (names: string, size: number, ...types: DataType[]): DataType => ({
      kind: 'struct',
      size,
      fields: types.map((type, i) => ({ name: names.split(' ')[i]!, offset: i * 8, type })),
    });
    const parameters: [name: string, type?: DataType][] = [
      ['text', struct('str len', 16, POINTER, WORD)],
      ['fraction', { kind: 'float', size: 8 }],
      ['list', struct('array len cap', 24, POINTER, WORD, WORD)],
      ['codes', { kind: 'array', size: 32, element: WORD, length: 4 }],
      ['one', { kind: 'array', size: 8, element: WORD, length: 1 }],
      ['count', WORD],
      ['wide', struct('a b c', 24, WORD, WORD, WORD)],
      ['last', WORD],
      ['partly', struct('a b', 24, WORD, WORD)],
      ['function'],
      ['behind', WORD],
    ];
    const asked = (source: string) =>
      compiled(`uprobe:/bin/x:main.sum { ${source} }`, {
        target: {
          ...withGo(true),
          parameters: () =>
            parameters.map(([name, type]) => ({ name, declaration: 'type', ...(type ? { type } : {}) })),
        },
      });
    const words = (source: string) =>
      [...asked(source).cell!.c.matchAll(/\(\(__u64 \*\)ctx\)\[(\d+)\]/g)].map(([, word]) => Number(word));
    // ax 10, bx 5 and cx 11, then di 14, si 13, r8 9, r9 8, r10 7, r11 6: words of struct pt_regs.
    assert.deepEqual(words('print(args.count);'), [8]);
    assert.deepEqual(words('print(args.last);'), [7]);
    assert.deepEqual(words('print(args.text);').sort(), [10, 5]);
    for (const name of ['fraction', 'list', 'codes', 'wide', 'partly', 'function', 'behind'])
      assert.deepEqual(asked(`print(args.${name});`).told, ['unknown-field (error)'], name);
    assert.deepEqual(compiled('uprobe:/bin/x:main.sum { print(args.a); }').told, ['go-args (error)']);
  });

  test('a name that there is not may have been inlined', () => {
    const { diagnostics } = compiled('uprobe:/bin/x:main.sun { print(1); }');
    assert.match(diagnostics[0]!.remedy!, /Did you mean main\.sum\?.*go build -gcflags=-l/);
  });

  test('of a stripped program without a table there are no names', () => {
    const { diagnostics } = compiled('uprobe:/bin/x:main.sum { print(1); }', {
      target: { ...withGo(true), userSymbols: path => ({ path, symbols: [], go: true }) },
    });
    assert.match(diagnostics[0]!.remedy!, /without -ldflags=-s/);
  });

  test('an editor that does not know yet where a function returns does not say that it never does', () => {
    const { functionReturns: _, ...unknown } = withGo(true);
    const { told } = compiled('uretprobe:/bin/x:main.endless { print(1); }', { target: unknown });
    assert.deepEqual(told, ['go-returns (warning)']);
  });
});
