/** Another's process, watched until it ends. */
import { readFileSync } from 'node:fs';

const CHECK_MS = 250;

/** Calls `then` once when process `pid` has ended; the function it gives ends the watch. */
export function whenGone(pid: number, then: () => void): () => void {
  const timer = setInterval(() => {
    if (running(pid)) return;
    clearInterval(timer);
    then();
  }, CHECK_MS);
  return () => clearInterval(timer);
}

/** A zombie runs no more, but keeps its folder in /proc until its parent asks. */
function running(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}
