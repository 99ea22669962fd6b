import type { DataType, Field } from '../layout.ts';
import type { BtfFile } from './file.ts';
import { BTF_KIND, INT_ENCODING } from './kinds.ts';

/** A member of a struct or union, or a variable, as its author wrote it. */
export interface Declaration {
  /** Tag of the struct or union, or the name that typedef gave it; empty where it has none, and for variables. */
  owner: string;
  name: string;
  /** The typedefs and the tag that its type goes by, the outermost first: `__be32`, `__u32`. */
  typeNames: string[];
  /** Texts of btf_decl_tag. */
  tags: string[];
}

/** Makes of a member's type one that says how it is to be shown. Size and place stay. */
export type Refine = (type: DataType, declaration: Declaration) => DataType;

/** Turns BTF ids into {@link DataType}s. A type is converted once; pointers are not followed. */
export class TypeConverter {
  readonly #known = new Map<number, DataType | undefined>();
  #tags?: Map<string, string[]>;
  #names?: Map<number, string>;

  constructor(
    private readonly file: BtfFile,
    private readonly refine?: Refine,
  ) {}

  convert(id: number): DataType | undefined {
    if (!this.#known.has(id)) this.#known.set(id, this.#make(id));
    return this.#known.get(id);
  }

  #make(id: number): DataType | undefined {
    const { file } = this;
    switch (file.kind(id)) {
      case BTF_KIND.int:
        return this.#int(id);
      case BTF_KIND.float:
        return { kind: 'float', size: file.size(id) };
      case BTF_KIND.ptr:
        return this.#pointer(file.target(id));
      case BTF_KIND.array:
        return this.#array(id);
      case BTF_KIND.struct:
        return this.#composite('struct', id);
      case BTF_KIND.union:
        return this.#composite('union', id);
      case BTF_KIND.enum:
      case BTF_KIND.enum64:
        return this.#enum(id);
      case BTF_KIND.typedef:
        return this.#typedef(id);
      case BTF_KIND.const:
      case BTF_KIND.volatile:
      case BTF_KIND.restrict:
      case BTF_KIND.typeTag:
        return this.convert(file.target(id));
      default:
        return undefined;
    }
  }

