/** The kinds of probes. */
import type { ProbeRow } from './rows.ts';

export const PROBES: readonly ProbeRow[] = [
  {
    name: 'begin',
    signature: 'begin',
    docs: 'Runs once, before any other probe is attached. Several are allowed and run in source order.',
    since: '17',
    example: 'begin { printf("hello\\n"); exit(); }',
    parts: [0, 0],
    section: () => 'raw_tp',
    context: () => 'void *',
    space: 'kernel',
  },
  {
    name: 'end',
    signature: 'end',
    docs: 'Runs once, after the run was ended by exit(), by a time limit or by Stop.',
    since: '17',
    example: 'begin { exit(); } end { printf("bye\\n"); }',
    parts: [0, 0],
    section: () => 'raw_tp',
    context: () => 'void *',
    space: 'kernel',
  },
  {
    name: 'tracepoint',
    short: 't',
    signature: 'tracepoint:category:event',
    docs: 'A place in Linux that its developers made for tracing. Its arguments are the fields of args.',
    since: '17',
    example:
      'tracepoint:sched:sched_switch { printf("%s -> %s\\n", args.prev_comm, args.next_comm); exit(); }',
    parts: [2, 2],
    section: point => `tp/${point.name.slice(point.name.indexOf(':') + 1).replace(':', '/')}`,
    context: point => `struct ${point.name.replaceAll(/[^A-Za-z0-9_]/g, '_')} *`,
    space: 'kernel',
  },
  {
    name: 'uprobe',
    short: 'u',
    signature: 'uprobe:binary:function[+offset]',
    docs: 'The entry of a function in a program or library. Its arguments are arg0, arg1, …',
    since: '17',
    example: 'uprobe:libc:getpid { printf("%s\\n", comm); exit(); } interval:ms:500 { exit(); }',
    parts: [2, 2],
    section: () => 'uprobe',
    context: () => 'struct pt_regs *',
    space: 'user',
    preemptible: true,
  },
  {
    name: 'uretprobe',
    short: 'ur',
    signature: 'uretprobe:binary:function',
    docs: 'The return of a function in a program or library. Its value is retval.',
    since: '17',
    example: 'uretprobe:libc:getpid { printf("%d\\n", retval); exit(); } interval:ms:500 { exit(); }',
    parts: [2, 2],
    section: () => 'uretprobe',
    context: () => 'struct pt_regs *',
    space: 'user',
    preemptible: true,
  },
  {
    name: 'interval',
    short: 'i',
    signature: 'interval:(hz|s|ms|us):count, interval:duration',
    docs: 'Runs at regular times, on one CPU.',
    since: '17',
    example: 'interval:ms:10 { printf("tick\\n"); exit(); }',
    parts: [1, 2],
    section: () => 'perf_event',
    context: () => 'void *',
    space: 'kernel',
  },
];

/** Probe kinds of bpftrace that are not built yet, so that the message can say so. */
export const LATER_PROBES: Readonly<Record<string, string>> = {
  kprobe: 'kprobe',
  k: 'kprobe',
  kretprobe: 'kretprobe',
  kr: 'kretprobe',
  fentry: 'fentry',
  f: 'fentry',
  kfunc: 'fentry',
  fexit: 'fexit',
  fr: 'fexit',
  kretfunc: 'fexit',
  rawtracepoint: 'rawtracepoint',
  rt: 'rawtracepoint',
  usdt: 'usdt',
  U: 'usdt',
  profile: 'profile',
  p: 'profile',
  software: 'software',
  s: 'software',
  hardware: 'hardware',
  h: 'hardware',
  watchpoint: 'watchpoint',
  w: 'watchpoint',
  iter: 'iter',
  it: 'iter',
  self: 'self',
  test: 'test',
  bench: 'bench',
};

/** Names are case-insensitive; the one-letter ones are not all, so exact spelling goes first. */
export function findProbe(name: string): ProbeRow | undefined {
  return (
    PROBES.find(row => row.name === name || row.short === name) ??
    PROBES.find(row => row.name === name.toLowerCase())
  );
}
