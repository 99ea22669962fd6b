/** Whose a map is: the program's own, or another cell's. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkBpftrace, mapsNamedIn } from '../../kernel/language/index.ts';
import { compile, target } from './language-fixtures.ts';

/** The maps that another cell owns. */
const { maps: others } = compile(
  'begin { @x = 1; @s = "text"; @k["key"] = 1; @c = count(); @t[1, "key"] = (1, "a"); }',
);

/** `own` and `borrowed`: names of maps; a program that is wrong has neither. */
const ROWS: [program: string, own: string[], borrowed: string[]][] = [
  ['print(@x);', [], ['@x']],
  ['$v = @x + 1; print($v);', [], ['@x']],
  ['print(@k["key"]); print(len(@k));', [], ['@k']],
  ['if (has_key(@k, "k")) { }', [], ['@k']],
  ['for ($kv : @k) { print($kv); }', [], ['@k']],
  ['print(@t[1, "key"].1);', [], ['@t']],
  ['if (@c > 5) { exit(); }', [], ['@c']],
  ['clear(@k); zero(@c); delete(@x);', [], ['@c', '@k', '@x']],
  ['@y = @x;', ['@y'], ['@x']],
  ['@x = 2;', ['@x'], []],
  ['@x = "another type";', ['@x'], []],
  ['@x++;', ['@x'], []],
  ['@x += 1;', ['@x'], []],
  ['@x[1] = @s;', ['@x'], ['@s']],
  ['@c = sum(1);', ['@c'], []],
  ['@k["a much longer key"] = 1;', ['@k'], []],
  ['print(@k["a much longer key"]);', [], []],
  ['print(@nobody);', [], []],
];
for (const [body, own, borrowed] of ROWS) {
  test(body, () => {
    const { cell, maps = new Map() } = compile(`begin { ${body} }`, { maps: others! });
    const names = cell?.layout.maps.flatMap(map => (map.borrowed ? [map.name] : [])) ?? [];
    assert.deepEqual([[...maps.keys()].sort(), names.sort()], [own, borrowed]);
  });
}

test('a map that is declared is its own', () => {
  const { maps } = compile('let @k = hash(5);\nbegin { @k[1] = 1; print(@k); }', { maps: others! });
  assert.deepEqual([...maps!.keys()], ['@k']);
});

test('what a reader is made of equals what the owner is made of', () => {
  const owner = compile('begin { @h[comm, 1] = hist(5); }');
  const reader = compile('begin { print(@h); }', { maps: owner.maps! });
  const struct = (c = '') => /struct map_h_key \{[^}]*\};/.exec(c)?.[0];
  assert.ok(struct(owner.cell?.c));
  assert.equal(struct(reader.cell?.c), struct(owner.cell?.c));
  const [own] = owner.cell!.layout.maps;
  const [other] = reader.cell!.layout.maps;
  assert.deepEqual({ ...other, borrowed: undefined }, { ...own, borrowed: undefined, printAtEnd: false });
});

describe('maps of BPF C, of which an editor knows the names only', () => {
  const maps = mapsNamedIn(
    'struct { … } first SEC(".maps"), second SEC( ".maps" );\nint third SEC(".data");',
  );

  const check = (body: string) => checkBpftrace(`begin { ${body} }`, { target, maps });

  test('their names', () => assert.deepEqual([...maps.keys()], ['@first', '@second']));

  for (const body of [
    'print(@first);',
    'print(@first[1, "a"]); print(@first[2, "b"].field);',
    'if (@first > 3) { @mine[@first] = @first; }',
    'for ($kv : @second) { print($kv.0); printf("%d %s\\n", $kv.1, $kv.0); }',
    'clear(@second); delete(@first, 1); print(len(@first));',
    '@second = count();',
  ])
    test(body, () => assert.deepEqual(check(body), []));

  test('others are as undefined as before', () => {
    const [problem] = check('print(@third);');
    assert.equal(problem?.code, 'undefined-map');
  });
});

test('without other cells, a map that is only read is undefined', () => {
  const { diagnostics } = compile('begin { print(@x); }');
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['undefined-map'],
  );
});