  #int(id: number): DataType {
    const { file } = this;
    const size = file.size(id);
    const { encoding } = file.int(id);
    if (encoding & INT_ENCODING.bool) return { kind: 'bool', size };
    if (size > 8) return { kind: 'bytes', size };
    const signed = (encoding & INT_ENCODING.signed) !== 0;
    return { kind: 'int', size, signed, ...(file.name(id) === 'char' ? { display: 'char' as const } : {}) };
  }

  /** A struct without a name of its own is known by its typedef's. */
  #typedef(id: number): DataType | undefined {
    const type = this.convert(this.file.target(id));
    const nameless =
      type && (type.kind === 'struct' || type.kind === 'union' || type.kind === 'enum') && !type.name;
    return nameless ? { ...type, name: this.file.name(id) } : type;
  }

  #pointer(target: number): DataType {
    const to = this.#pointee(target);
    return { kind: 'pointer', size: 8, ...(to ? { to } : {}) };
  }

  /** The bare name to ask for again: `task_struct`, `char`, `char *`; empty for void, functions and the nameless. */
  #pointee(id: number): string {
    const { file } = this;
    const plain = file.strip(id, false);
    switch (file.kind(plain)) {
      case BTF_KIND.ptr: {
        const inner = this.#pointee(file.target(plain));
        return `${inner || 'void'} *`;
      }
      case BTF_KIND.typedef: {
        const resolved = file.strip(plain);
        const name = file.name(resolved);
        const nameable = file.kind(resolved) !== BTF_KIND.ptr && file.kind(resolved) !== BTF_KIND.array;
        return nameable && name ? name : file.name(plain);
      }
      case BTF_KIND.func:
      case BTF_KIND.funcProto:
        return '';
      default:
        return file.name(plain);
    }
  }

  #array(id: number): DataType {
    const { element, length } = this.file.array(id);
    const type: DataType = this.convert(element) ?? { kind: 'bytes', size: 0 };
    if (type.kind === 'int' && type.size === 1) {
      return { kind: type.signed || type.display === 'char' ? 'string' : 'bytes', size: length };
    }
    return { kind: 'array', size: type.size * length, element: type, length };
  }

  #enum(id: number): DataType {
    const { file } = this;
    const name = file.name(id);
    return {
      kind: 'enum',
      ...(name ? { name } : {}),
      size: file.size(id),
      signed: file.flag(id),
      values: file.enumerators(id).map(({ name, value }) => [name, jsonSafe(value)]),
    };
  }

  #composite(kind: 'struct' | 'union', id: number): DataType {
    const name = this.file.name(id);
    return { kind, ...(name ? { name } : {}), size: this.file.size(id), fields: this.#fields(id, 0) };
  }

  /** Members of nameless structs and unions belong to their parent, as in C. */
  #fields(id: number, base: number): Field[] {
    const { file } = this;
    return file.members(id).flatMap((member, index): Field[] => {
      const type = this.convert(member.type);
      if (!type) return [];
      const byte = base + Math.floor(member.bitOffset / 8);
      if (!member.name) {
        return type.kind === 'struct' || type.kind === 'union'
          ? this.#fields(file.strip(member.type), byte)
          : [];
      }
      const shown = this.refine?.(type, this.#declaration(id, index)) ?? type;
      const bits = this.#bits(member.type, member.bitOffset, member.bitSize);
      if (!bits) return [{ name: member.name, offset: byte, type: shown }];
      return [{ name: member.name, offset: base + bits.byte, type: shown, bits: bits.bits }];
    });
  }

  #declaration(struct: number, index: number): Declaration {
    const { file } = this;
    const owner = file.name(struct) || (this.#typedefs.get(struct) ?? '');
    const type = file.memberType(struct, index);
    const name = file.string(file.memberNameOffset(struct, index));
    return { owner, name, typeNames: this.typeNames(type), tags: this.tagsOf(struct, index) };
  }

  /** The typedefs that a type, or an array's element, goes by, and the name of what they stand for. */
  typeNames(id: number): string[] {
    const { file } = this;
    const plain = file.strip(id, false);
    if (file.kind(plain) === BTF_KIND.array) return this.typeNames(file.array(plain).element);
    const name = file.name(plain);
    const more = file.kind(plain) === BTF_KIND.typedef ? this.typeNames(file.target(plain)) : [];
    return name ? [name, ...more] : more;
  }

  /** Texts of btf_decl_tag at a type's member, or without one at the type or variable itself. */
  tagsOf(id: number, index = -1): string[] {
    if (!this.#tags) {
      this.#tags = new Map();
      for (const tag of this.#idsOf(BTF_KIND.declTag)) {
        const at = `${this.file.target(tag)} ${this.file.component(tag)}`;
        this.#tags.set(at, [...(this.#tags.get(at) ?? []), this.file.name(tag)]);
      }
    }
    return this.#tags.get(`${id} ${index}`) ?? [];
  }

  /** Typedefs by what they stand for. */
  get #typedefs(): Map<number, string> {
    this.#names ??= new Map(
      this.#idsOf(BTF_KIND.typedef).map(id => [this.file.strip(this.file.target(id)), this.file.name(id)]),
    );
    return this.#names;
  }

  #idsOf(kind: number): number[] {
    const { file } = this;
    const ids = Array.from({ length: file.count - file.first }, (_, i) => file.first + i);
    return ids.filter(id => file.kind(id) === kind);
  }

  /** A bitfield is read from the aligned unit of its type; when packing moved it across one, from its byte. */
  #bits(type: number, bitOffset: number, bitSize: number) {
    const { file } = this;
    const plain = file.strip(type);
    // BTF without the kind flag (old compilers) has the width in the int itself.
    const size = bitSize || (file.kind(plain) === BTF_KIND.int ? file.int(plain).bits : 0);
    const unit = this.convert(plain)?.size ?? 0;
    if (size === 0 || size === unit * 8) return undefined;
    const aligned = Math.floor(bitOffset / (unit * 8)) * unit;
    const byte = bitOffset - aligned * 8 + size <= unit * 8 ? aligned : Math.floor(bitOffset / 8);
    return { byte, bits: { offset: bitOffset - byte * 8, size } };
  }
}

/** Beyond 2^53 a number is a decimal string. */
function jsonSafe(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
