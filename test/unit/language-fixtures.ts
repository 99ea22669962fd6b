/** A target of the language tests' own: a few tracepoints, as tracefs describes them. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CompileOptions, compileBpftrace, type LanguageTarget } from '../../kernel/language/index.ts';
import type { FunctionType } from '../../kernel/language/target.ts';
import type { DataType } from '../../kernel/layout.ts';

const COMMON = [
  'field:unsigned short common_type;	offset:0;	size:2;	signed:0;',
  'field:unsigned char common_flags;	offset:2;	size:1;	signed:0;',
  'field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;',
  'field:int common_pid;	offset:4;	size:4;	signed:1;',
];

const EVENTS: Readonly<Record<string, string[]>> = {
  'sched:sched_switch': [
    'field:char prev_comm[16];	offset:8;	size:16;	signed:0;',
    'field:pid_t prev_pid;	offset:24;	size:4;	signed:1;',
    'field:int prev_prio;	offset:28;	size:4;	signed:1;',
    'field:long prev_state;	offset:32;	size:8;	signed:1;',
    'field:char next_comm[16];	offset:40;	size:16;	signed:0;',
    'field:pid_t next_pid;	offset:56;	size:4;	signed:1;',
  ],
  'sched:sched_process_exec': [
    'field:__data_loc char[] filename;	offset:8;	size:4;	signed:0;',
    'field:pid_t pid;	offset:12;	size:4;	signed:1;',
    'field:pid_t old_pid;	offset:16;	size:4;	signed:1;',
  ],
  'syscalls:sys_enter_openat': [
    'field:int __syscall_nr;	offset:8;	size:4;	signed:1;',
    'field:int dfd;	offset:16;	size:8;	signed:0;',
    'field:const char * filename;	offset:24;	size:8;	signed:0;',
    'field:int flags;	offset:32;	size:8;	signed:0;',
    'field:umode_t mode;	offset:40;	size:8;	signed:0;',
  ],
  'syscalls:sys_exit_openat': [
    'field:int __syscall_nr;	offset:8;	size:4;	signed:1;',
    'field:long ret;	offset:16;	size:8;	signed:1;',
  ],
};

const int = (size: number, signed = true): DataType => ({ kind: 'int', size, signed });

/** A few types of Linux, offsets as they happened to be once. */
const TYPES: Readonly<Record<string, DataType>> = {
  task_struct: {
    kind: 'struct',
    name: 'task_struct',
    size: 3264,
    fields: [
      { name: 'pid', offset: 1456, type: int(4) },
      { name: 'in_execve', offset: 1192, type: int(4, false), bits: { offset: 3, size: 1 } },
      { name: 'real_parent', offset: 1472, type: { kind: 'pointer', size: 8, to: 'task_struct' } },
      {
        name: 'comm',
        offset: 1912,
        type: { kind: 'array', size: 16, element: { ...int(1), display: 'char' } as DataType, length: 16 },
      },
    ],
  },
};

/** Functions of Linux, as BTF describes them. */
const FUNCTIONS: Readonly<Record<string, FunctionType>> = {
  vfs_read: {
    params: [
      { name: 'file', type: { kind: 'pointer', size: 8, to: 'file' } },
      { name: 'buf', type: { kind: 'pointer', size: 8, to: 'char' } },
      { name: 'count', type: int(8, false) },
      { name: 'flags', type: int(4) },
    ],
    returns: int(8),
  },
  vfs_readv: { params: [], returns: int(4) },
  ovl_open: { params: [] },
};

/** As tracefs lists them; two functions of one name cannot be told apart. */
const TRACEABLE = new Map([
  ['vfs_read', ['vmlinux']],
  ['vfs_readv', ['vmlinux']],
  ['vfs_real', ['vmlinux', 'vmlinux']],
  ['ovl_open', ['overlay']],
  ['rcu_gp_init', ['vmlinux']],
]);

export const target: LanguageTarget = {
  arch: 'x64',
  cpus: 2,
  tracepoints: () => Object.keys(EVENTS),
  tracepointFormat: (category, event) => {
    const fields = EVENTS[`${category}:${event}`];
    return (
      fields &&
      `name: ${event}\nID: 1\nformat:\n${[...COMMON, ...fields].map(line => `	${line}\n`).join('')}`
    );
  },
  type: name => TYPES[name],
  functions: () => TRACEABLE,
  functionType: name => FUNCTIONS[name],
  // A program that has every function.
  userSymbols: (path, name) =>
    path === '/bin/x'
      ? { path, symbols: [{ name, kind: 'function', offset: 4096, address: 4096, size: 64 }] }
      : undefined,
};

type Way = Parameters<NonNullable<LanguageTarget['obstacle']>>[0];

/** The same Linux without some ways to attach programs to functions. */
export const lacking = (...ways: Way[]): LanguageTarget => ({
  ...target,
  obstacle: way => (ways.includes(way) ? `this Linux has no ${way}` : undefined),
});

export function compile(source: string, options: Omit<CompileOptions, 'target'> = {}) {
  return compileBpftrace(source, { target, ...options });
}

/** Diagnostics as a terminal shows them. */
export function messages(source: string, options: Omit<CompileOptions, 'target'> = {}): string {
  const lines = source.split('\n');
  return compile(source, options)
    .diagnostics.map(({ severity, message, remedy, span }) => {
      const { start, end } = span!;
      const line = lines[start.line] ?? '';
      const width = Math.max(1, (start.line === end.line ? end.column : line.length) - start.column);
      return [
        `${start.line + 1}:${start.column + 1}-${end.column + 1}: ${severity.toUpperCase()}: ${message}`,
        line,
        ' '.repeat(start.column) + '~'.repeat(width),
        ...(remedy ? [`${remedy}`] : []),
      ].join('\n');
    })
    .join('\n');
}

const GOLDEN = fileURLToPath(new URL('./golden/language/', import.meta.url));

/** Compares with a golden file; UPDATE_GOLDEN=1 writes it. */
export function golden(name: string, text: string): void {
  const path = GOLDEN + name;
  if (process.env['UPDATE_GOLDEN']) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, 'utf8'), `golden file ${name} (UPDATE_GOLDEN=1 renews it)`);
}
