/** Cells that trace one process, and that process. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { CellText } from './notebooks.ts';

/** What {@link startOpener}'s process opens. */
export const OPENED = '/etc/hostname';

/** Something to trace: a shell that opens a file some fifty times a second, until it is ended. */
export function startOpener(): ChildProcess & { pid: number } {
  const child = spawn('sh', ['-c', `while sleep 0.02; do : < ${OPENED}; done`], { stdio: 'ignore' });
  return child as ChildProcess & { pid: number };
}

/** A table of the files that a process opens. */
export const opensOf = (pid: number): CellText => [
  'bpftrace',
  `tracepoint:syscalls:sys_enter_openat /pid == ${pid}/
{
  printf("%s %s\\n", comm, str(args.filename));
}`,
];

/** A histogram of how long each open takes. */
export const openTimesOf = (pid: number): CellText => [
  'bpftrace',
  `tracepoint:syscalls:sys_enter_openat /pid == ${pid}/ { @start[tid] = nsecs; }

tracepoint:syscalls:sys_exit_openat /@start[tid]/
{
  @open_ns = hist(nsecs - @start[tid]);
  delete(@start[tid]);
}`,
];
