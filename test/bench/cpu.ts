/** Processor time of processes, exact to the ns where ticks would say 10 ms. */
import { readdirSync, readFileSync } from 'node:fs';

const numbers = (folder: string) => readdirSync(folder).filter(name => /^\d+$/.test(name));

/** A process may end between being listed and being read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** This process and those that it started, and they. */
export function tree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of numbers('/proc')) {
    // The name stands in brackets and may hold anything; the parent is the second field behind it.
    const parent = Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** ms of processor time that the threads of processes have used. Threads that ended are not in. */
export function cpuMs(pids: readonly number[]): number {
  let ns = 0;
  for (const pid of pids) {
    for (const task of threads(pid)) ns += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]);
  }
  return ns / 1e6;
}

function threads(pid: number): string[] {
  try {
    return numbers(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
