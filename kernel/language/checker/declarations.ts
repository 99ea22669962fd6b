/** `let @m = kind(entries);` */
import type { Reporter } from '../diagnostics.ts';
import { MAP_KINDS } from '../generator/maps.ts';
import type { MapDeclaration } from '../nodes.ts';
import { didYouMean } from '../suggest.ts';
import type { MapInfo } from '../symbols.ts';
import { UNKNOWN } from '../types.ts';

export function declareMaps(nodes: MapDeclaration[], maps: Map<string, MapInfo>, reporter: Reporter): void {
  for (const node of nodes) {
    if (!MAP_KINDS[node.mapKind]) {
      reporter.report(
        'map-kind',
        {
          kind: node.mapKind,
          known: Object.keys(MAP_KINDS).join(', '),
          remedy: didYouMean(node.mapKind, Object.keys(MAP_KINDS)),
        },
        node.kindRange,
      );
      continue;
    }
    const [entries] = node.entries;
    const count = entries?.kind === 'integer' ? Number(entries.value) : undefined;
    if (node.entries.length !== 1 || count === undefined || count < 1 || count > 0xffffffff) {
      reporter.report('map-entries', { kind: node.mapKind }, node);
      continue;
    }
    if (maps.has(node.name)) reporter.report('map-declared-twice', { name: node.name }, node);
    maps.set(node.name, {
      name: node.name,
      key: undefined,
      value: UNKNOWN,
      range: node,
      written: false,
      declared: { kind: node.mapKind, entries: count },
    });
  }
}
