/**
 * Maps across programs. Who gives a map a value owns it; who only looks into it, or empties it, uses the one that
 * another program owns, with its types as they are.
 */
import type { Reporter } from '../diagnostics.ts';
import type { CheckedProgram, MapInfo, SharedMap } from '../symbols.ts';
import { sizeOf, type Type } from '../types.ts';

/** Takes over each map that the program neither writes nor declares and another has. */
export function borrowMaps(
  maps: Map<string, MapInfo>,
  others: ReadonlyMap<string, SharedMap>,
  keyNames: Map<string, string[]>,
  reporter: Reporter,
): void {
  for (const info of maps.values()) {
    const found = others.get(info.name);
    if (!found || info.written || info.declared) continue;
    if (found.unfit) reporter.report('map-unfit', { name: info.name, reason: found.unfit }, info.range);
    const { key, value, aggregation, declared } = found;
    Object.assign(info, { key, value, borrowed: found });
    if (aggregation) info.aggregation = aggregation;
    if (declared) info.declared = declared;
    if (found.keyNames) keyNames.set(info.name, found.keyNames);
  }
}

/** The maps that a checked program owns, as others may use them. */
export function ownedMaps(program: CheckedProgram, keyNames: Map<string, string[]>): Map<string, SharedMap> {
  const owned = new Map<string, SharedMap>();
  for (const { name, key, value, aggregation, declared, borrowed } of program.maps.values()) {
    if (borrowed || !key) continue;
    const names = keyNames.get(name);
    owned.set(name, {
      key,
      value,
      ...(aggregation ? { aggregation } : {}),
      ...(declared ? { declared } : {}),
      ...(names ? { keyNames: names } : {}),
      maxEntries: program.config.max_map_keys,
    });
  }
  return owned;
}

/** Whether a value, of a type that unifies with `kept`, has room where that is kept: integers all take 8 bytes. */
export function hasRoom(given: Type, kept: Type): boolean {
  if (given.kind === 'tuple' && kept.kind === 'tuple')
    return given.elements.every((element, i) => hasRoom(element, kept.elements[i]!));
  if (given.kind === 'stack') return sizeOf(given) === sizeOf(kept);
  if (given.kind === 'string' || given.kind === 'buffer') return sizeOf(given) <= sizeOf(kept);
  return true;
}
