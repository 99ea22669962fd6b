/** The Node-API addon and the libbpf in it. Make knows what changed. */
import { run } from './command.mjs';
import { inRoot, ROOT } from './folders.mjs';
import { ensureLibbpf } from './libbpf.mjs';

/** @param {(line: string) => void} log */
export async function ensureNativeAddon(log) {
  await ensureLibbpf({ log });
  await run(['make', '-C', inRoot('native'), '-j2'], { cwd: ROOT, onLine: log });
}
