/** What a case needs of this Linux, found by looking, never by its version. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.ts';

interface Feature {
  /** In a program's text. */
  used: RegExp;
  present(): boolean;
  /** Why a case is skipped. */
  missing: string;
}

const COMMAND = fileURLToPath(new URL('../../dist/ebpfnb.mjs', import.meta.url));

const FEATURES: Feature[] = [
  {
    // What is listed need not be there to be attached, but what is named after kprobes comes with them.
    used: /^(?!.* (-l|--list)\b).*(^|[\s,;}'"])(k|kr|kprobe|kretprobe):|grep kprobes/is,
    present: () => existsSync('/sys/bus/event_source/devices/kprobe'),
    missing: 'this Linux is built without kprobes',
  },
  {
    used: /(^|[\s,;}'"])(f|fr|fentry|fexit|kfunc|kretfunc):/i,
    present: () => attaches('fentry:vfs_read'),
    missing: 'this Linux refuses fentry programs',
  },
  {
    used: /\bpercpu_kaddr\("(process_counts|runqueues)"/,
    present: () => / (process_counts|runqueues)$/m.test(readFileSync('/proc/kallsyms', 'latin1')),
    missing: 'this Linux keeps no addresses of variables (CONFIG_KALLSYMS_ALL)',
  },
  {
    used: /\/sys\/kernel\/debug\/tracing/,
    present: () => existsSync('/sys/kernel/debug/tracing/trace'),
    missing: 'tracefs is not mounted',
  },
];

const attaches = (probe: string) =>
  spawnSync(process.execPath, [COMMAND, 'trace', '--dry-run', '-e', `${probe} {}`]).status === 0;

const present = new Map<Feature, boolean>();

const usedBy = ({ prog, run }: Case) => FEATURES.filter(({ used }) => used.test(prog ?? run ?? ''));

/** Some Linux may lack what it needs. */
export const needsFeature = (test: Case): boolean => usedBy(test).length > 0;

/** The reason when something is missing. */
export function missingFeature(test: Case): string | undefined {
  return usedBy(test).find(feature => {
    if (!present.has(feature)) present.set(feature, feature.present());
    return !present.get(feature);
  })?.missing;
}
