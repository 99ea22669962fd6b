/** Processes that a test starts or looks for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Something to trace: a shell that opens /etc/hostname some fifty times a second, until it is ended. */
export function startOpener(): ChildProcess & { pid: number } {
  const child = spawn('sh', ['-c', 'while sleep 0.02; do : < /etc/hostname; done'], { stdio: 'ignore' });
  return child as ChildProcess & { pid: number };
}

interface Process {
  pid: number;
  parent: number;
  command: string;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        // The name in parentheses may hold anything; the parent is the second word behind it.
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(name), parent, command }];
      } catch {
        return [];
      }
    });
}

/** All below this process whose command line fits. */
export function descendants(pid: number, command: RegExp): number[] {
  const all = processes();
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const process of all) if (family.has(process.parent)) family.add(process.pid);
  }
  return all
    .filter(process => family.has(process.pid) && command.test(process.command))
    .map(process => process.pid);
}
