/** Which maps of BPF C are histograms, by the customs of those who write them: nothing in C says so. */
import type { DataType, Field, MapLayout } from '../layout.ts';

/** The array of counts in a value: libbpf-tools' custom. */
const SLOTS = 'slots';
/** The bucket's index in a key, which counts in the value: the custom of Linux's own samples. */
const BUCKET = /^(?:bucket|slot|index)$/;
/** A map of counts that is called so has the bucket's index for a key: BCC's custom. */
const NAMED = /(?:^|_)(?:hists?|histograms?|dist|slots|buckets)$/;
/** Fewer counts in a row are something else. */
const FEWEST = 8;

export function findHistogram(
  name: string,
  key: readonly Field[],
  value: DataType,
): MapLayout['histogram'] | undefined {
  const slots = slotsIn(value);
  if (slots) return { slots };
  const isNamed = NAMED.test(name);
  if (isNamed && isCounts(value)) return { slots: SLOTS };
  if (value.kind !== 'int') return undefined;
  const bucket = key.find(({ name, type }) => type.kind === 'int' && BUCKET.test(name));
  if (bucket && key.length > 1) return { bucket: bucket.name };
  const [only] = key;
  return isNamed && key.length === 1 && only!.type.kind === 'int' ? { bucket: only!.name } : undefined;
}

/** The name of the array in a struct, or in one that is within it. */
function slotsIn(value: DataType): string | undefined {
  if (value.kind !== 'struct') return undefined;
  for (const { name, type } of value.fields) {
    if (name === SLOTS && isCounts(type, 1)) return SLOTS;
    const within = slotsIn(type);
    if (within) return `${name}.${within}`;
  }
  return undefined;
}

const isCounts = (type: DataType, fewest = FEWEST) =>
  type.kind === 'array' && type.element.kind === 'int' && type.length >= fewest;
