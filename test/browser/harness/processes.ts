/** The processes of a workbench, and what BPF objects they hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { output } from '../../../scripts/setup/command.mjs';
import { until } from './until.ts';

/** Command lines of ours. */
export const KERNEL = /ebpfnb\.mjs kernel/;
export const LOADER = /(?<!sudo .*)loader\.mjs/;
export const EXTENSION_HOST = /--type=extensionHost/;
export const BROWSER = /chromium (?!--type=)/;

interface Process {
  pid: number;
  parent: number;
  uid: number;
  command: string;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const field = (key: string) => Number(status.match(new RegExp(`^${key}:\\s+(\\d+)`, 'm'))?.[1]);
        return [{ pid: Number(name), parent: field('PPid'), uid: field('Uid'), command }];
      } catch {
        return [];
      }
    });
}

/** All below this process whose command line fits. */
function descendants(pid: number, command: RegExp): Process[] {
  const all = processes();
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const process of all) if (family.has(process.parent)) family.add(process.pid);
  }
  const found = all.filter(process => family.has(process.pid) && command.test(process.command));
  // The loader's helper is a fork of it, with the same words: the one above is meant.
  return found.filter(({ parent }) => !found.some(other => other.pid === parent));
}

/** Waits for the one process below this one whose command line fits; those of closed windows go meanwhile. */
export async function descendant(pid: number, command: RegExp): Promise<Process> {
  let found: Process[] = [];
  await until(`one process ${command} below ${pid}`, () => {
    found = descendants(pid, command);
    return found.length === 1;
  });
  return found[0]!;
}

/** Waits until this user runs nothing any more. */
export const idle = (uid: number): Promise<void> =>
  until(`user ${uid} to run nothing`, () => !processes().some(process => process.uid === uid));

const KINDS = ['prog', 'map', 'link'] as const;

export interface BpfObject {
  kind: (typeof KINDS)[number];
  id: string;
}

/** The programs, maps and links that a process holds. */
export function bpfObjectsOf(pid: number): BpfObject[] {
  const infos = readdirSync(`/proc/${pid}/fdinfo`).flatMap(fd => {
    try {
      return [readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8')];
    } catch {
      return [];
    }
  });
  return KINDS.flatMap(kind =>
    infos.flatMap(info => {
      const id = info.match(new RegExp(`^${kind}_id:\\s*(\\d+)`, 'm'))?.[1];
      return id ? [{ kind, id }] : [];
    }),
  );
}

/** Waits until Linux has let go of them all. The promise: 2 s for up to 20 probes. */
export async function gone(objects: BpfObject[]): Promise<void> {
  const exists = ({ kind, id }: BpfObject) => output(['bpftool', kind, 'show', 'id', id]) !== undefined;
  await until('programs, maps and links to be gone', () => !objects.some(exists), 2000);
}
