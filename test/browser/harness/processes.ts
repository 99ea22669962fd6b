/** The processes of a workbench, and what BPF objects they hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { output } from '../../../scripts/setup/command.mjs';
import { until } from './until.ts';

/** Command lines of ours. */
export const KERNEL = /ebpfnb\.mjs kernel/;
export const LOADER = /(?<!sudo .*)loader\.mjs/;
export const EXTENSION_HOST = /--type=extensionHost/;

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
export function descendants(pid: number, command: RegExp): Process[] {
  const all = processes();
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const process of all) if (family.has(process.parent)) family.add(process.pid);
  }
  return all.filter(process => family.has(process.pid) && command.test(process.command));
}

/** The one process below this one whose command line fits. */
export function descendant(pid: number, command: RegExp): Process {
  const [found, ...more] = descendants(pid, command);
  if (!found || more.length)
    throw new Error(`${found ? 'more than one' : 'no'} process ${command} below ${pid}`);
  return found;
}

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
