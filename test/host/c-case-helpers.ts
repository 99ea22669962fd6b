/** What tests of BPF C as articles show it share: compiling, mending, running. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { TypeSource } from '../../kernel/btf/index.ts';
import { type CompileInput, compileBpfC } from '../../kernel/compile/index.ts';
import { CellError, type Diagnostic, type Fix } from '../../kernel/errors.ts';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb } from './kernel-helpers.ts';

export const folder = scratchFolder();
const btf = TypeSource.fromRaw(readFileSync('/sys/kernel/btf/vmlinux'));
const saved = process.env['EBPFNB_CACHE'];

before(() => {
  process.env['EBPFNB_CACHE'] = join(folder, 'cache');
  mkdirSync(join(folder, 'book'));
});
after(() => {
  if (saved === undefined) delete process.env['EBPFNB_CACHE'];
  else process.env['EBPFNB_CACHE'] = saved;
});

export const compile = (source: string, about: Partial<CompileInput> = {}) =>
  compileBpfC({ source, directory: join(folder, 'book'), headers: [], btf, ...about });

/** What a program is told: all of it when it compiles, what is wrong when it does not. */
export const told = (source: string, about: Partial<CompileInput> = {}): Promise<Diagnostic[]> =>
  compile(source, about).then(
    ({ warnings }) => warnings,
    error => (error instanceof CellError ? error.diagnostics : assert.fail(error)),
  );

/** The text with a fix made. */
export function fixed(source: string, fix: Fix | undefined): string {
  assert.ok(fix, 'there is a fix');
  const lines = source.split('\n');
  const at = ({ line, column }: { line: number; column: number }) =>
    lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, column);
  return [...fix.edits]
    .sort((a, b) => at(b.span.start) - at(a.span.start))
    .reduce(
      (text, { span, text: put }) => text.slice(0, at(span.start)) + put + text.slice(at(span.end)),
      source,
    );
}

export const HEADERS = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
`;
export const BASE = `${HEADERS}char LICENSE[] SEC("license") = "GPL";
const volatile int cpid = 0;
`;
export const OWN = 'if (bpf_get_current_pid_tgid() >> 32 != cpid) return 0;';
export const ON_WRITE =
  'SEC("tp/syscalls/sys_enter_write") int on_write(struct trace_event_raw_sys_enter *ctx)';

let programs = 0;

/** Runs a program with a command of its own, which it may filter by as `cpid`. */
export function traced(source: string, command: string, ...flags: string[]) {
  const file = join(folder, `${programs++}.bpf.c`);
  writeFileSync(file, source);
  return ebpfnb(['trace', ...flags, file, '-c', command]);
}
