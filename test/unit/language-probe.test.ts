/** What is said of one probe, and the program that it begins with. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeProbe, probeSnippet } from '../../kernel/language/editor/index.ts';
import { checkBpftrace, type LanguageTarget } from '../../kernel/language/index.ts';
import { target } from './language-fixtures.ts';

const OPENAT = 'tracepoint:syscalls:sys_enter_openat';
const functions: LanguageTarget = {
  ...target,
  functions: () => new Map([['vfs_read', ['vmlinux']]]),
  functionType: name =>
    name === 'vfs_read'
      ? {
          params: [
            { name: 'file', type: { kind: 'pointer', size: 8, to: 'file' } },
            { name: 'count', type: { kind: 'int', size: 8, signed: false } },
          ],
          returns: { kind: 'int', size: 8, signed: true },
        }
      : undefined,
};
const without: LanguageTarget = { ...functions, obstacle: way => `no ${way} here` };

const SAID: [probe: string, target: LanguageTarget, says: RegExp][] = [
  [OPENAT, target, /\| `filename` \| `int8 \*` \| `const char \* filename` \|/],
  ['kprobe:vfs_read', functions, /int64 vfs_read\(struct file \*file, uint64 count\)/],
  ['kprobe:vfs_read', without, /⚠ kprobe:vfs_read cannot be attached: no kprobe here/],
  ['kprobe:vfs_raed', functions, /⚠ .*not traceable.* Did you mean vfs_read\?/],
  ['interval:s:1', target, /regular times/],
];
describe('a probe is described', () => {
  for (const [probe, where, says] of SAID)
    test(`${probe}: ${says.source}`, () =>
      assert.match(describeProbe(probe, { target: where }) ?? 'nothing', says));
  test('a name that is no probe', () => assert.equal(describeProbe('nonsense:x', { target }), undefined));
});

const PROGRAMS: [probe: string, prints: string][] = [
  [OPENAT, '"%s %d %s %d %u\\n", comm, args.dfd, str(args.filename), args.flags, args.mode'],
  ['tracepoint:syscalls:sys_exit_openat', '"%s %d\\n", comm, args.ret'],
  ['kprobe:vfs_read', '"%s\\n", comm'],
  ['kretprobe:vfs_read', '"%s %d\\n", comm, retval'],
  ['fexit:vfs_read', '"%s %p %u %d\\n", comm, args.file, args.count, retval'],
  ['interval:s:1', '"%s\\n", comm'],
];
describe('a first program', () => {
  for (const [probe, prints] of PROGRAMS)
    test(probe, () => {
      const source = probeSnippet(probe, { target: functions });
      assert.equal(source, `${probe}\n{\n  printf(${prints});\n}\n`);
      assert.deepEqual(checkBpftrace(source, { target: functions }), []);
    });
});
