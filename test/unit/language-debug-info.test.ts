/** What the language makes of debug information: which line is meant, arguments by name, types of the traced program. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileBpftrace, type LanguageTarget } from '../../kernel/language/index.ts';
import type { DataType, FunctionParameter } from '../../kernel/layout.ts';
import { target } from './language-fixtures.ts';

const int: DataType = { kind: 'int', size: 4, signed: true };
const double: DataType = { kind: 'float', size: 8 };
const large: DataType = { kind: 'struct', name: 'large', size: 64, fields: [] };
const pointer = (to: string): DataType => ({ kind: 'pointer', size: 8, to });
const parameter = (name: string, type: DataType): FunctionParameter => ({ name, declaration: name, type });

/** Of the one function that this program has. */
const having = (...parameters: FunctionParameter[]): LanguageTarget => ({
  ...target,
  userSymbols: (path, name) => ({
    path,
    symbols: name ? [{ name, kind: 'function', offset: 0x1000, address: 0x401000, size: 64 }] : [],
  }),
  parameters: () => parameters,
  sourceType: (_, name) =>
    name === 'task_struct'
      ? { kind: 'struct', name, size: 8, fields: [{ name: 'own', offset: 4, type: int }] }
      : undefined,
  sourceLine: (_, file, line, column) => ({
    sites: [{ offset: line * 0x100 + column, address: file.length }],
  }),
});

function compiled(source: string, ...parameters: FunctionParameter[]) {
  const { cell, diagnostics } = compileBpftrace(source, { target: having(...parameters) });
  return { cell, told: diagnostics.map(({ code }) => code) };
}

/** probe → where it is attached; undefined = a function by name is meant */
const LINES: [string, { binary: string; offset: number } | undefined][] = [
  ['/bin/x@shop.c:3', { binary: '/bin/x', offset: 0x300 }],
  ['/bin/x@src/shop.c:3:7', { binary: '/bin/x', offset: 0x307 }],
  ['/bin/x@/src/shop.c:4', { binary: '/bin/x', offset: 0x400 }],
  ['/opt/@scope/bin/x:main', undefined],
  ['/opt/x@1.2/lib/x.so:main', undefined],
  ['/opt/x@1.2/bin/x:main', undefined],
];

for (const [probe, expected] of LINES)
  test(`${probe}: ${expected ? 'a line' : 'a function'}`, () => {
    const { cell, told } = compiled(`uprobe:${probe} { print(1); }`);
    assert.deepEqual(told, []);
    const { attach } = cell!.layout.programs[0]!;
    assert.ok(attach.kind === 'uprobe');
    assert.equal(attach.sites?.[0]?.offset, expected?.offset ?? 0x1000);
    if (expected) assert.equal(attach.binary, expected.binary);
  });

describe('arguments', () => {
  test('numbers with a fraction take no register of the others', () => {
    const { cell } = compiled(
      'uprobe:/bin/x:f { print((args.a, args.b)); }',
      parameter('ratio', double),
      parameter('a', int),
      parameter('b', int),
    );
    assert.match(cell!.c, /PT_REGS_PARM1\(ctx\)[\s\S]*PT_REGS_PARM2\(ctx\)/);
    assert.doesNotMatch(cell!.c, /PT_REGS_PARM3/);
  });

  test('what is passed on the stack has no register', () => {
    const seven = Array.from({ length: 7 }, (_, i) => parameter(`n${i}`, int));
    assert.deepEqual(compiled('uprobe:/bin/x:f { print(args.n0); }', ...seven).told, ['uprobe-args']);
    assert.deepEqual(compiled('uprobe:/bin/x:f { print(args.a); }', parameter('a', large)).told, [
      'uprobe-args',
    ]);
    assert.deepEqual(compiled('uprobe:/bin/x:f { print(arg0); }', ...seven).told, []);
  });

  test("types of the traced program go before Linux's, and are read as its own memory", () => {
    const { cell, told } = compiled(
      'uprobe:/bin/x:f { print(args.task->own); print(((struct task_struct *)arg1)->own); }',
      parameter('task', pointer('task_struct')),
    );
    assert.deepEqual(told, []);
    assert.doesNotMatch(cell!.c, /BPF_CORE_READ/);
    assert.equal(cell!.c.match(/READ_USER\(__s32, /g)?.length, 2);
    const linux = compiled('tracepoint:sched:sched_switch { print(((struct task_struct *)1)->own); }');
    assert.deepEqual(linux.told, ['struct-field']);
  });
});
