/** What Linux says of a function that cannot be traced: its symbols, its blacklist, its modules. */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { FunctionFacts } from '../layout.ts';

const SYMBOLS = '/proc/kallsyms';
/** Where debugfs is mounted by custom. Without it nobody knows of the blacklist. */
const BLACKLIST = '/sys/kernel/debug/kprobes/blacklist';
const LOADED = '/proc/modules';

export function functionFacts(name: string): FunctionFacts {
  return {
    symbols: named(read(SYMBOLS), name),
    blacklisted: named(read(BLACKLIST), name).includes(name),
    modules: modulesNotLoaded().filter(module => name.startsWith(`${module}_`)),
  };
}

const read = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
};

/** Copies of a function and names that begin alike are few; a name of one letter begins like half of them. */
const MOST_LOOKED_AT = 10_000;
const [TAB, SPACE] = [0x09, 0x20];
/** As long as a symbol may be. */
const LONGEST = 512;

/** A name and those that the compiler made of it, as they stand in a text, each once. */
function named(text: Buffer, name: string): string[] {
  const found = new Set<string>();
  let at = text.indexOf(name);
  for (let i = 0; at >= 0 && i < MOST_LOOKED_AT; i++, at = text.indexOf(name, at + 1)) {
    if (text[at - 1] !== SPACE && text[at - 1] !== TAB) continue;
    const [whole = ''] = /^[^\s]+/.exec(text.toString('latin1', at, at + LONGEST)) ?? [];
    if (whole === name || whole.startsWith(`${name}.`)) found.add(whole);
  }
  return [...found];
}

/** Of those that were built for this Linux, as functions write their names: `-` is `_`. */
function modulesNotLoaded(): string[] {
  const loaded = new Set(lines(read(LOADED)).map(line => line.split(' ')[0]));
  return lines(read(`/lib/modules/${release()}/modules.dep`))
    .map(line => /([^/]+)\.ko[^/]*:/.exec(line)?.[1]?.replaceAll('-', '_') ?? '')
    .filter(module => module !== '' && !loaded.has(module));
}

const lines = (text: Buffer) => text.toString('latin1').split('\n').filter(Boolean);
