/** The files that a probe's target means: by a pattern, of all that runs, or as a process sees it. */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { globPattern } from '../glob.ts';
import { parseMappings } from './symbols/mappings.ts';

/** Where libraries are, whatever the architecture's folder is called. */
const LIBRARY_FOLDERS = [
  '/lib/*-linux-gnu',
  '/usr/lib/*-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
];
const PROGRAM_FOLDERS = '/usr/local/bin:/usr/bin:/bin';

const WILDCARD = /\*/;

/**
 * Paths as this process can open them, sorted. `*` stands for all programs and libraries that run, or that `pid`
 * runs. With `pid` everything is as that process sees it: its mount namespace, its libraries, its PATH.
 */
export function binaries({ name, pid }: { name: string; pid?: number }): string[] {
  if (name === '*') return pid === undefined ? allMapped() : mapped(pid).map(({ path }) => path);
  const root = pid === undefined ? '' : rootOf(pid);
  const seen = root !== '' && name.startsWith(root) ? name.slice(root.length) : name;
  if (seen.includes('/')) return existing(root, seen);
  const loaded = pid === undefined ? [] : mapped(pid).filter(({ path }) => isLibrary(basename(path), seen));
  if (loaded.length > 0) return loaded.map(({ path }) => path);
  const programs = folders(pid).flatMap(folder => existing(root, `${folder}/${seen}`));
  if (programs.length > 0) return WILDCARD.test(seen) ? programs : programs.slice(0, 1);
  const libraries = LIBRARY_FOLDERS.flatMap(folder => existing(root, `${folder}/${seen}.so*`));
  return libraries.slice(0, 1);
}

const isLibrary = (file: string, name: string) => file === name || file.startsWith(`${name}.so`);

/** Where a process's files begin: '' where it sees those that everyone sees. */
function rootOf(pid: number): string {
  const own = `/proc/${pid}/root`;
  try {
    const [theirs, ours] = [statSync(`${own}/`), statSync('/')];
    return theirs.dev === ours.dev && theirs.ino === ours.ino && sameMounts(pid) ? '' : own;
  } catch {
    return own;
  }
}

/** A mount namespace of its own may have the same root, and something else below it. */
const sameMounts = (pid: number) => statSync(`/proc/${pid}/ns/mnt`).ino === statSync('/proc/self/ns/mnt').ino;

function folders(pid: number | undefined): string[] {
  let path = process.env['PATH'];
  if (pid !== undefined) {
    try {
      path = /(?:^|\0)PATH=([^\0]*)/.exec(readFileSync(`/proc/${pid}/environ`, 'latin1'))?.[1];
    } catch {
      // Ended, or not to be read: the usual folders.
    }
  }
  return (path || PROGRAM_FOLDERS).split(':').filter(folder => folder.startsWith('/'));
}

interface MappedFile {
  path: string;
  /** The same for the same file, in whatever namespace. */
  file: string;
}

/** The program of a process and its libraries; none when it has ended. */
function mapped(pid: number): MappedFile[] {
  try {
    const maps = parseMappings(readFileSync(`/proc/${pid}/maps`, 'latin1'));
    const paths = maps
      .filter(({ path, deleted }) => path.startsWith('/') && !deleted)
      .map(({ path }) => path);
    const root = rootOf(pid);
    return [...new Set(paths)].sort().flatMap(path => {
      const { dev, ino } = statSync(root + path);
      return isElf(root + path) ? [{ path: root + path, file: `${dev}:${ino}` }] : [];
    });
  } catch {
    return [];
  }
}

/** Each file once. */
function allMapped(): string[] {
  const files = new Map<string, string>();
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
    for (const { path, file } of mapped(Number(pid)))
      if (!files.has(file) || !path.startsWith('/proc/')) files.set(file, path);
  return [...files.values()].sort();
}

/** Programs and libraries below `root` that a path with wildcards matches. */
function existing(root: string, path: string): string[] {
  if (!WILDCARD.test(path)) return isElf(root + path) ? [root + path] : [];
  let found = [root];
  for (const part of path.split('/').slice(1)) {
    const matches = WILDCARD.test(part) ? globPattern(part) : undefined;
    found = found.flatMap(folder =>
      matches
        ? entries(folder || '/')
            // Hidden files are not meant.
            .filter(name => !name.startsWith('.') && matches.test(name))
            .map(name => `${folder}/${name}`)
        : [`${folder}/${part}`],
    );
  }
  return found.filter(isElf).sort();
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const MAGIC = Buffer.from('\x7fELF');

function isElf(path: string): boolean {
  let file: number | undefined;
  try {
    if (!statSync(path).isFile()) return false;
    file = openSync(path, 'r');
    const start = Buffer.alloc(MAGIC.length);
    readSync(file, start);
    return start.equals(MAGIC);
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
