/** What was measured, where the compiler knows it: by the display of the integer. */
import type { DataType, Display } from '../layout.ts';
import type { Unit } from '../notebook/labels.ts';

const UNITS: { [display in Display]?: Unit } = {
  nanoseconds: 'ns',
  microseconds: 'us',
  milliseconds: 'ms',
  seconds: 's',
  bytes: 'bytes',
  kibibytes: 'KiB',
};

/** Of an array, what its elements are in. */
export function unitOf(type: DataType): Unit | undefined {
  if (type.kind === 'array') return unitOf(type.element);
  return type.kind === 'int' && type.display ? UNITS[type.display] : undefined;
}

/** Is it a number of something, rather than a name, a time or a place that is written as one? */
export const isQuantity = (type: DataType): boolean =>
  type.kind === 'int' &&
  (type.display === undefined || type.display === 'decimal' || unitOf(type) !== undefined);
