/** What the loader reads of this host on behalf of the kernel: BTF and tracefs, both by checked names. */
import { readdirSync, readFileSync } from 'node:fs';
import type { AttachFeature } from './protocol.ts';

/** `none [integrity] confidentiality`; absent where Linux has no such thing. */
const LOCKDOWN = '/sys/kernel/security/lockdown';
const LOCKED = 'Linux is locked down (confidentiality), which forbids it';

const NAME = /^[A-Za-z0-9_.-]+$/;

/** A name that becomes part of a path must not walk out of its folder. */
function checkedName(name: string): string {
  if (!NAME.test(name) || name.startsWith('.'))
    throw Object.assign(new Error(`not a name: ${name}`), { code: 'EINVAL' });
  return name;
}

export class HostFiles {
  constructor(readonly tracefs: string | null) {}

  btf(module = 'vmlinux'): Buffer {
    return readFileSync(`/sys/kernel/btf/${checkedName(module)}`);
  }

  /** Linux writes ranges, `0-3` or `0,2-3`; the highest number counts. */
  possibleCpus(): number {
    const ranges = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim();
    return Number(ranges.split(/[,-]/).at(-1)) + 1;
  }

  /** The `format` text of an event; null when there is no such event. */
  format(category: string, event: string): string | null {
    try {
      return readFileSync(`${this.#events()}/${checkedName(category)}/${checkedName(event)}/format`, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** What a lockdown forbids, each with the reason: it closes tracefs, and refuses kprobes when they are attached. */
  forbidden(): Partial<Record<AttachFeature, string>> {
    try {
      if (!readFileSync(LOCKDOWN, 'utf8').includes('[confidentiality]')) return {};
      return { kprobe: LOCKED, kprobe_multi: LOCKED, tracepoint: LOCKED };
    } catch {
      return {};
    }
  }

  /** All tracepoints, as `category:event`. */
  tracepoints(): string[] {
    const root = this.#events();
    return folders(root).flatMap(category =>
      folders(`${root}/${category}`).map(event => `${category}:${event}`),
    );
  }

  /**
   * All raw tracepoints. Each event is one, but those that tracefs makes from others: each system call's own
   * events come from sys_enter and sys_exit.
   */
  rawTracepoints(): string[] {
    const events = this.tracepoints().filter(name => !/^(syscalls|ftrace):/.test(name));
    return events.map(name => name.slice(name.indexOf(':') + 1));
  }

  /** Functions that can be probed, as tracefs lists them; nothing where Linux has no such list, or hides it. */
  functions(): Buffer {
    try {
      return readFileSync(`${this.#tracefs()}/available_filter_functions`);
    } catch {
      return Buffer.alloc(0);
    }
  }

  #events(): string {
    return `${this.#tracefs()}/events`;
  }

  #tracefs(): string {
    if (!this.tracefs) throw Object.assign(new Error('tracefs is not mounted'), { code: 'ENODEV' });
    return this.tracefs;
  }
}

const folders = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
