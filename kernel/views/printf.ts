/** printf with bpftrace's conversions, applied to typed bytes. Integers are 64-bit exact. */
import type { DataType, Field } from '../layout.ts';
import { bytesOf } from '../utf8.ts';
import {
  escapeBytes,
  hexByte,
  type Int,
  isBytes,
  type Reader,
  readBytes,
  readScalar,
  shrink,
} from './decode.ts';
import { gfpFlags } from './gfp.ts';
import { type Escape, textOf, unchanged } from './text.ts';

interface Spec {
  left: boolean;
  plus: boolean;
  space: boolean;
  alternate: boolean;
  zero: boolean;
  /** Characters; `*` takes the next argument. */
  width: number | '*';
  precision: number | '*' | undefined;
  length: string;
  conversion: string;
}

const SPEC = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(hh|h|ll|l|j|z|t|L)?(r[xh]|gr|r|[diouxXcsp%])/g;
/** Longest padding a format may ask for. */
const MAX_WIDTH = 4096;

/** A format string, taken apart once. */
export class Format {
  private readonly parts: (string | Spec)[] = [];

  constructor(format: string) {
    let end = 0;
    for (const match of format.matchAll(SPEC)) {
      const [whole, flags = '', width, precision, length = '', conversion = ''] = match;
      this.parts.push(format.slice(end, match.index));
      end = match.index + whole.length;
      if (conversion === '%') this.parts.push('%');
      else
        this.parts.push({
          left: flags.includes('-'),
          plus: flags.includes('+'),
          space: flags.includes(' '),
          alternate: flags.includes('#'),
          zero: flags.includes('0'),
          width: width === '*' ? '*' : clampWidth(Number(width ?? 0)),
          precision:
            precision === undefined ? undefined : precision === '*' ? '*' : clampWidth(Number(precision)),
          length,
          conversion,
        });
    }
    this.parts.push(format.slice(end));
  }

  /**
   * The arguments as this format takes them: `%d` of an unsigned integer may be negative, `%x` is shown as hex, so
   * that a table of them says the same as the text.
   */
  taken(fields: Field[]): Field[] {
    const conversions = this.parts.flatMap(part => {
      if (typeof part === 'string') return [];
      const stars = [part.width, part.precision].filter(from => from === '*');
      return [...stars.map(() => 'd'), part.conversion];
    });
    return fields.map((field, i) => {
      const as = AS_TAKEN[conversions[i] ?? ''];
      return as && field.type.kind === 'int' ? { ...field, type: { ...field.type, ...as } } : field;
    });
  }

  /** The text for a record whose arguments are `fields`, in order. A conversion without argument prints nothing. */
  apply(reader: Reader, fields: Field[], safe: Escape): string {
    let text = '';
    let next = 0;
    const star = () => {
      const field = fields[next++];
      return field && isIntegral(field.type)
        ? Number(readScalar(reader, field.type, field.offset, field.bits))
        : 0;
    };
    for (const part of this.parts) {
      if (typeof part === 'string') text += part;
      else if (simple(part) && next < fields.length)
        text += convertSimple(reader, part, fields[next++]!, safe);
      else {
        const width = part.width === '*' ? star() : part.width;
        const precision = part.precision === '*' ? star() : part.precision;
        const field = fields[next++];
        if (field) {
          const left = part.left || width < 0;
          text += pad(
            convert(reader, field, part, clampWidth(Math.abs(width)), precision, left, safe),
            width,
            left,
          );
        }
      }
    }
    return text;
  }
}

const HEX = { signed: false, display: 'hex' } as const;
const AS_TAKEN: Partial<Record<string, { signed: boolean; display?: 'hex' }>> = {
  d: { signed: true },
  i: { signed: true },
  u: { signed: false },
  x: HEX,
  X: HEX,
  p: HEX,
};

const clampWidth = (width: number) => Math.min(Math.max(width, -MAX_WIDTH), MAX_WIDTH);

const pad = (text: string, width: number, left: boolean) => {
  const size = clampWidth(Math.abs(width));
  return left ? text.padEnd(size) : text.padStart(size);
};

const MAX_INT = 2 ** 31 - 1;

const simple = (spec: Spec) =>
  spec.width === 0 &&
  spec.precision === undefined &&
  spec.length.length < 2 &&
  spec.length !== 'h' &&
  !spec.plus &&
  !spec.space &&
  !spec.alternate;

