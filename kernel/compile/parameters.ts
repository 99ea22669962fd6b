import { CellError, type Diagnostic, problem } from '../errors.ts';
import type { DataType, GlobalLayout } from '../layout.ts';
import { readBack } from './written.ts';

/** Bytes to put into a global section between open and load. */
export interface GlobalValue {
  section: string;
  offset: number;
  bytes: Uint8Array;
}

export type Encoded = { bytes: Uint8Array } | { reason: string };

/**
 * Parameters as their texts (`{ min_duration_ns: '1000000' }`) into bytes of their `const volatile` globals.
 * Integers are decimal, 0x… or with `_` between digits, or as they are shown (`1.5ms`, `10.0.0.1`); enums go by name or number, char arrays as they are.
 * @throws CellError `unknown-parameter`, `bad-parameter`, all of them at once
 */
export function encodeParameters(globals: GlobalLayout[], values: Record<string, string>): GlobalValue[] {
  const parameters = globals.filter(global => global.parameter);
  const problems: Diagnostic[] = [];
  const encoded: GlobalValue[] = [];
  const isNamed = ({ name, aliases = [] }: GlobalLayout, text: string) =>
    [name, ...aliases].some(known => known.replaceAll('-', '_') === text.replaceAll('-', '_'));
  const presets = parameters.flatMap(parameter => {
    const isGiven = Object.keys(values).some(name => isNamed(parameter, name));
    return parameter.preset === undefined || isGiven ? [] : [[parameter.name, parameter.preset] as const];
  });
  for (const [name, text] of [...presets, ...Object.entries(values)]) {
    const global = parameters.find(parameter => isNamed(parameter, name));
    if (!global) {
      const known = parameters.map(parameter => parameter.name).join(', ');
      const remedy = known
        ? `Known parameters: ${known}.`
        : 'A parameter is a global like: const volatile int name = 0;';
      problems.push(problem('unknown-parameter', { name, remedy }));
      continue;
    }
    const result = encode(global.type, text);
    if ('reason' in result)
      problems.push(problem('bad-parameter', { name, value: text, reason: result.reason }));
    else encoded.push({ section: global.section, offset: global.offset, bytes: result.bytes });
  }
  if (problems.length > 0) throw new CellError(problems);
  return encoded;
}

/** A value as its text into the bytes of its type; or what is wrong with it. */
export function encode(type: DataType, text: string): Encoded {
  switch (type.kind) {
    case 'int':
      return type.display === 'char' && /^\D$/.test(text)
        ? integer(BigInt(text.charCodeAt(0)), type.size, type.signed)
        : integer(readBack(text, type.display) ?? parseInteger(text), type.size, type.signed);
    case 'pointer':
      return integer(parseInteger(text), 8, false);
    case 'bool':
      return boolean(text, type.size);
    case 'enum': {
      const value = type.values.find(([name]) => name === text)?.[1];
      if (value === undefined && parseInteger(text) === undefined) {
        return { reason: `expected one of ${type.values.map(([name]) => name).join(', ')}` };
      }
      return integer(value === undefined ? parseInteger(text) : BigInt(value), type.size, type.signed);
    }
    case 'string':
    case 'bytes':
      return characters(text, type.size);
    default:
      return { reason: `a ${type.kind} cannot be given as text` };
  }
}

function parseInteger(text: string): bigint | undefined {
  const plain = text.trim().replace(/(?<=\w)_(?=\w)/g, '');
  const [, sign, digits] = /^([+-]?)(0x[\da-f]+|\d+)$/i.exec(plain) ?? [];
  if (digits === undefined) return undefined;
  return sign === '-' ? -BigInt(digits) : BigInt(digits);
}

function integer(value: bigint | undefined, size: number, signed: boolean): Encoded {
  if (value === undefined) return { reason: 'expected a whole number' };
  const bits = BigInt(size * 8);
  const [low, high] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  if (value < low || value > high) return { reason: `expected a number from ${low} to ${high}` };
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return { bytes: bytes.subarray(0, size) };
}

const BOOLEANS: Record<string, number> = { true: 1, false: 0, 1: 1, 0: 0, yes: 1, no: 0, on: 1, off: 0 };

function boolean(text: string, size: number): Encoded {
  const value = BOOLEANS[text.trim().toLowerCase()];
  if (value === undefined) return { reason: 'expected true or false' };
  const bytes = Buffer.alloc(size);
  bytes[0] = value;
  return { bytes };
}

/** The rest of the array is zero, so that a shorter text replaces a longer default; one zero always ends it. */
function characters(text: string, size: number): Encoded {
  const bytes = Buffer.alloc(size);
  const content = Buffer.from(text);
  if (content.length >= size) return { reason: `expected at most ${size - 1} bytes` };
  content.copy(bytes);
  return { bytes };
}
