/** What Tab offers: commands, files, and whatever the language has at that place. */
import { readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Catalogue, type Completion, complete } from '../../language/editor/index.ts';
import { beginnings } from '../../language/index.ts';
import type { Complete } from './input.ts';
import type { ReplSession } from './session.ts';

/** `commands`: names that stand first in a line. `typed`: the lines above, of an input that goes on. */
export function completer(session: ReplSession, commands: readonly string[], typed: () => string): Complete {
  /** Names of probes, by kind and file, as far as they were asked for. */
  const names = new Map<string, string[]>();

  const found = async (text: string): Promise<Completion> => {
    const { loader, target } = await session.kernel.holder.connect();
    for (;;) {
      const missing = new Map<string, [provider: string, of: string]>();
      const offered = await target.resolve(loader, view => {
        const catalogue: Catalogue = {
          target: view,
          names: (provider, of = '') => {
            const key = `${provider}:${of}`;
            if (!names.has(key)) missing.set(key, [provider, of]);
            return names.get(key) ?? [];
          },
        };
        return complete(text, text.length, catalogue, { maps: session.definitions() });
      });
      if (missing.size === 0) return offered;
      for (const [key, [provider, of]] of missing)
        names.set(key, await session.kernel.knowledge.names(provider, of).catch(() => []));
    }
  };

  return async line => {
    const [, command, argument] = /^(\.\w*)(?:\s+(.*))?$/.exec(line) ?? [];
    if (command !== undefined && argument === undefined) return [startingWith(command, commands), command];
    if (command === '.load') return [files(argument!), argument!];
    if (command !== undefined || session.language !== 'bpftrace') return [[], line];
    const options = new Set<string>();
    let part = '';
    for (const text of beginnings(typed() + line)) {
      const { start, end, items } = await found(text);
      part = text.slice(start, end);
      for (const { label, filter = label } of items)
        for (const [fitting] of [startingWith(part, [label, filter])]) if (fitting) options.add(fitting);
    }
    return [[...options], part];
  };
}

const startingWith = (start: string, words: readonly string[]) =>
  words.filter(word => word.startsWith(start));

function files(typed: string): string[] {
  const folder = typed.endsWith('/') ? typed : dirname(typed);
  const begun = typed.endsWith('/') ? '' : basename(typed);
  const front = typed.slice(0, typed.length - begun.length);
  try {
    return readdirSync(resolve(folder), { withFileTypes: true })
      .filter(({ name }) => name.startsWith(begun))
      .map(entry => front + entry.name + (entry.isDirectory() ? '/' : ''));
  } catch {
    return [];
  }
}
