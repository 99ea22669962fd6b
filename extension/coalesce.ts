/** Bursts made calm. */

/** Calls `work` at once, and then at most every `ms`: once more for all calls that came meanwhile. */
export function coalesced(work: () => void, ms: number): { call(): void; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  let wanted = false;
  const later = () => {
    timer = undefined;
    if (wanted) call();
  };
  const call = () => {
    wanted = timer !== undefined;
    if (wanted) return;
    timer = setTimeout(later, ms);
    work();
  };
  return { call, dispose: () => clearTimeout(timer) };
}
