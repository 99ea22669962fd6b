/** Functions that have no code of their own, because each call became the code of what it calls. */
import { attempt } from './attempt.ts';
import { AT, TAG } from './constants.ts';
import type { DebugInfo, SourcePlace } from './debugInfo.ts';
import type { Unit } from './unit.ts';

/** What the attribute `inline` says of those that were: with or without having been declared so. */
const INLINED = new Set<unknown>([1, 3]);

/** Where a function that was inlined is defined; undefined when there is none of the name. */
export function inlinedFunction(info: DebugInfo, name: string): SourcePlace | undefined {
  for (const unit of info.units()) {
    const found = attempt(() => inUnit(info, unit, name));
    if (found) return found;
  }
  return undefined;
}

function inUnit(info: DebugInfo, unit: Unit, name: string): SourcePlace | undefined {
  let found: SourcePlace | undefined;
  unit.walk(unit.top, entry => {
    if (found || entry.abbreviation.tag !== TAG.subprogram) return false;
    if (!entry.abbreviation.attributes.some(attribute => attribute.name === AT.inline)) return false;
    const attributes = unit.attributes(entry);
    const [file, line] = [attributes.get(AT.decl_file), attributes.get(AT.decl_line)];
    if (!INLINED.has(attributes.get(AT.inline)) || unit.text(attributes.get(AT.name)) !== name) return false;
    const path = typeof file === 'number' ? info.opened(unit).lines?.path(file) : undefined;
    if (path !== undefined && typeof line === 'number') found = { file: path, line };
    return false;
  });
  return found;
}
