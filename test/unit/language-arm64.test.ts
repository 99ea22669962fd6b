/** What is different on arm64: registers, arguments, system calls, memory that the processor watches. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileBpftrace } from '../../kernel/language/index.ts';
import { syscallNames } from '../../kernel/language/tables/syscalls.ts';
import type { LanguageTarget } from '../../kernel/language/target.ts';
import { target } from './language-fixtures.ts';

const arm64: LanguageTarget = { ...target, arch: 'arm64' };

const made = (source: string) => {
  const { cell, diagnostics } = compileBpftrace(source, { target: arm64 });
  return { c: cell?.c ?? '', said: diagnostics.map(({ message }) => message) };
};

describe('arm64', () => {
  for (const [name, word] of [
    ['r0', 0],
    ['r30', 30],
    ['regs[7]', 7],
    ['sp', 31],
    ['pc', 32],
    ['pstate', 33],
  ] as const) {
    test(`reg("${name}") is word ${word} of pt_regs`, () => {
      const { c, said } = made(`kprobe:vfs_read { print(reg("${name}")); }`);
      assert.deepEqual(said, []);
      assert.match(c, new RegExp(`\\[${word}\\]`));
    });
  }

  test('a register of another processor is none', () => {
    const { said } = made('kprobe:vfs_read { print(reg("ax")); }');
    assert.equal(said.length, 1);
    assert.match(said[0]!, /ax/);
  });

  test('eight arguments are in registers', () => {
    const { c, said } = made('kprobe:vfs_read { print(arg7); }');
    assert.deepEqual(said, []);
    assert.match(c, /PT_REGS_PARM8\(ctx\)/);
    assert.match(made('kprobe:vfs_read { print(arg8); }').said[0]!, /^arm64 doesn't support arg8/);
  });

  test('results are read by the name that the architecture gives them', () => {
    assert.match(made('kretprobe:vfs_read { print(retval); }').c, /PT_REGS_RC\(ctx\)/);
  });

  test('system calls have numbers of their own', () => {
    const names = syscallNames('arm64');
    assert.deepEqual([names[56], names[63], names[221]], ['openat', 'read', 'execve']);
  });

  test('reads alone can be watched', () => {
    assert.deepEqual(made('watchpoint:0x1000:8:r { }').said, []);
    assert.notDeepEqual(compileBpftrace('watchpoint:0x1000:8:r { }', { target }).diagnostics, []);
  });
});
