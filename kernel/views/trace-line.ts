/** Lines of bpf_printk and bpf_trace_printk, in the words of Linux's own formats. */
import type { Field } from '../layout.ts';
import { type Reader, readScalar, readString } from './decode.ts';

const SPEC = /%([-+ #0]*)(\d*)(?:\.(\d+))?(hh|h|ll|l|z)?(p[A-Za-z0-9]*|[diouxXcs%])/g;

const BITS: Readonly<Record<string, number>> = { hh: 8, h: 16, '': 32, l: 64, ll: 64, z: 64 };

/** Those of %p that stand for a text. */
const TEXTS = /^pk?s$/;

interface Argument {
  value: bigint;
  /** What is there, where it points to a text. */
  text: string;
}

/** bpf_trace_printk's line: `format` with up to three arguments. */
export function traceLine(format: string, args: readonly Argument[]): string {
  let next = 0;
  return format.replace(
    SPEC,
    (_, flags: string, width: string, precision = '', length = '', kind: string) => {
      if (kind === '%') return '%';
      const arg = args[next++] ?? { value: 0n, text: '' };
      const left = flags.includes('-');
      const text = spelled(kind, arg, { flags, precision, bits: BITS[length] ?? 64 });
      const zero = flags.includes('0') && !left && !/[sc]/.test(kind);
      return left
        ? text.padEnd(Number(width))
        : zero
          ? zeroPadded(text, Number(width))
          : text.padStart(Number(width));
    },
  );
}

function spelled(
  kind: string,
  { value, text }: Argument,
  { flags, precision, bits }: { flags: string; precision: string; bits: number },
): string {
  if (kind === 's' || TEXTS.test(kind)) return precision ? text.slice(0, Number(precision)) : text;
  if (kind.startsWith('p')) return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
  if (kind === 'c') return String.fromCharCode(Number(value & 0xffn));
  if (kind === 'd' || kind === 'i') {
    const number = BigInt.asIntN(bits, value);
    const sign = number >= 0n ? (/[+ ]/.exec(flags)?.[0] ?? '') : '';
    return sign + number;
  }
  const radix = { o: 8, u: 10, x: 16, X: 16 }[kind] ?? 10;
  const digits = BigInt.asUintN(bits, value).toString(radix);
  const prefix = flags.includes('#') && radix === 16 ? '0x' : '';
  return prefix + (kind === 'X' ? digits.toUpperCase() : digits);
}

/** Zeros stand behind the sign. */
function zeroPadded(text: string, width: number): string {
  const [, sign = '', rest = ''] = /^([-+ ]?(?:0x)?)(.*)$/s.exec(text) ?? [];
  return sign + rest.padStart(width - sign.length, '0');
}

/** Reads a record's line, without the end of its own that it may have: in trace_pipe, too, a line ends itself. */
export function traceLineOf([first, ...others]: readonly Field[]): (reader: Reader) => string {
  return reader => {
    const text = first ? textAt(reader, first) : '';
    return (others.length === 0 ? text : traceLine(text, argumentsOf(reader, others))).replace(/\n$/, '');
  };
}

function textAt({ bytes, base }: Reader, { offset, type }: Field): string {
  return readString(bytes, base + offset, type.size);
}

/** The numbers come first, then as many texts. */
function argumentsOf(reader: Reader, fields: readonly Field[]): Argument[] {
  const count = fields.length / 2;
  return fields.slice(0, count).map((field, i) => ({
    value: BigInt(readScalar(reader, field.type, field.offset)),
    text: textAt(reader, fields[count + i]!),
  }));
}
