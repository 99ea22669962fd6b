/** Types that debug information describes, as views and the language know them. Pointers are not followed. */
import type { DataType, Field, FunctionParameter } from '../../layout.ts';
import { attempt } from './attempt.ts';
import { AT, ATE, TAG } from './constants.ts';
import { Cursor } from './cursor.ts';
import type { DebugInfo, Place } from './debugInfo.ts';
import type { Value } from './forms.ts';
import type { Unit } from './unit.ts';

/** What says more about a type, but does not change its bytes. */
const QUALIFIERS: Readonly<Record<number, string>> = {
  [TAG.const_type]: 'const',
  [TAG.volatile_type]: 'volatile',
  [TAG.restrict_type]: 'restrict',
  [TAG.atomic_type]: '_Atomic',
};
const POINTERS = new Set<number>([TAG.pointer_type, TAG.reference_type, TAG.rvalue_reference_type]);
const PREFIXES: Readonly<Record<number, string>> = {
  [TAG.structure_type]: 'struct ',
  [TAG.union_type]: 'union ',
  [TAG.enumeration_type]: 'enum ',
};
const TAGGED = new Set<number>([
  TAG.structure_type,
  TAG.class_type,
  TAG.union_type,
  TAG.enumeration_type,
  TAG.typedef,
]);

/** Structs hold structs, and a file could let them do so without end. */
const DEEPEST = 24;
const MOST_MEMBERS = 4096;
const ADDRESS_BYTES = 8;
const OP_PLUS_UCONST = 0x23;

export class DebugTypes {
  constructor(private readonly info: DebugInfo) {}

  /** Of the function that begins at an address. Undefined where nothing is known of it. */
  parametersAt(address: number): FunctionParameter[] | undefined {
    return attempt(() => this.#parametersAt(address));
  }

  #parametersAt(address: number): FunctionParameter[] | undefined {
    const unit = this.info.unitAt(address);
    const function_ = unit && this.info.opened(unit).functions.at(address);
    if (!function_) return undefined;
    const place: Place = { info: this.info, unit, entry: function_.entry };
    return this.#children(place, TAG.formal_parameter)
      .filter(parameter => !this.#isResult(parameter))
      .slice(0, MOST_MEMBERS)
      .map(parameter => {
        const type = this.#typeOf(parameter);
        const data = type && this.#data(type, 0);
        return {
          name: this.#name(parameter) ?? '',
          declaration: this.#declaration(type, 0),
          ...(data ? { type: data } : {}),
        };
      });
  }

  /** A struct, union, enum or typedef that is defined under this name. */
  named(name: string): DataType | undefined {
    for (const unit of this.info.units()) {
      const type = attempt(() => {
        const found = this.#definition(unit, name);
        return found && this.#data(found, 0);
      });
      if (type) return withName(type, name);
    }
    return this.info.shared && new DebugTypes(this.info.shared).named(name);
  }

  #definition(unit: Unit, name: string): Place | undefined {
    let found: Place | undefined;
    unit.walk(unit.top, entry => {
      const { tag } = entry.abbreviation;
      if (!found && TAGGED.has(tag)) {
        const attributes = unit.attributes(entry);
        const isDefined = !attributes.has(AT.declaration);
        if (isDefined && unit.text(attributes.get(AT.name)) === name)
          found = { info: this.info, unit, entry };
      }
      return !found && tag === TAG.namespace;
    });
    return found;
  }

