/** Finds BPF programs, maps and links that tests left on the machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { output } from '../setup/command.mjs';
import { ROOT } from '../setup/folders.mjs';

const KINDS = { prog: 'prog_id', map: 'map_id', link: 'link_id' };

/** The kernel needs 70 ms to let go of each perf tracepoint, so the last of many goes late. */
const GRACE_MS = 2000;
const POLL_MS = 100;

/** What exists now: `prog 12` → its description. @param {string[]} prefix words before bpftool @returns {Map<string, string>} */
export function bpfObjects(prefix) {
  const objects = new Map();
  for (const kind of Object.keys(KINDS)) {
    const listed = output([...prefix, 'bpftool', '-j', kind, 'show']);
    if (listed === undefined) throw new Error(`"bpftool ${kind} show" failed`);
    for (const { id, name, type } of JSON.parse(listed || '[]'))
      objects.set(`${kind} ${id}`, `${type} ${name ?? ''}`);
  }
  return objects;
}

/**
 * What is there that was not there before, unless a program that is none of ours holds it.
 * @param {Map<string, string>} before @param {string[]} prefix
 * @returns {Promise<string[]>}
 */
export async function leftovers(before, prefix) {
  const deadline = performance.now() + GRACE_MS;
  for (;;) {
    const left = [...bpfObjects(prefix)].filter(([key]) => !before.has(key));
    const foreign = left.length ? heldByOthers() : new Set();
    const ours = left.filter(([key]) => !foreign.has(key));
    if (ours.length === 0) return [];
    if (performance.now() > deadline)
      return ours.map(([key, description]) => `${key} (${description.trim()})`);
    await sleep(POLL_MS);
  }
}

function heldByOthers() {
  const held = new Set();
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(ROOT)) continue;
      for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
        const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
        for (const [kind, field] of Object.entries(KINDS)) {
          const id = info.match(new RegExp(`^${field}:\\s*(\\d+)`, 'm'))?.[1];
          if (id) held.add(`${kind} ${id}`);
        }
      }
    } catch {
      // The process or the descriptor is gone, and with it what it held.
    }
  }
  return held;
}
