/** A map whose key holds stacks, and whose value is a quantity, as the frames of a flame graph. */
import type { Field } from '../layout.ts';
import { cellText } from '../notebook/labels.ts';
import type { Column, FlamePanel, Frame, Value } from '../protocol.ts';
import { columnKind, uniqueNames } from './columns.ts';
import { type Int, intValue, Reader, readScalar, shrink, toValue } from './decode.ts';
import { framesOf } from './frames.ts';
import { keyLeaves, leaves } from './leaves.ts';
import { panelHead } from './panel-head.ts';
import { type MapEntry, readAggregate, type ShownMap } from './snapshot.ts';
import type { StackIdType } from './stack-ids.ts';
import type { StackDataType } from './stacks.ts';
import { isQuantity, unitOf } from './units.ts';

/** Of what a panel holds; a map may have many more. */
export const MAX_STACKS = 2_000;

/** What is counted by stack, and what else its value tells. */
interface Counted {
  field: Field;
  texts: Field[];
  read(entry: MapEntry): Int;
}

/** Undefined where the map is not of that kind, or holds what no width can show. */
export function flamePanel(map: ShownMap, entries: MapEntry[]): FlamePanel | undefined {
  const parts = keyLeaves(map.key ?? []);
  const stacks = parts.filter(isStack).sort(userFirst);
  const counted = stacks.length > 0 ? countedIn(map) : undefined;
  if (!counted) return undefined;
  const weighed = entries.map(entry => ({ entry, weight: counted.read(entry) }));
  if (weighed.some(({ weight }) => weight < 0)) return undefined;
  weighed.sort((a, b) => descending(a.weight, b.weight));
  const keys = parts.filter(part => !isStack(part));
  const { texts, field } = counted;
  const made = new Stacks();
  for (const { entry, weight } of weighed.slice(0, MAX_STACKS)) {
    const [key, value] = [new Reader(entry.key, map.names), new Reader(entry.value, map.names)];
    made.add(
      [
        ...keys.map(part => keyFrame(key, part)),
        ...texts.map(part => keyFrame(value, part)),
        ...stacks.flatMap(({ type, offset }) => framesOf(key, type, offset)),
      ],
      weight,
    );
  }
  const unit = unitOf(field.type);
  const columns = uniqueNames([...keys, ...texts].map(keyColumn));
  return {
    ...panelHead(map, 'flame'),
    valueName: field.name,
    ...(unit ? { unit } : {}),
    ...(columns.length > 0 ? { keys: columns } : {}),
    frames: made.frames,
    stacks: made.all(),
    more: Math.max(0, weighed.length - MAX_STACKS),
  };
}

type StackField = Field & { type: StackDataType | StackIdType };

const isStack = (field: Field): field is StackField =>
  field.type.kind === 'stack' || field.type.kind === 'stack-id';

const spaceOf = ({ type }: StackField) => (type.kind === 'stack' ? type.space : type.stack.space);
const userFirst = (a: StackField, b: StackField) =>
  Number(spaceOf(b) === 'user') - Number(spaceOf(a) === 'user');

const descending = (a: Int, b: Int) => (a < b ? 1 : a > b ? -1 : 0);

const ADDED = new Set(['count', 'sum']);

/** What may be added up; of a struct the only number, where all else is text. */
function countedIn(map: ShownMap): Counted | undefined {
  const { aggregation, histogram, value } = map;
  if (histogram) return undefined;
  if (aggregation) {
    if (!ADDED.has(aggregation.fn)) return undefined;
    const read = ({ value }: MapEntry) => {
      const aggregate = readAggregate(map, value);
      return 'value' in aggregate ? aggregate.value : 0;
    };
    return { field: { name: aggregation.fn, offset: 0, type: value }, texts: [], read };
  }
  const fields = value.kind === 'struct' ? leaves(value.fields) : [{ name: 'value', offset: 0, type: value }];
  const texts = fields.filter(({ type }) => type.kind === 'string');
  const [field, ...others] = fields.filter(one => !texts.includes(one));
  if (!field || others.length > 0 || field.type.kind !== 'int' || !isQuantity(field.type)) return undefined;
  const { type, offset, bits } = field;
  return { field, texts, read: entry => readScalar(new Reader(entry.value), type, offset, bits) };
}

const keyColumn = ({ name, type }: Field, i: number): Column => ({
  name: name || `key${i || ''}`,
  kind: columnKind(type) === 'integer' ? 'integer' : 'string',
});

const keyFrame = (reader: Reader, { type, offset, bits }: Field): Frame => ({
  name: cellText(toValue(reader, type, offset, bits), columnKind(type)),
  of: 'key',
});

/** Frames by number, and what has the same frames as one. */
class Stacks {
  readonly frames: Frame[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #stacks = new Map<string, { frames: number[]; value: Int }>();

  add(frames: Frame[], value: Int): void {
    const numbers = frames.map(frame => this.#number(frame));
    const id = numbers.join();
    const known = this.#stacks.get(id);
    if (known) known.value = shrink(BigInt(known.value) + BigInt(value));
    else this.#stacks.set(id, { frames: numbers, value });
  }

  /** Largest first. */
  all(): { frames: number[]; value: Value }[] {
    return [...this.#stacks.values()]
      .sort((a, b) => descending(a.value, b.value))
      .map(({ frames, value }) => ({ frames, value: intValue(value) }));
  }

  #number(frame: Frame): number {
    const id = `${frame.of} ${frame.name} ${frame.note ?? ''}`;
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, this.frames.length);
    return this.frames.push(frame) - 1;
  }
}
