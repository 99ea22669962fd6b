/** Maps of stacks that need no table of their own: each stack stands where its number would. */
import type { CellLayout, DataType } from '../layout.ts';

export function withStacksInPlace(layout: CellLayout): CellLayout {
  const told = new Set([
    ...layout.records.flatMap(({ fields }) => fields.flatMap(({ type }) => stackMapsIn(type))),
    ...layout.maps.flatMap(({ key = [], value }) => [
      ...key.flatMap(({ type }) => stackMapsIn(type)),
      ...stackMapsIn(value),
    ]),
  ]);
  const maps = layout.maps.map(map =>
    told.has(map.symbol) ? { ...map, inPlace: true as const, printAtEnd: false } : map,
  );
  return { ...layout, maps };
}

/** Symbols of the maps whose stacks a value tells by number. */
function stackMapsIn(type: DataType): string[] {
  switch (type.kind) {
    case 'stack-id':
      return [type.map];
    case 'struct':
    case 'union':
    case 'tuple':
      return type.fields.flatMap(field => stackMapsIn(field.type));
    case 'array':
      return stackMapsIn(type.element);
    default:
      return [];
  }
}
