import type { KernelListener } from '../session/kernel.ts';

/** For commands that run no cell, or look only at how it ended. */
export const silent: KernelListener = { phase() {}, ended() {}, delta() {}, loaderEnded() {} };
