/** The `#include` lines of a program. */
import type { Span } from '../errors.ts';

export interface Include {
  header: string;
  /** `"…"`, which is looked for beside the program first. */
  quoted: boolean;
  /** Its line without the line's end, counted from 0. */
  line: number;
  span: Span;
}

/** Headers of Linux that no package installs for programs, or only some: what they define is in BTF. */
const OF_LINUX =
  /^(?:linux|net|uapi|asm|asm-generic|generated|trace|crypto|drm|scsi|sound|rdma|media|video|target|acpi|xen|vdso)\//;

export const isOfLinux = (header: string): boolean => OF_LINUX.test(header);

const INCLUDE = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/;

export function includesOf(source: string): Include[] {
  return source.split('\n').flatMap((text, line) => {
    const [, mark, header] = INCLUDE.exec(text) ?? [];
    if (header === undefined) return [];
    const span = { start: { line, column: 0 }, end: { line, column: text.length } };
    return [{ header, quoted: mark === '"', line, span }];
  });
}

/** Where a new first line of C goes: behind the last `#include`, else behind what opens the cell. */
export function afterIncludes(source: string): number {
  const last = includesOf(source).at(-1);
  return last ? last.line + 1 : beforeIncludes(source);
}

/** Behind the option lines and comments that open a cell. */
export function beforeIncludes(source: string): number {
  const lines = source.split('\n');
  const first = lines.findIndex(text => !text.startsWith('//'));
  return first < 0 ? lines.length : first;
}