/** The common cases without flags, fast. */
function convertSimple(reader: Reader, spec: Spec, field: Field, safe: Escape): string {
  const { conversion } = spec;
  if (conversion === 's') return textOf(reader, field.type, field.offset, safe, field.bits);
  if (isIntegral(field.type)) {
    const value = readScalar(reader, field.type, field.offset, field.bits);
    // What fits an int is cut by no length.
    if (value >= 0 && value <= MAX_INT) {
      if (conversion === 'd' || conversion === 'i' || conversion === 'u') return value.toString();
      if (conversion === 'x') return value.toString(16);
    }
  }
  return convert(reader, field, spec, 0, undefined, false, safe);
}

type IntegralType = Extract<DataType, { kind: 'int' | 'bool' | 'enum' | 'pointer' }>;
const isIntegral = (type: DataType): type is IntegralType =>
  type.kind === 'int' || type.kind === 'bool' || type.kind === 'enum' || type.kind === 'pointer';

/** Bits an integer is cut to, as C does: an int's 32 without a length. */
const WIDTHS: { [length: string]: number } = { hh: 8, h: 16, l: 64, ll: 64, j: 64, z: 64, t: 64 };
const INT_WIDTH = 32;

interface Conversion {
  radix: 8 | 10 | 16;
  signed: boolean;
  prefix: string;
  upper?: boolean;
}
const CONVERSIONS: { [conversion: string]: Conversion } = {
  d: { radix: 10, signed: true, prefix: '' },
  i: { radix: 10, signed: true, prefix: '' },
  u: { radix: 10, signed: false, prefix: '' },
  o: { radix: 8, signed: false, prefix: '0' },
  x: { radix: 16, signed: false, prefix: '0x' },
  X: { radix: 16, signed: false, prefix: '0X', upper: true },
};

function convert(
  reader: Reader,
  field: Field,
  spec: Spec,
  width: number,
  precision: number | undefined,
  left: boolean,
  safe: Escape,
): string {
  const { type } = field;
  if (spec.conversion.startsWith('r') && isBytes(type))
    return buffer(readBytes(reader, type, field.offset), spec.conversion);
  if (spec.conversion.startsWith('r') && (type.kind === 'string' || type.kind === 'packed-string'))
    return buffer(bytesOf(textOf(reader, type, field.offset, unchanged)), spec.conversion);
  if (!isIntegral(type) || spec.conversion === 's' || spec.conversion.startsWith('r')) {
    const text = textOf(reader, type, field.offset, safe, field.bits);
    return precision === undefined || precision < 0 ? text : Array.from(text).slice(0, precision).join('');
  }
  const value = readScalar(reader, type, field.offset, field.bits);
  if (spec.conversion === 'c') return safe(String.fromCharCode(Number(BigInt.asUintN(8, BigInt(value)))));
  if (spec.conversion === 'gr') return gfpFlags(BigInt.asUintN(64, BigInt(value)));
  // As C++ writes it: a null pointer has no prefix.
  if (spec.conversion === 'p') return `${value ? '0x' : ''}${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
  return integer(value, spec, CONVERSIONS[spec.conversion]!, width, precision, left);
}

function integer(
  value: Int,
  spec: Spec,
  { radix, signed, prefix, upper }: Conversion,
  width: number,
  precision: number | undefined,
  left: boolean,
): string {
  const bits = WIDTHS[spec.length] ?? INT_WIDTH;
  const exact = shrink((signed ? BigInt.asIntN : BigInt.asUintN)(bits, BigInt(value)));
  const negative = exact < 0;
  let digits = exact.toString(radix).replace('-', '');
  if (upper) digits = digits.toUpperCase();
  if (precision !== undefined && precision >= 0) digits = digits.padStart(precision, '0');
  const sign = negative ? '-' : signed && spec.plus ? '+' : signed && spec.space ? ' ' : '';
  const head = sign + (spec.alternate && exact !== 0 ? prefix : '');
  // As in C: `0` counts only without `-` and without a precision.
  if (spec.zero && !left && precision === undefined) digits = digits.padStart(width - head.length, '0');
  return head + digits;
}

const BUFFERS: { [conversion: string]: (bytes: Uint8Array) => string } = {
  r: escapeBytes,
  rx: bytes => Array.from(bytes, byte => `\\x${hexByte(byte)}`).join(''),
  rh: bytes => Array.from(bytes, hexByte).join(' '),
};

const buffer = (bytes: Uint8Array, conversion: string) => (BUFFERS[conversion] ?? escapeBytes)(bytes);
