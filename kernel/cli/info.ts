/** `ebpfnb trace --info`: what this host can do, in bpftrace's words, so that test runners can read it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { machine, release, type as system } from 'node:os';
import type { TypeSource } from '../btf/index.ts';
import { findClang } from '../compile/index.ts';
import { NotebookKernel } from '../session/kernel.ts';
import { silent } from './listener.ts';
import { terminalElevation } from './terminal.ts';
import { versionText } from './version.ts';

/** What a feature is known by: a function or struct that Linux has only when it was built in. */
const func = (name: string) => (btf: TypeSource) => btf.func(name) !== undefined;
const struct = (name: string) => (btf: TypeSource) => btf.type(`struct ${name}`) !== undefined;

const HELPERS = {
  probe_read_user: func('bpf_probe_read_user'),
  probe_read_user_str: func('bpf_probe_read_user_str'),
  probe_read_kernel: func('bpf_probe_read_kernel'),
  probe_read_kernel_str: func('bpf_probe_read_kernel_str'),
  get_current_cgroup_id: func('bpf_get_current_cgroup_id'),
  send_signal: func('bpf_send_signal'),
  override_return: func('bpf_override_return'),
  get_boot_ns: func('bpf_ktime_get_boot_ns'),
  get_tai_ns: func('bpf_ktime_get_tai_ns'),
  get_func_ip: func('bpf_get_func_ip_tracing'),
  jiffies64: func('bpf_jiffies64'),
  dpath: func('bpf_d_path'),
  get_stack: func('bpf_get_stack'),
  strncmp: func('bpf_strncmp'),
  skboutput: func('bpf_skb_event_output'),
  for_each_map_elem: func('bpf_for_each_map_elem'),
  lookup_percpu_elem: func('bpf_map_lookup_percpu_elem'),
  loop: func('bpf_loop'),
};
const FEATURES = {
  btf: () => true,
  'module btf': func('btf_module_notify'),
  'map batch': func('generic_map_lookup_batch'),
  'uprobe refcount': func('uprobe_register'),
};
const MAPS = {
  hash: func('htab_map_alloc'),
  array: func('array_map_alloc'),
  stack_trace: func('stack_map_alloc'),
  ringbuf: func('ringbuf_map_alloc'),
};
const PROBES = {
  kprobe: func('register_kprobe'),
  tracepoint: func('perf_trace_run_bpf_submit'),
  perf_event: func('perf_event_set_bpf_prog'),
  uprobe: func('uprobe_register'),
  kprobe_multi: struct('bpf_kprobe_multi_link'),
  kprobe_session: (btf: TypeSource) =>
    struct('bpf_kprobe_multi_link')(btf) && struct('bpf_session_run_ctx')(btf),
  uprobe_multi: struct('bpf_uprobe_multi_link'),
  iter: func('bpf_iter_run_prog'),
  'iter:task': struct('bpf_iter__task'),
  'iter:task_file': struct('bpf_iter__task_file'),
  'iter:task_vma': struct('bpf_iter__task_vma'),
};

/** What bpftrace can do with libraries that it can be built with, and that test runners ask for: it is here, too, or not. */
const BUILD = {
  'libdw (DWARF support)': true,
  'blazesym (advanced symbolization)': true,
  'dwunwind (DWARF stack unwinding)': false,
};

/** The verifier's, since Linux 5.2. */
const INSTRUCTIONS = '1000000';

/** Whether it attaches depends on more than what is built in, so it is tried. */
const FENTRY = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
SEC("fentry/bpf_fentry_test1") int probe(void *ctx) { return 0; }
`;

/** Throws CellError when the loader cannot start. */
export async function infoText(): Promise<string> {
  const kernel = new NotebookKernel(terminalElevation, silent);
  try {
    const { loader, target } = await kernel.holder.connect();
    const cell = { id: 'fentry', language: 'bpf-c', source: FENTRY } as const;
    const input = { notebook: 'info', directory: process.cwd(), cell, headers: [], dryRun: true };
    const { reason } = await kernel.start(input).ended;
    const known = (rows: Record<string, (btf: TypeSource) => boolean>) =>
      Object.entries(rows).map(([name, has]): Row => [name, has(target.btf)]);
    return [
      section('System', [
        ['OS', `${system()} ${release()} ${osVersion()}`],
        ['Arch', machine()],
        ['CPUs', String(loader.host.cpus)],
      ]),
      section('Build', [
        ...versionText().trim().split('\n').map(versionRow),
        ['libbpf', loader.host.libbpf],
        ['clang', clangVersion()],
        ...Object.entries(BUILD),
      ]),
      section('Kernel helpers', known(HELPERS)),
      section('Kernel features', [['Instruction limit', INSTRUCTIONS], ...known(FEATURES)]),
      section('Map types', known(MAPS)),
      section('Probe types', [...known(PROBES), ['fentry', reason !== 'failed']]),
    ].join('\n');
  } finally {
    await kernel.close();
  }
}

type Row = [name: string, value: string | boolean];

const versionRow = (line: string): Row => [
  line.slice(0, line.indexOf(' ')),
  line.slice(line.indexOf(' ') + 1),
];

function section(title: string, rows: Row[]): string {
  const words = (value: string | boolean) => (typeof value === 'string' ? value : value ? 'yes' : 'no');
  return `${title}\n${rows.map(([name, value]) => `  ${name}: ${words(value)}\n`).join('')}`;
}

function clangVersion(): string {
  try {
    const text = execFileSync(findClang(), ['--version'], { encoding: 'utf8' });
    return /version (\S+)/.exec(text)?.[1] ?? 'unknown';
  } catch {
    return 'not found';
  }
}

/** As `uname -v`. */
function osVersion(): string {
  try {
    return readFileSync('/proc/sys/kernel/version', 'utf8').trim();
  } catch {
    return '';
  }
}
