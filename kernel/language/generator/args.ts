/** Arguments of a tracepoint: fields of a struct of its own, made from the event's format text. */
import type { FieldNode } from '../nodes.ts';
import type { ArgsField, Type } from '../types.ts';
import { argumentWord, goArgumentWord, wordAs } from './functionWords.ts';
import type { ProgramWriter } from './program.ts';

/** The C member for one field; only what can be read directly has one. */
function member(field: ArgsField): string {
  const { type, name, size } = field;
  if (field.location) return `__u32 ${cName(name)}`;
  if (type.kind === 'int' && type.size <= size) {
    const c = `${type.signed ? '__s' : '__u'}${type.size * 8}`;
    return type.size < size
      ? `${c} ${cName(name)}; __u8 rest_${name}[${size - type.size}]`
      : `${c} ${cName(name)}`;
  }
  if (type.kind === 'bool') return `__u8 ${cName(name)}`;
  if (type.kind === 'pointer' && size === 8) return `__u64 ${cName(name)}`;
  return `__u8 ${cName(name)}[${size}]`;
}

const KEYWORDS = new Set([
  'int',
  'long',
  'short',
  'char',
  'signed',
  'unsigned',
  'default',
  'register',
  'static',
  'switch',
  'case',
  'new',
  'auto',
  'enum',
  'union',
  'struct',
]);
const cName = (name: string) => (KEYWORDS.has(name) ? `${name}_` : name);

export function findArgs(g: ProgramWriter, e: FieldNode): ArgsField {
  const { fields } = e.object.type as Type & { kind: 'args' };
  const struct = g.probe.row.context(g.probe).replace(/^struct (\w+) \*$/, '$1');
  const field = fields.find(f => f.name === e.name)!;
  const { name, offset, size } = field;
  g.module.argument(struct, { name, offset, size, c: member(field) });
  g.usesArgs = true;
  return field;
}

/** A scalar argument. */
export function argsField(g: ProgramWriter, e: FieldNode): string {
  const { fields } = e.object.type as Type & { kind: 'args' };
  const { word } = fields.find(f => f.name === e.name)!;
  if (word !== undefined)
    return wordAs(e.type!, g.probe.go ? goArgumentWord(g, word) : argumentWord(g, word));
  const field = findArgs(g, e);
  const { type } = field;
  if (type.kind === 'pointer') return `ctx->${cName(field.name)}`;
  return `(${type.kind === 'int' && type.signed ? '__s64' : '__u64'})ctx->${cName(field.name)}`;
}

/** A string argument, from the record itself or from where its `__data_loc` word points. */
export function argsString(g: ProgramWriter, e: FieldNode, destination: string, size: number): string {
  const { fields } = e.object.type as Type & { kind: 'args' };
  const { word } = fields.find(f => f.name === e.name)!;
  if (word !== undefined) return goString(g, word, destination, size, e);
  const field = findArgs(g, e);
  const own = (e.type as { size: number }).size;
  return `read_string(${destination}, ${Math.min(size, own)}, ${argsAddress(field)})`;
}

/** A string of Go is two words: where its bytes are, and how many. */
function goString(g: ProgramWriter, word: number, destination: string, size: number, e: FieldNode): string {
  const most = Math.min(size, (e.type as { size: number }).size);
  // The NUL is one of the bytes that are asked for.
  const bytes = g.local('__u64', 'bytes', `at_most(${goArgumentWord(g, word + 1)} + 1, ${most})`);
  return g.readString('user', destination, bytes, goArgumentWord(g, word), e);
}

/** Address of a field's bytes. */
export function argsAddress(field: ArgsField): string {
  if (!field.location) return `(__u64)ctx + ${field.offset}`;
  const from = field.location === 'relative' ? ` + ${field.offset + 4}` : '';
  return `(__u64)ctx${from} + (ctx->${cName(field.name)} & 0xffff)`;
}
