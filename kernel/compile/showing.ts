/** How what a BPF C program declares is shown: the types of its fields, as its author, its C or its names want it. */
import type { TypeSource } from '../btf/index.ts';
import type { Declaration } from '../btf/types.ts';
import { type Diagnostic, problem } from '../errors.ts';
import type { CellLayout, DataType } from '../layout.ts';
import { annotated } from './annotated.ts';
import { type Annotation, annotations } from './annotations.ts';
import { customary, FORMATS, type FormatContext, formatNamed } from './formats.ts';
import { momentsIn } from './moments.ts';

export interface ShowingInput extends FormatContext {
  /** The cell's own text, then header cells and headers beside it. */
  sources: string[];
  /** Enumerations that the program does not use itself. */
  target: TypeSource;
}

/** Section of the notes that headers in bpf/ leave. */
const NOTES = '.ebpfnb';

type EnumType = Extract<DataType, { kind: 'enum' }>;

export class Showing {
  readonly #asked = new Map<string, Annotation>();
  readonly #warnings: Diagnostic[] = [];
  readonly #moments: ReadonlySet<string>;
  #types?: TypeSource;

  constructor(private readonly input: ShowingInput) {
    this.#moments = momentsIn(input.sources);
    for (const [i, source] of input.sources.entries())
      for (const [name, annotation] of annotations(source, i === 0))
        if (!this.#asked.has(name)) this.#asked.set(name, annotation);
  }

  /** The program's own types, once they are read. */
  use(types: TypeSource): void {
    this.#types = types;
  }

  /** The layout with what comments and macros say of it, and all that could not be done as it was asked for. */
  finish(layout: CellLayout, types: TypeSource): { layout: CellLayout; warnings: Diagnostic[] } {
    const notes = types.datasec(NOTES).map(({ name }) => name);
    const done = annotated(layout, this.input.sources, notes, this.input);
    return { ...done, warnings: [...this.#warnings, ...done.warnings] };
  }

  readonly refine = (type: DataType, declaration: Declaration): DataType => {
    const asked = this.#annotation(declaration);
    const shown = this.#shown(type, declaration, asked);
    if (asked && !shown) this.#warn(declaration.name, asked);
    return shown ?? type;
  };

  /** An array as a whole, or else each of its elements. */
  #shown(type: DataType, declaration: Declaration, asked: Annotation | undefined): DataType | undefined {
    const whole = asked
      ? this.#as(type, asked.value)
      : (this.#moment(type, declaration) ??
        customary(type, declaration.name, declaration.typeNames, this.input));
    const plain = whole ?? type;
    if (plain.kind === 'enum' && isFlags(plain)) return { ...plain, flags: true };
    if (whole || type.kind !== 'array') return whole;
    const element = this.#shown(type.element, declaration, asked);
    return element && { ...type, element };
  }

  #moment(type: DataType, { name }: Declaration): DataType | undefined {
    return this.#moments.has(name) ? formatNamed('time')?.of(type, this.input) : undefined;
  }

  #annotation({ owner, name, tags }: Declaration): Annotation | undefined {
    for (const tag of tags) {
      const [, kind, value] = /^(format|unit):\s*(.+?)\s*$/.exec(tag) ?? [];
      if (kind) return { kind, value: value! };
    }
    return this.#asked.get(`${owner}.${name}`);
  }

  #as(type: DataType, value: string): DataType | undefined {
    const { word, tag } = enumerationAsked(value);
    return tag ? this.#enumeration(type, tag, word === 'flags') : formatNamed(value)?.of(type, this.input);
  }

  #warn(name: string, { value, span }: Annotation): void {
    const { tag } = enumerationAsked(value);
    const reason = tag
      ? `there is no enum ${tag}, or it does not fit`
      : formatNamed(value)
        ? 'its type does not fit'
        : 'there is no such format';
    const formats = FORMATS.map(format => format.name).join(', ');
    const warning = problem('bad-format', { name, format: value, reason, formats }, span ? { span } : {});
    if (!this.#warnings.some(({ message }) => message === warning.message)) this.#warnings.push(warning);
  }

  #enumeration(type: DataType, tag: string, flags: boolean): DataType | undefined {
    const found = this.#types?.type(`enum ${tag}`) ?? this.input.target.type(`enum ${tag}`);
    if (found?.kind !== 'enum' || (type.kind !== 'int' && type.kind !== 'enum')) return undefined;
    const { size, signed } = type;
    return { kind: 'enum', name: tag, size, signed, values: found.values, ...(flags ? { flags: true } : {}) };
  }
}

function enumerationAsked(value: string): { word?: string; tag?: string } {
  const [, word, tag] = /^(enum|flags)\s+(\w+)$/.exec(value) ?? [];
  return { ...(word ? { word } : {}), ...(tag ? { tag } : {}) };
}

/** Is each of its values one bit, and not merely 0, 1, 2 …? */
function isFlags({ values }: EnumType): boolean {
  const numbers = values.map(([, value]) => BigInt(value)).filter(value => value !== 0n);
  return numbers.length > 2 && numbers.every(value => value > 0n && (value & (value - 1n)) === 0n);
}
