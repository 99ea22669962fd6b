/** Remembers what a step was last done for, so that it is done again only when that changed. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Runs `work` unless the stamp at `path` holds this key already. The stamp goes first and comes back last: work
 * that was cut short is done again.
 * @param {string} path @param {string} key @param {() => Promise<void>} work
 */
export async function unlessStamped(path, key, work) {
  if (readStamp(path) === key) return;
  rmSync(path, { force: true });
  await work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, key);
}

function readStamp(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A hash over names and contents of files; folders are taken with all below them. @param {string[]} paths */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesBelow))
    hash.update(path).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesBelow(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .filter(name => name !== 'node_modules')
    .flatMap(name => filesBelow(join(path, name)));
}
