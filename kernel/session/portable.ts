/** Programs for several machines: what they may not know of the one where they are compiled. */
import type { LanguageTarget } from '../language/index.ts';

/**
 * The target as such a program sees it, where it is built and where it runs, so that both make the same C of it. `here`:
 * it is to run here, so that it matters what is missing.
 */
export const portableTarget = (target: LanguageTarget, here: boolean): LanguageTarget => ({
  ...target,
  obstacle: way => {
    if (way === 'kprobe_session') return 'not every Linux has kprobe.session';
    // Where there is none, functions are attached to one by one.
    if (way === 'kprobe_multi') return undefined;
    return here || way === 'tracepoint' ? target.obstacle?.(way) : undefined;
  },
});
