/** Sending records: the ring's side of printf, print and the asynchronous actions. */
import type { RecordAction } from '../../layout.ts';
import type { Expression, Range } from '../nodes.ts';
import type { Type } from '../types.ts';
import type { RecordValue } from './api.ts';
import { store } from './memory.ts';
import { memberNames, nameOf, safeName } from './names.ts';
import type { ProgramWriter } from './program.ts';
import { inMemory, type Member } from './storage.ts';

/** Strings up to this size stand in the record itself; longer ones are packed behind it. */
const INLINE_STRING = 64;
/** Control records are acted upon by the reader, so they wake it at once. */
const CONTROLS = new Set<RecordAction['do']>(['print-map', 'clear', 'zero', 'exit']);

interface Part {
  member: Member;
  shown: string;
  expression?: Expression;
  c?: string;
  into?: (destination: string, size: number) => string;
}

export function sendRecord(
  g: ProgramWriter,
  name: string,
  values: RecordValue[],
  action: RecordAction,
  at: Range,
): void {
  const expressions = values.flatMap(v => ('expression' in v ? [v.expression] : []));
  const names = memberNames(expressions, ['id']);
  const parts = values.map((value): Part => {
    if ('into' in value)
      return {
        member: {
          name: safeName(value.name),
          type: { kind: value.binary ? 'buffer' : 'string', size: value.size },
          packed: true,
        },
        shown: value.name,
        into: value.into,
      };
    if (!('expression' in value))
      return {
        member: { name: safeName(value.name), type: { kind: 'int', size: 8, signed: true } },
        shown: value.name,
        c: value.c,
      };
    const { expression } = value;
    const type = stored(expression.type!);
    const packed = type.kind === 'string' ? type.size > INLINE_STRING : type.kind === 'buffer' && type.sized;
    return {
      member: { name: names[expressions.indexOf(expression)]!, type, ...(packed ? { packed } : {}) },
      shown: value.name || nameOf(expression) || g.module.source.slice(expression),
      expression,
    };
  });
  const plan = g.module.record(
    name,
    parts.map(p => p.member),
    parts.map(p => p.shown),
    action,
    at,
  );
  const flags = CONTROLS.has(action.do) ? 'FORCE_WAKEUP' : 'wakeup()';
  if (parts.some(p => p.member.packed))
    packed(g, plan.struct, plan.layout.id, plan.layout.size, parts, flags);
  else fixed(g, plan.struct, plan.layout.id, parts, flags, action);
}

const stored = (type: Type): Type =>
  type.kind === 'int' && type.literal !== undefined ? { ...type, size: 8 } : type;

/** Values are computed before the record is reserved: what is reserved must be submitted on every path. */
function fixed(
  g: ProgramWriter,
  struct: string,
  id: number,
  parts: Part[],
  flags: string,
  action: RecordAction,
): void {
  const ready = parts.map(
    part =>
      part.c ??
      (inMemory(part.member.type) && isSimple(part.expression!) ? undefined : g.value(part.expression!)),
  );
  const record = g.local(
    `struct ${struct} *`,
    'event',
    `bpf_ringbuf_reserve(&events, sizeof(struct ${struct}), 0)`,
  );
  g.block(`if (${record})`, () => {
    g.emit(`${record}->id = ${id};`);
    for (const [i, { member, expression }] of parts.entries()) {
      const lvalue = `${record}->${member.name}`;
      const { type } = member;
      if (!inMemory(type)) g.emit(`${lvalue} = ${ready[i]};`);
      else if (ready[i] === undefined) store(g, lvalue, type, expression!);
      else if (type.kind === 'string') g.emit(`read_string(${lvalue}, ${type.size}, (__u64)${ready[i]});`);
      else g.emit(`bpf_probe_read_kernel(&${lvalue}, sizeof(${lvalue}), ${ready[i]});`);
    }
    g.emit(`bpf_ringbuf_submit(${record}, ${flags});`);
  });
  const isExit = action.do === 'exit';
  g.block('else', () =>
    g.emit(isExit ? `count_failed(LOST_EXIT, -(${ready[0]}));` : 'count_lost(LOST_RECORD);'),
  );
}

/** Can be stored straight into reserved memory: nothing in it leaves the program. */
function isSimple(e: Expression): boolean {
  if (e.kind === 'tuple') return e.elements.every(isSimple);
  if (e.kind === 'record') return e.fields.every(f => isSimple(f.value));
  if (e.kind === 'field') return isSimple(e.object);
  if (e.kind === 'call' && e.type?.kind === 'stack') return true;
  return ['identifier', 'string', 'integer', 'boolean', 'variable', 'positional'].includes(e.kind);
}

/** The verifier wants a constant size for reserving, so a record with long strings is built in scratch memory. */
function packed(
  g: ProgramWriter,
  struct: string,
  id: number,
  size: number,
  parts: Part[],
  flags: string,
): void {
  const ready = parts.map(
    part =>
      part.c ??
      (part.member.packed || (inMemory(part.member.type) && isSimple(part.expression!))
        ? undefined
        : g.value(part.expression!)),
  );
  const room = parts.reduce(
    (sum, { member }) => sum + (member.packed ? (member.type as { size: number }).size : 0),
    0,
  );
  const record = g.local(`struct ${struct} *`, 'event', `(void *)${g.temporary(size + room)}`);
  const end = g.local('__u64', 'end', `sizeof(*${record})`);
  g.emit(`${record}->id = ${id};`);
  for (const [i, { member, expression, c, into }] of parts.entries()) {
    const lvalue = `${record}->${member.name}`;
    const { type } = member;
    if (member.packed) {
      const place = `(char *)${record} + ${end}`;
      const { size: room } = type as { size: number };
      const length = g.local('__u64', 'length', into ? into(place, room) : g.into(expression!, place, room));
      g.emit(`${lvalue} = ${length};`);
      g.emit(`${end} += ${length};`);
    } else if (!inMemory(type)) g.emit(`${lvalue} = ${c ?? ready[i]};`);
    else {
      if (type.kind === 'string') g.emit(`clear_memory(${lvalue}, ${type.size});`);
      if (ready[i] === undefined) store(g, lvalue, type, expression!);
      else if (type.kind === 'string') g.emit(`read_string(${lvalue}, ${type.size}, (__u64)${ready[i]});`);
      else g.emit(`bpf_probe_read_kernel(&${lvalue}, sizeof(${lvalue}), ${ready[i]});`);
    }
  }
  g.emit(`if (bpf_ringbuf_output(&events, ${record}, ${end}, ${flags}))`);
  g.emit('\tcount_lost(LOST_RECORD);');
}
