/** The global variables of a program as someone sees them: a table, a row each. */
import type { DataType, GlobalLayout } from '../layout.ts';
import { cellText } from '../notebook/labels.ts';
import type { TablePanel, Value, Variable } from '../protocol.ts';
import { align8 } from './batch.ts';
import { columnKind } from './columns.ts';
import { Reader, toValue } from './decode.ts';
import { sameBytes } from './map-view.ts';
import type { Names } from './names.ts';
import { SNAPSHOT_HEADER } from './snapshot.ts';

/** Of longer arrays only the first elements are shown. */
const MOST_ELEMENTS = 16;

/** A section is an array map of one, its key a u32. */
const SECTION_START = SNAPSHOT_HEADER + align8(4);

export class VariablesView {
  readonly id = 'variables';
  /** Counts what came. */
  version = 0;
  readonly #globals: GlobalLayout[];
  readonly #payloads = new Map<string, Uint8Array>();

  constructor(
    globals: GlobalLayout[],
    private readonly names: Names | undefined,
  ) {
    this.#globals = globals.filter(({ parameter, histogram }) => !parameter && !histogram);
  }

  /** A snapshot payload (kernel/loader/protocol.ts) of a section; its bytes are kept. */
  set(section: string, payload: Uint8Array): void {
    const before = this.#payloads.get(section);
    if (before && sameBytes(before, payload)) return;
    this.#payloads.set(section, payload);
    this.version++;
  }

  get isShown(): boolean {
    return this.version > 0 && this.#globals.length > 0;
  }

  panel(): TablePanel {
    const rows = this.list().map(({ name, value }): Value[] => [name, value]);
    return {
      id: this.id,
      kind: 'table',
      title: 'Variables',
      columns: [
        { name: 'variable', kind: 'string' },
        { name: 'value', kind: 'other' },
      ],
      rows,
      first: 0,
      total: rows.length,
      of: 'variables',
    };
  }

  /** Their values as they were read last, in the order of the layout. */
  list(): Variable[] {
    return this.#read(shown);
  }

  /** The same by name, for programs to read. */
  values(): { [name: string]: Value } {
    return Object.fromEntries(this.#read(toValue).map(({ name, value }) => [name, value]));
  }

  #read(valueAt: (reader: Reader, type: DataType, offset: number) => Value): Variable[] {
    return this.#globals.flatMap(({ name, section, offset, type, c = '' }) => {
      const payload = this.#payloads.get(section);
      if (!payload || payload.length < SECTION_START + offset + type.size) return [];
      const reader = new Reader(payload.subarray(SECTION_START), this.names);
      return [{ name, type: c, value: valueAt(reader, type, offset) }];
    });
  }
}

/** A value as its own text, as one would write it. */
export function textAt(bytes: Uint8Array, type: DataType, offset: number): string {
  const value = toValue(new Reader(bytes), type, offset);
  return cellText(value, type.kind === 'pointer' ? 'address' : 'other');
}

/** Numbers as they are, what has a form of its own in it. */
function shown(reader: Reader, type: DataType, offset: number): Value {
  if (type.kind === 'array' && type.length > MOST_ELEMENTS) {
    const some = { ...type, length: MOST_ELEMENTS, size: MOST_ELEMENTS * type.element.size };
    const text = cellText(toValue(reader, some, offset), 'other');
    return `${text.slice(0, -1)}, … ${type.length - MOST_ELEMENTS} more]`;
  }
  const value = toValue(reader, type, offset);
  const kind = columnKind(type);
  const isPlain = (kind === 'integer' || kind === 'boolean') && typeof value !== 'object';
  return isPlain ? value : cellText(value, kind);
}
