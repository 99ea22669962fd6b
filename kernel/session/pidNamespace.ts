/** The pid namespace of this process, in Linux's own numbers. */
import { statSync } from 'node:fs';
import type { PidNamespace } from '../language/index.ts';

/** PROC_PID_INIT_INO of Linux. */
const INITIAL = 0xeffffffc;
const MINOR_BITS = 20;

/** Undefined in the initial namespace, and where it cannot be told. */
export function ownPidNamespace(): PidNamespace | undefined {
  try {
    const { dev, ino } = statSync('/proc/self/ns/pid');
    return ino === INITIAL ? undefined : { device: inKernel(dev), inode: ino };
  } catch {
    return undefined;
  }
}

/** stat() gives user space a device's numbers in another layout than Linux keeps them. */
function inKernel(device: number): number {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  return (major << MINOR_BITS) | minor;
}
