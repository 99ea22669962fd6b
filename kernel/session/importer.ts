/** Reads what bpftrace programs import. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ImportedFile, Importer } from '../language/index.ts';

/** Mode bit: anyone may write. */
const OTHERS_WRITE = 0o002;
const KNOWN = /\.(?:bt|h|bpf\.c)$/;

/** Relative paths start at the file that imports, for the program itself at `directory`. */
export function fileImporter(directory: string): Importer {
  return (path, from) => {
    const full = resolve(from === undefined ? directory : dirname(from), path);
    try {
      const writable = [full, dirname(full)].find(isOpen);
      if (writable !== undefined)
        return {
          reason: `cowardly refusing to import from a directory with global write permissions: "${writable}"`,
          remedy: `Anyone could change what is run. Close it: chmod o-w ${writable}`,
        };
      if (statSync(full).isDirectory())
        return readdirSync(full)
          .filter(name => KNOWN.test(name) && !isOpen(join(full, name)))
          .sort()
          .map(name => read(join(path, name), join(full, name)));
      if (KNOWN.test(full)) return [read(path, full)];
      return {
        reason: `unknown import type: "${basename(full)}"`,
        remedy: 'Known are .bt, .h and .bpf.c, and directories of them.',
      };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT')
        return { reason: 'Unable to find suitable path for import', remedy: `checked: ${full}` };
      return { reason: `error reading import '${full}': ${(error as Error).message}`, remedy: '' };
    }
  };
}

const isOpen = (path: string) => (statSync(path).mode & OTHERS_WRITE) !== 0;

const read = (name: string, path: string): ImportedFile => ({
  name,
  path: realpathSync(path),
  text: readFileSync(path, 'utf8'),
});
