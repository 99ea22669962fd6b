import { BTF_KIND, type BtfMember, TRAILING } from './kinds.ts';
import { BtfStrings } from './strings.ts';

const MAGIC = 0xeb9f;

/**
 * Raw access to one BTF blob: kinds, names and members by type id. It indexes where each type starts and reads
 * the rest when asked, because a vmlinux has 150,000 types and a cell needs a few hundred. Id 0 is void.
 */
export class BtfFile {
  readonly raw: Buffer;
  /** One more than the highest type id. */
  readonly count: number;
  /** The first id of this blob; more than 1 when it extends a base. */
  readonly first: number;
  readonly #strings: BtfStrings;
  /** The type section as words, and the word where each type starts, by id - first. */
  readonly #words: Uint32Array;
  readonly #starts: Uint32Array;
  #functions?: Map<number, number>;

  /**
   * @param base the BTF that `bytes` extends (vmlinux, for a module's)
   * @throws Error when the bytes are not BTF
   */
  constructor(
    bytes: Uint8Array,
    readonly base?: BtfFile,
  ) {
    this.raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.raw.length < 24 || this.raw.readUInt16LE(0) !== MAGIC)
      throw new Error('not BTF (wrong magic number)');
    const [headerSize, typeOffset, typeSize, stringOffset, stringSize] = [4, 8, 12, 16, 20].map(at =>
      this.raw.readUInt32LE(at),
    ) as [number, number, number, number, number];
    const types = headerSize + typeOffset;
    const strings = headerSize + stringOffset;
    if (types + typeSize > this.raw.length || strings + stringSize > this.raw.length || typeSize % 4 !== 0) {
      throw new Error('damaged BTF (a section goes beyond the end)');
    }
    this.#strings = new BtfStrings(
      this.raw.subarray(strings, strings + stringSize),
      base ? base.#strings.end : 0,
    );
    // A copy: a Uint32Array needs an aligned start, which a Buffer does not promise.
    this.#words = new Uint32Array(new Uint8Array(this.raw.subarray(types, types + typeSize)).buffer);
    this.first = base ? base.count : 1;
    this.#starts = indexTypes(this.#words);
    this.count = this.first + this.#starts.length;
  }

  /** The blob that holds `id`: this one or its base. */
  #owner(id: number): BtfFile {
    return id < this.first && this.base ? this.base.#owner(id) : this;
  }

  #word(id: number, index: number): number {
    const owner = this.#owner(id);
    return owner.#words[owner.#starts[id - owner.first]! + index] ?? 0;
  }

  string(offset: number): string {
    return this.base && offset < this.#strings.base ? this.base.string(offset) : this.#strings.at(offset);
  }

  /** Offset of a string that equals `name`. */
  stringOffset(name: string): number | undefined {
    return this.base?.stringOffset(name) ?? this.#strings.find(name);
  }

  /** Offsets of all strings lie below this. */
  get stringsEnd(): number {
    return this.#strings.end;
  }

  kind(id: number): number {
    return id === 0 ? BTF_KIND.void : (this.#word(id, 1) >>> 24) & 0x1f;
  }

  nameOffset(id: number): number {
    return id === 0 ? 0 : this.#word(id, 0);
  }

  name(id: number): string {
    return this.string(this.nameOffset(id));
  }

  /** Bytes, for the kinds that have a size. */
  size(id: number): number {
    return this.#word(id, 2);
  }

  /** The type that a pointer, modifier, typedef, func or var refers to. */
  target(id: number): number {
    return this.#word(id, 2);
  }

  /** Number of members, enumerators, parameters or variables; of a func: its linkage. */
  length(id: number): number {
    return this.#word(id, 1) & 0xffff;
  }

  /** Of a struct: it has bitfields; of an enum: it is signed; of a fwd: it is a union. */
  flag(id: number): boolean {
    return this.#word(id, 1) >>> 31 === 1;
  }

  /** Encoding bits, bit offset and number of bits of an int. */
  int(id: number): { encoding: number; bitOffset: number; bits: number } {
    const word = this.#word(id, 3);
    return { encoding: (word >>> 24) & 0xf, bitOffset: (word >>> 16) & 0xff, bits: word & 0xff };
  }

  array(id: number): { element: number; length: number } {
    return { element: this.#word(id, 3), length: this.#word(id, 5) };
  }

  members(id: number): BtfMember[] {
    const packed = this.flag(id);
    return Array.from({ length: this.length(id) }, (_, i) => {
      const offset = this.#word(id, 3 + i * 3 + 2);
      return {
        name: this.string(this.memberNameOffset(id, i)),
        type: this.memberType(id, i),
        bitOffset: packed ? offset & 0xffffff : offset,
        bitSize: packed ? offset >>> 24 : 0,
      };
    });
  }

  memberNameOffset(id: number, index: number): number {
    return this.#word(id, 3 + index * 3);
  }

  memberType(id: number, index: number): number {
    return this.#word(id, 3 + index * 3 + 1);
  }

  enumeratorNameOffset(id: number, index: number): number {
    return this.#word(id, 3 + index * (this.kind(id) === BTF_KIND.enum64 ? 3 : 2));
  }

  enumerators(id: number): { name: string; value: bigint }[] {
    const wide = this.kind(id) === BTF_KIND.enum64;
    const signed = this.flag(id);
    return Array.from({ length: this.length(id) }, (_, i) => {
      const low = this.#word(id, 3 + i * (wide ? 3 : 2) + 1);
      const value = wide ? (BigInt(this.#word(id, 3 + i * 3 + 2)) << 32n) | BigInt(low) : BigInt(low);
      return {
        name: this.string(this.enumeratorNameOffset(id, i)),
        value: signed ? BigInt.asIntN(wide ? 64 : 32, value) : value,
      };
    });
  }

  /** A variadic prototype ends with a nameless parameter of type void. */
  parameters(id: number): { name: string; type: number }[] {
    return Array.from({ length: this.length(id) }, (_, i) => ({
      name: this.string(this.#word(id, 3 + i * 2)),
      type: this.#word(id, 3 + i * 2 + 1),
    }));
  }

  /** Of a declaration's tag: the member of the type that it is about, -1 = the type itself. */
  component(id: number): number {
    return this.#word(id, 3) | 0;
  }

  /** 0 static, 1 global, 2 extern. */
  linkage(id: number): number {
    return this.#word(id, 3);
  }

  variables(id: number): { variable: number; offset: number; size: number }[] {
    return Array.from({ length: this.length(id) }, (_, i) => ({
      variable: this.#word(id, 3 + i * 3),
      offset: this.#word(id, 3 + i * 3 + 1),
      size: this.#word(id, 3 + i * 3 + 2),
    }));
  }

  /** Ids of all types of this name, of any kind. */
  find(name: string): number[] {
    const offset = this.stringOffset(name);
    if (!offset) return [];
    const found: number[] = [];
    for (let id = 1; id < this.count; id++) if (this.nameOffset(id) === offset) found.push(id);
    return found;
  }

  /** Ids of this blob's functions by the offsets of their names: they are asked for by the ten thousand. */
  get functions(): ReadonlyMap<number, number> {
    if (!this.#functions) {
      this.#functions = new Map();
      for (let id = this.count - 1; id >= this.first; id--)
        if (this.kind(id) === BTF_KIND.func) this.#functions.set(this.nameOffset(id), id);
    }
    return this.#functions;
  }

  /** The first function of this name, the base's before this blob's. */
  findFunction(name: string): number | undefined {
    const offset = this.stringOffset(name);
    if (offset === undefined) return undefined;
    return this.base?.findFunction(name) ?? this.functions.get(offset);
  }

  /**
   * Leaves const, volatile, restrict and type tags behind; with `typedefs`, typedefs too. Throws for a damaged type
   * that is another name of itself.
   */
  strip(id: number, typedefs = true): number {
    let current = id;
    for (let steps = 0; steps < this.count; steps++) {
      const kind = this.kind(current);
      const passes =
        kind === BTF_KIND.const ||
        kind === BTF_KIND.volatile ||
        kind === BTF_KIND.restrict ||
        kind === BTF_KIND.typeTag ||
        (typedefs && kind === BTF_KIND.typedef);
      if (!passes) return current;
      current = this.target(current);
    }
    throw new Error(`BTF type ${id} is another name of itself`);
  }
}

function indexTypes(words: Uint32Array): Uint32Array {
  const starts: number[] = [];
  for (let at = 0; at < words.length; ) {
    starts.push(at);
    const info = words[at + 1] ?? 0;
    const kind = (info >>> 24) & 0x1f;
    const trailing = TRAILING[kind];
    if (!trailing || kind === 0) throw new Error(`unknown BTF kind ${kind} (type ${starts.length})`);
    at += 3 + trailing[0] + trailing[1] * (info & 0xffff);
  }
  return Uint32Array.from(starts);
}
