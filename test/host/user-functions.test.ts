/** Probes at functions of programs of our own: by name, wildcard, offset, and as C++ writes them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, skip } from './kernel-helpers.ts';

const SOURCE = `
namespace shop {
__attribute__((noinline)) int sell(int count) { asm volatile(""); return count + 1; }
__attribute__((noinline)) long sell(long count, char letter) { asm volatile(""); return count + letter; }
}
extern "C" __attribute__((noinline)) int sell_all(int count) { asm volatile(""); return shop::sell(count); }
extern "C" __attribute__((noinline)) int sell_none(int count) { asm volatile(""); return -count; }
int stock = 42;
int main() {
	int sum = 0;
	for (int i = 0; i < 5; i++) sum += sell_all(i) + sell_none(i) + shop::sell(3L, 'a');
	return sum == 0;
}
`;

const folder = scratchFolder();
const program = join(folder, 'shop');

before(() => {
  writeFileSync(join(folder, 'shop.cc'), SOURCE);
  const { status, stderr } = spawnSync('g++', ['-O1', '-o', program, join(folder, 'shop.cc')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});

const trace = (source: string, ...flags: string[]) =>
  ebpfnb(['trace', ...flags, '-e', source.replaceAll('BIN', program), '-c', program]);

describe('user functions', { skip }, () => {
  test('arguments and results', () => {
    const { stdout } = trace(
      'uprobe:BIN:sell_none { @in = sum(arg0); } uretprobe:BIN:sell_none { @out = sum((int32)retval); }',
    );
    assert.match(stdout, /@in: 10\n@out: -10\n/);
  });

  test('a wildcard is one program at all places, each told by func', () => {
    const { stdout, stderr } = trace('uprobe:BIN:sell_* { @[func] = count(); }');
    assert.match(stderr, /^Attached 2 probes\n/);
    assert.match(stdout, /@\[sell_all\]: 5\n/);
    assert.match(stdout, /@\[sell_none\]: 5\n/);
  });

  test('a wildcard with the name of the probe is a program each', () => {
    const { stdout } = trace('uprobe:BIN:sell_[an]* { @[probe] = count(); }');
    assert.match(stdout, new RegExp(`@\\[uprobe:${program}:sell_all\\]: 5\n`));
    assert.match(stdout, new RegExp(`@\\[uprobe:${program}:sell_none\\]: 5\n`));
  });

  test('a C++ function in all its forms', () => {
    const { stdout } = trace('uprobe:BIN:cpp:"shop::sell" { @ = count(); }');
    assert.match(stdout, /@: 10\n/);
  });

  test('an offset, within the function', () => {
    assert.match(trace('uprobe:BIN:sell_all+0 { @ = count(); }').stdout, /@: 5\n/);
    const { stderr, status } = trace('uprobe:BIN:sell_all+100000 { @ = count(); }');
    assert.equal(status, 1);
    assert.match(stderr, /Offset outside the function bounds \('sell_all' size is \d+\)/);
  });

  test('the address of a symbol, wherever the program was loaded', () => {
    const { stdout } = trace(
      'uprobe:BIN:sell_all { @entry = *uaddr("stock"); } uretprobe:BIN:sell_none { @exit = *uaddr("stock"); }',
    );
    assert.match(stdout, /@entry: 42\n@exit: 42\n/);
    assert.match(
      trace('uprobe:BIN:sell_all { print(uaddr("stok")); }').stderr,
      /Could not resolve symbol: .*:stok/,
    );
    assert.match(trace('uprobe:BIN:sell_* { print(uaddr("stock")); }').stderr, /needs a probe at one place/);
  });

  test('what is not there is told, with what is', () => {
    assert.match(
      trace('uprobe:BIN:sell_al { }').stderr,
      /No matches for uprobe .*:sell_al\.[\s\S]*Did you mean sell_all\?/,
    );
    assert.match(trace('uprobe:BIN:buy_* { }').stderr, /No matches for uprobe/);
    assert.match(
      trace('uprobe:/bin/nothing:main { }').stderr,
      /uprobe target file '\/bin\/nothing' does not exist/,
    );
    assert.match(trace('uretprobe:BIN:sell_all+4 { }').stderr, /Offset not allowed/);
    assert.match(trace('uprobe:BIN:rust:"x" { }').stderr, /unsupported language type: rust/);
    assert.match(
      trace('config = { missing_probes = warn } uprobe:BIN:nope { } uprobe:BIN:sell_all { @ = count(); }')
        .stdout,
      /@: 5\n/,
    );
  });
});

test('one that was inlined is told by its debug information, with a line that can be probed', {
  skip,
}, () => {
  const source = `int twice(int);
static inline __attribute__((always_inline)) int hidden(int x)
{
	return twice(x) + 1;
}
__attribute__((noinline)) int twice(int x) { asm volatile(""); return 2 * x; }
int main(int argc, char **argv) { return hidden(argc) + hidden(5) == 0; }
`;
  const inlined = join(folder, 'inlined');
  writeFileSync(`${inlined}.c`, source);
  assert.equal(spawnSync('cc', ['-g', '-O1', '-o', inlined, `${inlined}.c`]).status, 0);
  const told = ebpfnb(['trace', '-e', `uprobe:${inlined}:hidden { }`]).stderr;
  const [probe = ''] = /uprobe:\S+@inlined\.c:\d+/.exec(told) ?? [];
  assert.match(told, /It was inlined into its callers/);
  const { stdout, stderr } = ebpfnb(['trace', '-e', `${probe} { @ = count(); }`, '-c', inlined]);
  assert.match(stdout, /@: [1-9]/, stderr);
});
