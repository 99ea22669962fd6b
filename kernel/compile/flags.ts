import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bpfHeaders, libbpfHeaders } from '../paths.ts';

export type Arch = 'x64' | 'arm64';

/** How libbpf's headers and the system's header folders call an architecture. */
const ARCHES: Record<Arch, { target: string; include: string }> = {
  x64: { target: '__TARGET_ARCH_x86', include: '/usr/include/x86_64-linux-gnu' },
  arm64: { target: '__TARGET_ARCH_arm64', include: '/usr/include/aarch64-linux-gnu' },
};

/** The architecture of this machine. */
export const hostArch = (): Arch => (process.arch === 'arm64' ? 'arm64' : 'x64');

/** The name clang's messages and the object's line numbers give the cell's own text. */
export const CELL_FILE = '<cell>';

export interface FlagOptions {
  arch: Arch;
  /** Folders for `#include "…"`, first one first. */
  quoted: string[];
  /** Folders for both kinds of include, before ours. */
  include: string[];
  /** Shadow libbpf's headers with ours, so that records describe themselves. */
  shadow: boolean;
}

/** Everything but what to make of it (`-E`, `-c`). The source comes on standard input. */
export function clangFlags({ arch, quoted, include, shadow }: FlagOptions): string[] {
  const { target, include: system } = ARCHES[arch];
  return [
    ...['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-std=gnu11', `-D${target}`],
    // Distributions may switch this on by default; BPF has no stack guard.
    '-fno-stack-protector',
    // No path of a temporary folder may get into the object: equal sources give equal bytes.
    '-fdebug-compilation-dir=.',
    ...[
      '-fno-caret-diagnostics',
      '-fdiagnostics-print-source-range-info',
      '-fno-color-diagnostics',
      '-ferror-limit=50',
    ],
    // Customs of BPF programs that clang complains about.
    ...['-Wno-unknown-attributes', '-Wno-compare-distinct-pointer-types', '-Wno-address-of-packed-member'],
    // A vmlinux.h that a program needs no struct of has nothing to preserve the access of.
    '-Wno-pragma-clang-attribute',
    ...quoted.flatMap(folder => ['-iquote', folder]),
    ...include.flatMap(folder => ['-I', folder]),
    ...(shadow ? ['-I', join(bpfHeaders(), 'shadow')] : []),
    ...['-I', bpfHeaders(), '-isystem', libbpfHeaders()],
    // <asm/types.h> lives in a folder that the bpf target does not know.
    ...(existsSync(system) ? ['-idirafter', system] : []),
    ...['-x', 'c', '-'],
  ];
}
