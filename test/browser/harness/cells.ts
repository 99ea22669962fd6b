/** Cells that trace one process, and that process. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { CellText } from './notebooks.ts';

/** The first of the files that {@link startOpener}'s process opens. */
export const OPENED = '/etc/hostname';
const FILES = [OPENED, '/etc/hosts', '/etc/passwd', '/etc/group', '/etc/services'];

/** Something to trace: a shell that opens some fifty files a second, until it is ended. */
export function startOpener(): ChildProcess & { pid: number } {
  const script = `while :; do for file in ${FILES.join(' ')}; do : < $file; sleep 0.02; done; done`;
  const child = spawn('sh', ['-c', script], { stdio: 'ignore' });
  return child as ChildProcess & { pid: number };
}

/** A table of the files that a process opens. */
export const opensOf = (pid: number): CellText => [
  'bpftrace',
  `tracepoint:syscalls:sys_enter_openat /pid == ${pid}/
{
  printf("%-6d %-8s %s\\n", pid, comm, str(args.filename));
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