  #children(of: Place, tag: number): Place[] {
    const found = of.unit
      .children(of.entry)
      .filter(entry => entry.abbreviation.tag === tag)
      .map(entry => ({ ...of, entry }));
    if (found.length > 0) return found;
    // Code of its own may leave what it was declared with to its declaration.
    const attributes = of.unit.attributes(of.entry);
    const origin = of.info.follow(attributes.get(AT.abstract_origin) ?? attributes.get(AT.specification));
    return origin && origin.entry !== of.entry
      ? origin.unit
          .children(origin.entry)
          .filter(entry => entry.abbreviation.tag === tag)
          .map(entry => ({ ...origin, entry }))
      : [];
  }

  /** Go describes what a function gives back among its parameters. */
  #isResult({ info, unit, entry }: Place): boolean {
    return info.attribute(unit, entry, [AT.variable_parameter])?.value === 1;
  }

  #name({ info, unit, entry }: Place): string | undefined {
    const found = info.attribute(unit, entry, [AT.name]);
    return found?.unit.text(found.value);
  }

  #typeOf({ info, unit, entry }: Place): Place | undefined {
    return info.follow(info.attribute(unit, entry, [AT.type])?.value);
  }

  #number(place: Place, name: number): number | undefined {
    const value: Value | undefined = place.unit.attributes(place.entry).get(name);
    return typeof value === 'number' ? value : undefined;
  }

  #size(place: Place): number {
    return this.#number(place, AT.byte_size) ?? 0;
  }

  /** Undefined for what views cannot show. */
  #data(place: Place, depth: number): DataType | undefined {
    if (depth > DEEPEST) return undefined;
    const { tag } = place.entry.abbreviation;
    const inner = () => {
      const type = this.#typeOf(place);
      return type && this.#data(type, depth + 1);
    };
    if (tag in QUALIFIERS) return inner();
    if (POINTERS.has(tag)) {
      const to = this.#pointee(this.#typeOf(place), depth);
      return { kind: 'pointer', size: ADDRESS_BYTES, ...(to ? { to } : {}) };
    }
    switch (tag) {
      case TAG.base_type:
        return this.#base(place);
      case TAG.enumeration_type:
        return this.#enumeration(place);
      case TAG.typedef: {
        const type = inner();
        return type && withName(type, this.#name(place));
      }
      case TAG.array_type:
        return this.#array(place, inner());
      case TAG.structure_type:
      case TAG.class_type:
        return this.#composite('struct', place, depth);
      case TAG.union_type:
        return this.#composite('union', place, depth);
      default:
        return undefined;
    }
  }

  #base(place: Place): DataType | undefined {
    const size = this.#size(place);
    const encoding = this.#number(place, AT.encoding);
    if (encoding === ATE.float) return { kind: 'float', size };
    const signed = encoding === ATE.signed || encoding === ATE.signed_char;
    const unsigned = [ATE.unsigned, ATE.unsigned_char, ATE.boolean, ATE.UTF].some(one => one === encoding);
    if (![1, 2, 4, 8].includes(size) || !(signed || unsigned)) return undefined;
    // As bpftrace takes them: arrays of either are text.
    const isChar = encoding === ATE.signed_char || encoding === ATE.unsigned_char;
    return { kind: 'int', size, signed, ...(isChar ? { display: 'char' } : {}) };
  }

  #enumeration(place: Place): DataType {
    const name = this.#name(place);
    const values = this.#children(place, TAG.enumerator)
      .slice(0, MOST_MEMBERS)
      .map((one): [string, number] => [this.#name(one) ?? '', this.#number(one, AT.const_value) ?? 0]);
    return {
      kind: 'enum',
      ...(name ? { name } : {}),
      size: this.#size(place) || 4,
      signed: values.some(([, value]) => value < 0),
      values,
    };
  }

  /** One dimension within the other. */
  #array(place: Place, element: DataType | undefined): DataType | undefined {
    const lengths = this.#children(place, TAG.subrange_type).map(one => {
      const last = this.#number(one, AT.upper_bound);
      return this.#number(one, AT.count) ?? (last === undefined ? 0 : last + 1);
    });
    return lengths.reduceRight<DataType | undefined>((inner, length) => {
      if (!inner) return undefined;
      if (inner.kind === 'int' && inner.display === 'char') return { kind: 'string', size: length };
      return { kind: 'array', size: inner.size * length, element: inner, length };
    }, element);
  }

  #composite(kind: 'struct' | 'union', place: Place, depth: number): DataType {
    const name = this.#name(place);
    const fields = this.#fields(place, 0, depth);
    return { kind, ...(name ? { name } : {}), size: this.#size(place), fields };
  }

  /** Members of nameless structs and unions belong to their parent, as in C, and those of C++'s bases to who has them. */
  #fields(place: Place, base: number, depth: number): Field[] {
    const members = [...this.#children(place, TAG.inheritance), ...this.#children(place, TAG.member)];
    return members.slice(0, MOST_MEMBERS).flatMap((member): Field[] => {
      const target = this.#typeOf(member);
      const type = target && this.#data(target, depth + 1);
      if (!type) return [];
      const name = this.#name(member);
      const { byte, bits } = this.#position(member, type);
      if (name) return [{ name, offset: base + byte, type, ...(bits ? { bits } : {}) }];
      const isNested = type.kind === 'struct' || type.kind === 'union';
      return isNested ? type.fields.map(field => ({ ...field, offset: base + byte + field.offset })) : [];
    });
  }

  /** A bitfield is read from the aligned unit of its type. */
  #position(member: Place, type: DataType): { byte: number; bits?: { offset: number; size: number } } {
    const byte = this.#location(member);
    const size = this.#number(member, AT.bit_size);
    if (size === undefined) return { byte };
    const unit = type.size * 8;
    const older = this.#number(member, AT.bit_offset);
    // Before version 4 bits were counted from the other end of the storage.
    const first =
      this.#number(member, AT.data_bit_offset) ??
      (older === undefined
        ? byte * 8
        : byte * 8 + (this.#number(member, AT.byte_size) ?? type.size) * 8 - older - size);
    const aligned = Math.floor(first / unit) * type.size;
    const start = first - aligned * 8 + size <= unit ? aligned : Math.floor(first / 8);
    return { byte: start, bits: { offset: first - start * 8, size } };
  }

  /** Older compilers write a program of one operation: add this. */
  #location(member: Place): number {
    const value = member.unit.attributes(member.entry).get(AT.data_member_location);
    if (value instanceof Buffer && value[0] === OP_PLUS_UCONST) return new Cursor(value, 1).uleb();
    return typeof value === 'number' ? value : 0;
  }

  /** The bare name to ask for again; empty for void, functions and the nameless. */
  #pointee(place: Place | undefined, depth: number): string {
    if (!place || depth > DEEPEST) return '';
    const { tag } = place.entry.abbreviation;
    if (tag in QUALIFIERS) return this.#pointee(this.#typeOf(place), depth + 1);
    if (POINTERS.has(tag)) return `${this.#pointee(this.#typeOf(place), depth + 1) || 'void'} *`;
    if (tag === TAG.subroutine_type || tag === TAG.array_type) return '';
    if (tag !== TAG.typedef) return this.#name(place) ?? '';
    // Names of numbers and of pointers are seen through.
    const target = this.#data(place, depth + 1);
    const isPlain = target?.kind === 'int' || target?.kind === 'pointer';
    return isPlain ? this.#pointee(this.#typeOf(place), depth + 1) : (this.#name(place) ?? '');
  }

  /** As the source has it, pointers right behind what they point at. */
  #declaration(place: Place | undefined, depth: number): string {
    if (!place || depth > DEEPEST) return 'void';
    const { tag } = place.entry.abbreviation;
    const target = () => this.#typeOf(place);
    const qualifier = QUALIFIERS[tag];
    if (qualifier !== undefined) {
      const inner = target();
      const text = this.#declaration(inner, depth + 1);
      return inner && POINTERS.has(inner.entry.abbreviation.tag)
        ? `${text} ${qualifier}`
        : `${qualifier} ${text}`;
    }
    if (tag === TAG.pointer_type) return `${this.#declaration(target(), depth + 1)}*`;
    if (POINTERS.has(tag))
      return `${this.#declaration(target(), depth + 1)}${tag === TAG.reference_type ? '&' : '&&'}`;
    return `${PREFIXES[tag] ?? ''}${this.#name(place) ?? '<anonymous>'}`;
  }
}

/** What has no name of its own is known by its typedef's. */
function withName(type: DataType, name: string | undefined): DataType {
  const nameless = (type.kind === 'struct' || type.kind === 'union' || type.kind === 'enum') && !type.name;
  return nameless && name ? { ...type, name } : type;
}
