/** Where the SEC() text of a BPF C program attaches. What is not here libbpf attaches by itself. */
import { isAbsolute, resolve } from 'node:path';
import type { AttachSpec } from '../layout.ts';

/** A relative path starts from the notebook's folder; a name without a slash is a library or on PATH. */
export const resolveBinary = (path: string, directory: string) =>
  path.includes('/') && !isAbsolute(path) ? resolve(directory, path) : path;

/** A program of SEC("perf_event") says nothing of an event: it runs as often as bpftrace's customary profile. */
const PROFILE_NS = 10_101_010;

interface Section {
  pattern: RegExp;
  /** `binary` makes a path absolute. */
  attach(parts: (string | undefined)[], binary: (path: string) => string): AttachSpec;
}

/** libbpf would take relative paths from the loader's folder, and attach to nothing in some of these. */
const SECTIONS: readonly Section[] = [
  {
    pattern: /^u(ret)?probe(?:\.multi)?(?:\.s)?\/([^:]+):(.+?)(?:\+(0x[\da-f]+|\d+))?$/i,
    attach: ([, ret, path, symbol, offset], binary) => ({
      kind: 'uprobe',
      binary: binary(path!),
      ...(/^0x[\da-f]+$/i.test(symbol!) ? { offset: Number(symbol) } : { symbol: symbol! }),
      ...(offset ? { offset: Number(offset) } : {}),
      ret: ret !== undefined,
    }),
  },
  {
    pattern: /^usdt(?:\.s)?\/([^:]+):([^:]+):(.+)$/,
    attach: ([, path, provider, name], binary) => ({
      kind: 'usdt',
      binary: binary(path!),
      provider: provider!,
      name: name!,
    }),
  },
  {
    pattern: /^k(ret)?probe\.(?:multi|session)\/(.+)$/,
    attach: ([, ret, functions]) => ({ kind: 'kprobe', functions: [functions!], ret: ret !== undefined }),
  },
  { pattern: /^perf_event$/, attach: () => ({ kind: 'clock', period: PROFILE_NS, everyCpu: true }) },
  { pattern: /^iter(?:\.s)?\/\w+$/, attach: () => ({ kind: 'iter' }) },
];

export function attachSpec(section: string, directory: string): AttachSpec {
  for (const { pattern, attach } of SECTIONS) {
    const parts = pattern.exec(section);
    if (parts) return attach(parts, path => resolveBinary(path, directory));
  }
  return { kind: 'auto' };
}
