/** Programs for several machines: what is asked for as they are loaded, and is not in their C. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CompileOptions, compileBpftrace } from '../../kernel/language/index.ts';
import { target } from './language-fixtures.ts';

function compile(source: string, options: Partial<CompileOptions> = {}) {
  const { cell, diagnostics } = compileBpftrace(source, { target, portable: true, ...options });
  return { c: cell?.c ?? '', globals: cell?.layout.globals ?? [], said: diagnostics.map(one => one.message) };
}

describe('portable', () => {
  test('options that are numbers or truths are variables, an option once', () => {
    const { c, globals, said } = compile(
      'begin { print(getopt("at-least", 5) + getopt("at-least", 5)); if (getopt("loud")) { exit(); } }',
    );
    assert.deepEqual(said, []);
    assert.deepEqual(
      globals.map(({ name, section, parameter, c }) => [name, section, parameter, c]),
      [
        ['at-least', '.rodata.option_0', true, 'long'],
        ['loud', '.rodata.option_1', true, 'bool'],
      ],
    );
    assert.match(c, /const volatile __s64 option_0 SEC\("\.rodata\.option_0"\) = 5;/);
    assert.match(c, /const volatile _Bool option_1 SEC\("\.rodata\.option_1"\) = 0;/);
  });

  test('an option goes with either sign, as the literal would', () =>
    assert.deepEqual(compile('begin { $n = (uint64)1; print($n > getopt("n", 5)); }').said, []));

  test('texts, and all options where they are fixed, are in the C', () => {
    assert.match(
      compile('begin { printf("%s", getopt("who", "joe")); }', { named: { who: 'ann' } }).c,
      /ann/,
    );
    const fixed = { fixedOptions: true, named: { n: '77' } };
    const { c, globals } = compile('begin { print(getopt("n", 5)); }', fixed);
    assert.deepEqual(globals, []);
    assert.match(c, /\b77\b/);
  });

  test('what must be known before is an error', () =>
    assert.match(compile('begin { @ = lhist(5, 0, getopt("most", 100), 10); }').said.join(), /literal/));

  test('processors and the command that is traced are facts of the run', () => {
    const names = compile('begin { print((ncpus, has_cpid)); @ = sum(1); print(@ + 0); }').globals.map(
      ({ name }) => name,
    );
    assert.deepEqual(names, ['cpid', 'cpus']);
    for (const cpus of [1, 64]) {
      const elsewhere = { target: { ...target, cpus } };
      const source = 'begin { print(ncpus); @ = avg(1); print(@ + 0); }';
      assert.equal(compile(source, elsewhere).c, compile(source).c);
    }
  });
});
