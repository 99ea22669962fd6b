/**
 * Reads the C of a preamble: structs, unions, enums and typedefs, laid out as C lays them out on a 64-bit
 * machine. What it cannot read it reports; it never throws.
 */
import type { DataType, Field } from '../layout.ts';
import { scalar } from './types.ts';

/** A definition of the program's own. */
export interface OwnTypes {
  /** By `struct x`, `union x`, `enum x`, or a typedef's name. */
  types: Map<string, DataType>;
  enumerators: Map<string, { value: bigint; of: DataType & { kind: 'enum' } }>;
}

interface Laid {
  type: DataType;
  align: number;
}

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|([A-Za-z_]\w*|0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|"(?:[^"\\]|\\.)*"|<<|>>|.)/gy;

/** What other types a definition may name: those of Linux. */
export type Lookup = (name: string) => DataType | undefined;

export class DefinitionReader {
  #tokens: string[] = [];
  #at = 0;

  constructor(
    readonly own: OwnTypes,
    readonly lookup: Lookup,
    /** Values of `#define`d names, for array lengths and the like. */
    readonly constant: (name: string) => bigint | undefined,
  ) {}

  /** Reads one definition; answers what is wrong with it, if anything. */
  read(text: string): string | undefined {
    this.#tokens = [...text.matchAll(TOKEN)].flatMap(match => (match[1] ? [match[1]] : []));
    this.#at = 0;
    try {
      const typedef = this.#accept('typedef');
      const laid = this.#specifier();
      if (typedef) {
        const { name, type } = this.#declarator(laid);
        if (name) this.own.types.set(name, type.type);
      }
      return undefined;
    } catch (error) {
      if (error instanceof Problem) return error.message;
      throw error;
    }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }
  #take(): string {
    return this.#tokens[this.#at++] ?? '';
  }
  #accept(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }
  #expect(token: string): void {
    if (!this.#accept(token))
      throw new Problem(`expected '${token}' instead of '${this.#peek() || 'the end'}'`);
  }

  /** `struct x { … }`, `enum y`, `unsigned long`, `u32`. */
  #specifier(): Laid {
    while (
      this.#accept('const') ||
      this.#accept('volatile') ||
      this.#accept('__user') ||
      this.#attributes().seen
    );
    const tag = this.#peek();
    if (tag === 'struct' || tag === 'union') return this.#compound(tag);
    if (tag === 'enum') return this.#enum();
    const words = [this.#take()];
    if (!/^[A-Za-z_]/.test(words[0]!)) throw new Problem(`'${words[0]}' is no type`);
    const isWord = (w: string) => ['unsigned', 'signed', 'long', 'short', 'int', 'char'].includes(w);
    while (isWord(words.at(-1)!) && (isWord(this.#peek()) || this.#peek() === 'const'))
      words.push(this.#take());
    const name = words.filter(w => w !== 'const').join(' ');
    return this.#named(name) ?? this.#unknown(name);
  }

  #unknown(name: string): never {
    throw new Problem(`unknown type '${name}'`);
  }

  #named(name: string): Laid | undefined {
    if (name === 'void') return { type: { kind: 'bytes', size: 0 }, align: 1 };
    if (name === 'float' || name === 'double') {
      const size = name === 'float' ? 4 : 8;
      return { type: { kind: 'float', size }, align: size };
    }
    const known = scalar(name);
    if (known?.kind === 'int') {
      const char = /\bchar\b/.test(name) && known.signed;
      return {
        type: { kind: 'int', size: known.size, signed: known.signed, ...(char ? { display: 'char' } : {}) },
        align: known.size,
      };
    }
    if (known?.kind === 'bool') return { type: { kind: 'bool', size: 1 }, align: 1 };
    const found = this.own.types.get(name) ?? this.lookup(name.replace(/^(?:struct|union|enum) /, ''));
    return found && { type: found, align: alignOf(found) };
  }

  #compound(tag: 'struct' | 'union'): Laid {
    this.#take();
    const before = this.#attributes();
    const name = /^[A-Za-z_]/.test(this.#peek()) ? this.#take() : undefined;
    if (!this.#accept('{')) {
      if (!name) throw new Problem(`a ${tag} without a name or members`);
      // Only pointers may be made of what is not defined here.
      return this.#named(`${tag} ${name}`) ?? { type: { kind: tag, name, size: 0, fields: [] }, align: 1 };
    }
    const members: Member[] = [];
    while (!this.#accept('}')) {
      if (this.#peek() === '') throw new Problem('expected }');
      const base = this.#specifier();
      if (this.#accept(';')) {
        members.push({ laid: base });
        continue;
      }
      do {
        const { name: member, type } = this.#declarator(base);
        const bits = this.#accept(':') ? Number(this.#constantExpression()) : undefined;
        const attributes = this.#attributes();
        members.push({
          laid: type,
          ...(member ? { name: member } : {}),
          ...(bits === undefined ? {} : { bits }),
          ...(attributes.align ? { align: attributes.align } : {}),
        });
      } while (this.#accept(','));
      this.#expect(';');
    }
    const after = this.#attributes();
    const laid = layOut(
      tag,
      name,
      members,
      before.packed || after.packed,
      Math.max(before.align, after.align),
    );
    if (name) this.own.types.set(`${tag} ${name}`, laid.type);
    return laid;
  }

  #enum(): Laid {
    this.#take();
    const name = /^[A-Za-z_]/.test(this.#peek()) ? this.#take() : undefined;
    if (!this.#accept('{')) return this.#named(`enum ${name}`) ?? this.#unknown(`enum ${name}`);
    const values: [string, number][] = [];
    let next = 0n;
    while (!this.#accept('}')) {
      const member = this.#take();
      if (!/^[A-Za-z_]/.test(member)) throw new Problem(`'${member}' is no name`);
      if (this.#accept('=')) next = this.#constantExpression(values);
      values.push([member, Number(next)]);
      next++;
      if (!this.#accept(',') && this.#peek() !== '}') this.#expect('}');
    }
    this.#attributes();
    const type: DataType & { kind: 'enum' } = {
      kind: 'enum',
      ...(name ? { name } : {}),
      size: 4,
      signed: values.some(([, v]) => v < 0),
      values,
    };
    for (const [member, value] of values)
      this.own.enumerators.set(member, { value: BigInt(value), of: type });
    if (name) this.own.types.set(`enum ${name}`, type);
    return { type, align: 4 };
  }

  /** Pointers, name and array lengths around a base type. */
  #declarator(base: Laid): { name?: string; type: Laid } {
    let laid = base;
    this.#attributes();
    while (this.#accept('*')) {
      const to = pointeeName(laid.type);
      laid = { type: { kind: 'pointer', size: 8, ...(to ? { to } : {}) }, align: 8 };
      while (this.#accept('const') || this.#accept('volatile'));
    }
    if (this.#accept('(')) {
      // A pointer to a function: its parameters do not matter.
      this.#expect('*');
      const name = this.#take();
      this.#expect(')');
      this.#skipParentheses();
      return { name, type: { type: { kind: 'pointer', size: 8 }, align: 8 } };
    }
    const name =
      /^[A-Za-z_]/.test(this.#peek()) && this.#peek() !== '__attribute__' ? this.#take() : undefined;
    const lengths: number[] = [];
    while (this.#accept('[')) {
      lengths.push(this.#peek() === ']' ? 0 : Number(this.#constantExpression()));
      this.#expect(']');
    }
    for (const length of lengths.reverse()) laid = { type: arrayOf(laid.type, length), align: laid.align };
    return { ...(name ? { name } : {}), type: laid };
  }

  #skipParentheses(): void {
    this.#expect('(');
    for (let depth = 1; depth > 0; ) {
      const token = this.#take();
      if (token === '') throw new Problem('expected )');
      depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    }
  }

  #attributes(): { packed: boolean; align: number; seen: boolean } {
    const found = { packed: false, align: 0, seen: false };
    while (this.#accept('__attribute__')) {
      found.seen = true;
      const start = this.#at;
      this.#skipParentheses();
      const words = this.#tokens.slice(start, this.#at);
      if (words.includes('packed') || words.includes('__packed__')) found.packed = true;
      const aligned = words.findIndex(w => w === 'aligned' || w === '__aligned__');
      if (aligned >= 0) found.align = Number.parseInt(words[aligned + 2] ?? '', 10) || 16;
    }
    return found;
  }

  /** Sums, products and shifts of constants: what lengths and enumerators are made of. */
  #constantExpression(enumerators: [string, number][] = [], weakest = 0): bigint {
    let left = this.#constantTerm(enumerators);
    for (;;) {
      const operator = this.#peek();
      const power = { '|': 1, '<<': 2, '>>': 2, '+': 3, '-': 3, '*': 4, '/': 4 }[operator];
      if (power === undefined || power <= weakest) return left;
      this.#take();
      const right = this.#constantExpression(enumerators, power);
      left = OPERATE[operator]!(left, right);
    }
  }

  #constantTerm(enumerators: [string, number][]): bigint {
    const token = this.#take();
    if (token === '-') return -this.#constantTerm(enumerators);
    if (token === '~') return ~this.#constantTerm(enumerators);
    if (token === '(') {
      const value = this.#constantExpression(enumerators);
      this.#expect(')');
      return value;
    }
    const digits = token.replace(/[uUlL]+$/, '');
    if (/^\d/.test(token)) return BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const known =
      enumerators.find(([name]) => name === token)?.[1] ??
      this.own.enumerators.get(token)?.value ??
      this.constant(token);
    if (known === undefined) throw new Problem(`'${token}' is no constant`);
    return BigInt(known);
  }
}

class Problem extends Error {}

const OPERATE: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '|': (a, b) => a | b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? 0n : a / b),
};

interface Member {
  name?: string;
  laid: Laid;
  bits?: number;
  align?: number;
}

function layOut(
  kind: 'struct' | 'union',
  name: string | undefined,
  members: Member[],
  packed: boolean,
  asked: number,
): Laid {
  const fields: Field[] = [];
  let bit = 0;
  let end = 0;
  let largest = packed ? 1 : 1;
  for (const { name: member, laid, bits, align } of members) {
    const alignment = Math.max(align ?? 0, packed ? 1 : laid.align);
    largest = Math.max(largest, alignment);
    const width = laid.type.size * 8;
    if (kind === 'union') bit = 0;
    if (bits !== undefined) {
      if (bits === 0) {
        bit = Math.ceil(bit / width) * width;
        continue;
      }
      // A bitfield does not cross the boundary of its type.
      if (!packed && Math.floor(bit / width) !== Math.floor((bit + bits - 1) / width))
        bit = Math.ceil(bit / width) * width;
      const offset = Math.floor(bit / width) * laid.type.size;
      if (member)
        fields.push({
          name: member,
          offset,
          type: laid.type,
          bits: { offset: bit - offset * 8, size: bits },
        });
      bit += bits;
    } else {
      bit = Math.ceil(bit / (alignment * 8)) * alignment * 8;
      const offset = bit / 8;
      if (member) fields.push({ name: member, offset, type: laid.type });
      // Members of a struct without a name are reached as if they were its owner's.
      else if (laid.type.kind === 'struct' || laid.type.kind === 'union') {
        fields.push(...laid.type.fields.map(f => ({ ...f, offset: f.offset + offset })));
      }
      bit += width;
    }
    end = Math.max(end, Math.ceil(bit / 8));
  }
  const align = Math.max(largest, asked);
  return { type: { kind, ...(name ? { name } : {}), size: Math.ceil(end / align) * align, fields }, align };
}

const arrayOf = (element: DataType, length: number): DataType =>
  element.kind === 'int' && element.display === 'char'
    ? { kind: 'string', size: length }
    : { kind: 'array', size: element.size * length, element, length };

export function alignOf(type: DataType): number {
  if (type.kind === 'array') return alignOf(type.element);
  if (type.kind === 'struct' || type.kind === 'union' || type.kind === 'tuple')
    return Math.max(1, ...type.fields.map(f => alignOf(f.type)));
  return type.kind === 'string' || type.kind === 'bytes' ? 1 : Math.max(1, type.size);
}

function pointeeName(type: DataType): string | undefined {
  if (type.kind === 'struct' || type.kind === 'union' || type.kind === 'enum') return type.name;
  if (type.kind === 'int')
    return `${type.display === 'char' ? 'char' : `${type.signed ? '' : 'u'}int${type.size * 8}`}`;
  if (type.kind === 'bool') return 'bool';
  return type.kind === 'pointer' ? `${type.to ?? 'void'} *` : undefined;
}
