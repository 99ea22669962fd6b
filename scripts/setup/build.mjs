/** The bundles in dist/. */
import { run } from './command.mjs';
import { inBuild, inRoot, ROOT } from './folders.mjs';
import { hashOf, unlessStamped } from './stamp.mjs';

const SOURCES = [
  'extension',
  'kernel',
  'native/addon.ts',
  'native/types.ts',
  'bpf',
  'esbuild.mjs',
  'package-lock.json',
];

/** Bundles, when a source or the addon changed. @param {(line: string) => void} log */
export const ensureBuild = log =>
  unlessStamped(
    inRoot('dist', '.built'),
    hashOf([
      ...SOURCES.map(name => inRoot(name)),
      inBuild('native', 'ebpfnb.node'),
      inBuild('libbpf', 'include'),
    ]),
    () => run([process.execPath, 'esbuild.mjs'], { cwd: ROOT, onLine: log }),
  );
