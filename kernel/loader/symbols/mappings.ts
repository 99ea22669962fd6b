/** Where a process has code: the executable lines of /proc/PID/maps. */

export interface Mapping {
  start: number;
  end: number;
  /** Where in its file it begins. */
  offset: number;
  /** `[vdso]` and the like have no file; '' = anonymous. */
  path: string;
  inode: number;
  /** The file was removed since. */
  deleted: boolean;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) \S+ (\d+) *(.*)$/gm;
const DELETED = ' (deleted)';

/** Newlines in names are written as \012. */
const unescaped = (path: string) => path.replaceAll('\\012', '\n');

export function parseMappings(text: string): Mapping[] {
  return Array.from(text.matchAll(LINE), ([, start, end, offset, inode, path = '']) => {
    const deleted = path.endsWith(DELETED);
    return {
      start: Number.parseInt(start!, 16),
      end: Number.parseInt(end!, 16),
      offset: Number.parseInt(offset!, 16),
      inode: Number(inode),
      path: unescaped(deleted ? path.slice(0, -DELETED.length) : path),
      deleted,
    };
  });
}

/** Mappings stand in the order of their addresses. */
export function mappingAt(mappings: Mapping[], address: number): Mapping | undefined {
  let low = 0;
  let high = mappings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (mappings[middle]!.end <= address) low = middle + 1;
    else high = middle;
  }
  const found = mappings[low];
  return found && address >= found.start ? found : undefined;
}
