/** What cases trace: each programs/lib*.c becomes testlibs/lib*.so, each other one testprogs/*, in the folder given. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('programs', import.meta.url));

/** Throws when one does not compile. */
export function buildPrograms(folder: string): void {
  for (const name of ['testlibs', 'testprogs']) mkdirSync(join(folder, name));
  for (const file of readdirSync(SOURCES)) {
    const name = file.replace(/\.c$/, '');
    const product = name.startsWith('lib')
      ? ['-shared', '-fPIC', '-o', join(folder, 'testlibs', `${name}.so`)]
      : ['-o', join(folder, 'testprogs', name)];
    const { status, stderr } = spawnSync('cc', ['-g', '-O1', ...product, join(SOURCES, file)], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${file} does not compile: ${stderr}`);
  }
}
