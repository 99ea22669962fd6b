/** Types of C: those of the program's preamble and those of Linux, as types of the language. */
import type { DataType, Field } from '../../layout.ts';
import { DefinitionReader, type OwnTypes } from '../cDefinitions.ts';
import { Reporter, Source } from '../diagnostics.ts';
import type { Expression, PreambleItem } from '../nodes.ts';
import { Cursor } from '../parser/cursor.ts';
import { parseExpression } from '../parser/expressions.ts';
import type { LanguageTarget } from '../target.ts';
import {
  type AddressSpace,
  BOOL,
  pointer,
  type StructType,
  scalar,
  string,
  type Type,
  UNKNOWN,
  VOID,
} from '../types.ts';

export class CTypes {
  readonly #own: OwnTypes = { types: new Map(), enumerators: new Map() };
  readonly #defines = new Map<string, Expression>();
  readonly #target: LanguageTarget;

  constructor(preamble: PreambleItem[], target: LanguageTarget, reporter: Reporter) {
    this.#target = target;
    const reader = new DefinitionReader(
      this.#own,
      name => target.type(name),
      name => this.#definedInteger(name),
    );
    for (const item of preamble) {
      if (item.kind === 'define') this.#define(item.text);
      else if (item.kind === 'definition') {
        const wrong = reader.read(item.text);
        if (wrong && !item.foreign) reporter.report('c-definition', { reason: wrong }, item);
      }
    }
  }

  /** `#define NAME expression`; function-like macros and those that are no expression are left alone. */
  #define(text: string): void {
    const found = /^#\s*define\s+([A-Za-z_]\w*)(?!\()\s*([\s\S]*)$/.exec(text);
    if (!found) return;
    const reporter = new Reporter(new Source(found[2]!.replaceAll('\\\n', ' ')));
    const cursor = new Cursor(reporter);
    if (cursor.isKind('end')) {
      this.#defines.set(found[1]!, { kind: 'integer', value: 1n, start: 0, end: 0 });
      return;
    }
    const expression = parseExpression(cursor);
    if (!reporter.failed && cursor.isKind('end')) this.#defines.set(found[1]!, expression);
  }

  #definedInteger(name: string): bigint | undefined {
    const expression = this.#defines.get(name);
    return expression?.kind === 'integer' ? expression.value : undefined;
  }

  /** What a `#define`d name stands for. */
  defined(name: string): Expression | undefined {
    return this.#defines.get(name);
  }

  enumerator(name: string): Type | undefined {
    const found = this.#own.enumerators.get(name);
    return found && enumerated(found.of, found.value);
  }

  /** A constant of an enumeration of Linux's own. */
  linuxEnumerator(name: string): Type | undefined {
    const of = this.#target.enumeration?.(name);
    if (of?.kind !== 'enum') return undefined;
    const [, value] = of.values.find(([each]) => each === name)!;
    return enumerated(of, BigInt(value));
  }

  /** A type by its C name, `struct x` or a typedef's: those of a program that is traced go before Linux's. */
  named(name: string, space: AddressSpace, binary?: string): Type | undefined {
    const known = scalar(name);
    if (known) return known;
    const own = this.#own.types.get(name);
    if (own) return this.fromData(own, space, true);
    const [, tag, bare] = /^(?:(struct|union|enum) )?(.*)$/.exec(name)!;
    const fits = (found: DataType | undefined) => found && (!tag || found.kind === tag);
    const ofProgram = binary === undefined ? undefined : this.#target.sourceType?.(binary, bare!);
    if (ofProgram && fits(ofProgram)) return this.fromData(ofProgram, space, true, binary);
    const found = this.#target.type(bare!);
    return found && fits(found) ? this.fromData(found, space, false) : undefined;
  }

  /** `own`: where its fields are is known; `binary`: it comes from this program's debug information. */
  fromData(data: DataType, space: AddressSpace, own: boolean, binary?: string): Type {
    switch (data.kind) {
      case 'int':
        return { kind: 'int', size: (data.size > 8 ? 8 : data.size) as 8, signed: data.signed };
      case 'stack-id':
        return { kind: 'int', size: data.size, signed: true };
      case 'bool':
        return BOOL;
      case 'enum':
        return {
          kind: 'int',
          size: data.size as 4,
          signed: data.signed,
          enum: { ...(data.name ? { name: data.name } : {}), values: data.values },
        };
      case 'string':
        return string(data.size);
      case 'pointer':
        return pointer(this.#pointee(data.to ?? '', space, binary), space);
      case 'array':
        if (data.element.kind === 'int' && data.element.display === 'char') return string(data.length);
        return {
          kind: 'array',
          element: this.fromData(data.element, space, own, binary),
          length: data.length,
          space,
        };
      case 'struct':
      case 'union':
        return {
          kind: 'struct',
          name: `${data.kind} ${data.name ?? '<anonymous>'}`,
          space,
          size: data.size,
          fields: data.fields,
          ...(own ? { own } : {}),
          ...(binary === undefined ? {} : { binary }),
        };
      default:
        return UNKNOWN;
    }
  }

  /** Pointees are looked up when they are used: types refer to each other in circles. */
  #pointee(name: string, space: AddressSpace, binary?: string): Type {
    if (name === '') return VOID;
    if (name.endsWith('*')) return pointer(this.#pointee(name.slice(0, -1).trim(), space, binary), space);
    const known = scalar(name);
    if (known) return known;
    for (const tag of ['struct', 'union']) {
      if (this.#own.types.has(`${tag} ${name}`))
        return { kind: 'struct', name: `${tag} ${name}`, space, size: 0, fields: [], own: true };
    }
    const of = binary === undefined ? {} : { binary };
    return { kind: 'struct', name: `struct ${name}`, space, size: 0, fields: [], ...of };
  }

  /** A struct with its fields, where only its name was known. */
  complete(type: StructType): StructType {
    if (type.fields.length > 0 || type.size > 0) return type;
    const bare = type.name.replace(/^(?:struct|union) /, '');
    for (const name of [type.name, `union ${bare}`, bare]) {
      const found = this.named(name, type.space, type.binary);
      if (found?.kind === 'struct') return found;
    }
    return type;
  }

  field(type: StructType, name: string): Field | undefined {
    return this.complete(type).fields.find(f => f.name === name);
  }
}

const enumerated = ({ size, signed, name, values }: DataType & { kind: 'enum' }, literal: bigint): Type => ({
  kind: 'int',
  size: size as 4,
  signed,
  literal,
  enum: { ...(name ? { name } : {}), values },
});
