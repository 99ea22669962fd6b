import { createHash } from 'node:crypto';
import type { DataType } from '../layout.ts';
import { Elf } from './elf.ts';
import { BtfFile } from './file.ts';
import { BTF_KIND } from './kinds.ts';
import { type Declaration, type Refine, TypeConverter } from './types.ts';

/** A variable of a data section. */
export interface Variable {
  name: string;
  /** BTF id of its own. */
  id: number;
  /** BTF id of its type. */
  typeId: number;
  offset: number;
  size: number;
  linkage: 'static' | 'global' | 'extern';
}

export interface FunctionPrototype {
  name: string;
  /** Undefined = void. */
  returns?: DataType;
  params: { name: string; type: DataType }[];
  variadic: boolean;
}

const LINKAGE = ['static', 'global', 'extern'] as const;

/** Kinds a bare name can mean, the best first: `task_struct` is the struct even if a function has the name. */
const BY_TAG: Record<string, number[]> = {
  '': [
    BTF_KIND.struct,
    BTF_KIND.union,
    BTF_KIND.typedef,
    BTF_KIND.enum,
    BTF_KIND.enum64,
    BTF_KIND.int,
    BTF_KIND.float,
  ],
  struct: [BTF_KIND.struct],
  union: [BTF_KIND.union],
  enum: [BTF_KIND.enum, BTF_KIND.enum64],
};

/** Types by name or id, from the BTF of a target or of an object file. Immutable; results are shared. */
export class TypeSource {
  readonly #converter: TypeConverter;
  #fingerprint?: string;
  #enumerations?: Map<string, number>;

  private constructor(
    readonly file: BtfFile,
    private readonly refine?: Refine,
  ) {
    this.#converter = new TypeConverter(file, refine);
  }

  /**
   * From the bytes of /sys/kernel/btf/vmlinux, or of a module's with the vmlinux as `base`.
   * @throws Error when the bytes are not BTF
   */
  static fromRaw(bytes: Uint8Array, base?: TypeSource): TypeSource {
    return new TypeSource(new BtfFile(bytes, base?.file));
  }

  /**
   * From the .BTF section of an object file, with the offsets of variables filled in. `refine` says how members
   * are to be shown.
   * @throws Error when the bytes are not ELF or have no BTF
   */
  static fromElf(elf: Uint8Array | Elf, refine?: Refine): TypeSource {
    const bytes = (elf instanceof Elf ? elf : new Elf(elf)).relocated('.BTF');
    if (!bytes) throw new Error('the object has no .BTF section');
    return new TypeSource(new BtfFile(bytes), refine);
  }

  /** Hash of the bytes: equal for equal types. */
  get fingerprint(): string {
    this.#fingerprint ??= createHash('sha256').update(this.file.raw).digest('hex').slice(0, 32);
    return this.#fingerprint;
  }

  /**
   * A type by its C name: `task_struct`, `struct task_struct`, `pid_t`, `unsigned int`, `char *`. A typedef
   * answers what it stands for. Undefined when unknown or only declared.
   */
  type(name: string): DataType | undefined {
    const text = name
      .replace(/\b(const|volatile)\b/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    if (text.endsWith('*')) {
      const to = text.slice(0, -1).trim();
      return {
        kind: 'pointer',
        size: 8,
        ...(to === 'void' ? {} : { to: to.replace(/^(struct|union|enum) /, '') }),
      };
    }
    const [, tag = '', bare = text] = /^(?:(struct|union|enum) )?(.*)$/.exec(text) ?? [];
    const kinds = BY_TAG[tag]!;
    const id = this.file
      .find(bare)
      .filter(id => kinds.includes(this.file.kind(id)))
      .sort((a, b) => kinds.indexOf(this.file.kind(a)) - kinds.indexOf(this.file.kind(b)))[0];
    return id === undefined ? undefined : this.typeOf(id);
  }

  /** The enumeration that a constant belongs to, by the constant's name. */
  enumeration(constant: string): DataType | undefined {
    this.#enumerations ??= this.#constants();
    const id = this.#enumerations.get(constant);
    return id === undefined ? undefined : this.typeOf(id);
  }

  /** Of enumerations that share a name the first has it. */
  #constants(): Map<string, number> {
    const { file } = this;
    const found = new Map<string, number>();
    for (let id = file.first; id < file.count; id++) {
      if (!BY_TAG['enum']!.includes(file.kind(id))) continue;
      for (const { name } of file.enumerators(id)) if (!found.has(name)) found.set(name, id);
    }
    return found;
  }

  /** A type by its BTF id; undefined for void, functions and mere declarations. */
  typeOf(id: number): DataType | undefined {
    return this.#converter.convert(id);
  }

  /** The type of something declared, as it is to be shown. `variable`: its BTF id, where it has one. */
  declared(
    id: number,
    { owner, name }: Pick<Declaration, 'owner' | 'name'>,
    variable?: number,
  ): DataType | undefined {
    const type = this.typeOf(id);
    if (!type || !this.refine) return type;
    const tags = variable === undefined ? [] : this.#converter.tagsOf(variable);
    return this.refine(type, { owner, name, typeNames: this.#converter.typeNames(id), tags });
  }

  /** The variables of a data section, by offset; empty when there is no such section. */
  datasec(section: string): Variable[] {
    const { file } = this;
    const id = file.find(section).find(id => file.kind(id) === BTF_KIND.datasec);
    if (id === undefined) return [];
    return file
      .variables(id)
      .map(({ variable, offset, size }) => ({
        name: file.name(variable),
        id: variable,
        typeId: file.target(variable),
        offset,
        size,
        linkage: LINKAGE[file.linkage(variable)] ?? 'static',
      }))
      .sort((a, b) => a.offset - b.offset);
  }

  /** Names of all data sections. */
  datasecs(): string[] {
    const names: string[] = [];
    for (let id = this.file.first; id < this.file.count; id++) {
      if (this.file.kind(id) === BTF_KIND.datasec) names.push(this.file.name(id));
    }
    return names;
  }

  /** The type of a variable, by name. */
  variable(name: string): DataType | undefined {
    const { file } = this;
    const id = file.find(name).find(id => file.kind(id) === BTF_KIND.var);
    return id === undefined ? undefined : this.typeOf(file.target(id));
  }

  /** The prototype of a function, by name. */
  func(name: string): FunctionPrototype | undefined {
    const { file } = this;
    const id = file.findFunction(name);
    if (id === undefined) return undefined;
    const prototype = file.target(id);
    const params = file.parameters(prototype);
    const variadic = params.length > 0 && params.at(-1)!.type === 0;
    const returns = this.typeOf(file.target(prototype));
    return {
      name,
      ...(returns ? { returns } : {}),
      params: (variadic ? params.slice(0, -1) : params).map(param => ({
        name: param.name,
        type: this.typeOf(param.type) ?? { kind: 'pointer', size: 8 },
      })),
      variadic,
    };
  }
}
