/** Finds files that code was mapped from, and those that hold what was taken out of them. */
import { closeSync, fstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { ElfFile, openFile, readerOf } from './elfFile.ts';
import type { FilePlace } from './processes.ts';

const DEBUG_FOLDER = '/usr/lib/debug';

export interface OpenedFile {
  file: number;
  /** Bytes. */
  size: number;
  path: string;
}

/** The first of the files that can be read, and is the one that is meant. */
export function firstFile<Result>(
  places: FilePlace[],
  use: (opened: OpenedFile & { key: string }) => Result,
): Result | undefined {
  for (const { path, inode } of places) {
    const file = openFile(path);
    if (file === undefined) continue;
    try {
      const { dev, ino, size, mtimeMs } = fstatSync(file);
      if (inode !== undefined && inode !== ino) continue;
      return use({ file, size, path, key: `${dev}:${ino}:${size}:${mtimeMs}` });
    } finally {
      closeSync(file);
    }
  }
  return undefined;
}

/** What was stripped may lie in a file of its own, found by build id or by name, in the `given` folders first. */
export function inDebugFile<Result>(
  elf: ElfFile,
  path: string,
  given: readonly string[],
  use: (debug: ElfFile, path: string) => Result | undefined,
): Result | undefined {
  const { buildId, debugLink } = elf;
  const { folder, inside, debugFolders } = foldersOf(path, given);
  const candidates = [
    ...debugFolders.flatMap(one => byBuildId(one, buildId)),
    ...(debugLink
      ? [folder, `${folder}/.debug`, ...given, ...debugFolders.map(one => one + inside)].map(
          one => `${one}/${debugLink}`,
        )
      : []),
  ];
  // A file of the same name may belong to another build.
  const others = candidates.filter(one => one !== path);
  return withFile(others, (debug, path) =>
    buildId !== undefined && debug.buildId !== buildId ? undefined : use(debug, path),
  );
}

const byBuildId = (folder: string, id: string | undefined) =>
  id && id.length > 2 ? [`${folder}/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`] : [];

/** Where a file that debug information refers to may be. */
export function sharedPlaces(
  { name, buildId }: { name: string; buildId: string },
  path: string,
  given: readonly string[],
): string[] {
  const { root, folder, debugFolders } = foldersOf(path, given);
  const named = name.startsWith('/') ? [root + name, name] : [`${folder}/${name}`];
  return [...new Set([...named, ...debugFolders.flatMap(one => byBuildId(one, buildId))])];
}

/** A file's folder as seen from here and from its process, and where debug files are kept in both views. */
function foldersOf(path: string, given: readonly string[]) {
  const folder = dirname(path);
  const [, root = '', inside = ''] = /^(\/proc\/\d+\/root)?(.*)$/.exec(folder)!;
  return { root, folder, inside, debugFolders: [...new Set([...given, root + DEBUG_FOLDER, DEBUG_FOLDER])] };
}

/** The first of these ELF files in which something is found. */
export function withFile<Result>(
  paths: string[],
  use: (elf: ElfFile, path: string) => Result | undefined,
): Result | undefined {
  for (const path of paths) {
    const file = openFile(path);
    if (file === undefined) continue;
    try {
      const found = use(new ElfFile(readerOf(file), fstatSync(file).size), path);
      if (found) return found;
    } catch {
      // Not such a file after all.
    } finally {
      closeSync(file);
    }
  }
  return undefined;
}
