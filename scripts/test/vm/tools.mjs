/** Programs of test/vm/tools, built on this host into files that run in the machines. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../setup/command.mjs';
import { inBuild, inRoot } from '../../setup/folders.mjs';

/** Where they are; test/vm/tools.test.ts looks here, too. */
const TOOLS = inBuild('vm', 'tools');

/** @returns {Promise<void>} rejects where this host cannot build them */
export async function buildTools() {
  rmSync(TOOLS, { recursive: true, force: true });
  mkdirSync(TOOLS, { recursive: true });
  const sources = inRoot('test', 'vm', 'tools');
  for (const name of readdirSync(sources)) {
    const tool = join(TOOLS, `${name.replace(/\..*/, '')}.ebpf`);
    await run([process.execPath, inRoot('dist', 'ebpfnb.mjs'), 'build', join(sources, name), '-o', tool]);
  }
}
