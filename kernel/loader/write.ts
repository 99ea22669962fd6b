import { writeSync } from 'node:fs';

/** Nobody wakes who waits on it: a way to sleep without leaving the thread. */
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const FULL_PIPE_MS = 1;

/** Writes all bytes, waiting while the reader is slow. Throws EPIPE when nobody reads. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      // Whoever gave us the pipe may have made it non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(sleeper, 0, 0, FULL_PIPE_MS);
    }
  }
}
