/** Numbers and the words that stand for them: resolved when they are shown, or when the program is loaded. */

import { globPattern } from '../../glob.ts';
import { literalNeeded } from '../checker/arguments.ts';
import type { CheckContext } from '../checker/context.ts';
import type { CallNode } from '../nodes.ts';
import { baseName, isInteger, type Type, UINT64 } from '../types.ts';
import type { FunctionRow } from './rows.ts';

function wantNumber(call: CallNode, index: number, context: CheckContext): void {
  const argument = call.arguments[index]!;
  const type = context.typeOf(argument);
  if (isInteger(type) || type.kind === 'pointer' || type.kind === 'unknown') return;
  const { name } = call;
  if (name === 'ksym')
    context.report('argument-kind', { name, wanted: 'an integer or pointer argument' }, argument);
  else context.report('argument-type', { name, expected: 'int', given: baseName(type) }, argument);
}

/** What the one hierarchy of version 2 is called. */
const HIERARCHY = 'unified';
/** No cgroup has this id. */
const NO_CGROUP = 0;

const one = (name: 'ksym' | 'cgroup_path', what: string, docs: string, example: string): FunctionRow => ({
  name,
  signature: `${name}(${what})`,
  docs,
  since: '17',
  example,
  arguments: [1, 1],
  type: (call, context): Type => {
    wantNumber(call, 0, context);
    return { kind: 'resolved', as: name };
  },
  lower: (call, g) => g.value(call.arguments[0]!),
});

export const resolved: readonly FunctionRow[] = [
  {
    name: 'strftime',
    signature: 'strftime(format, nanoseconds)',
    docs: "A time since boot, such as nsecs, as wall time in strftime's words; %f stands for microseconds.",
    since: '17',
    example: 'begin { print(strftime("%H:%M:%S.%f", nsecs)); exit(); }',
    arguments: [2, 2],
    type: (call, context): Type => {
      const [first, time] = call.arguments;
      const format = context.text(first!);
      if (format === undefined) literalNeeded(context, 'strftime', first!, 'string', 'format string');
      wantNumber(call, 1, context);
      if ((context.integer(time!) ?? 0n) < 0n) context.report('negative-value', { name: 'strftime' }, time!);
      const type = context.typeOf(time!);
      const clock = type.kind === 'int' ? type.clock : undefined;
      if (clock === 'monotonic') context.report('timestamp-clock', {}, time!);
      const tai = clock === 'tai' ? { clock } : {};
      return { kind: 'resolved', as: 'timestamp', format: format ?? '', ...tai };
    },
    lower: (call, g) => g.value(call.arguments[1]!),
  },
  {
    name: 'kaddr',
    signature: 'kaddr("symbol")',
    docs: "The address of a symbol of Linux's own.",
    since: '17',
    example: 'begin { printf("%x\\n", kaddr("vfs_read")); exit(); }',
    arguments: [1, 1],
    type: (call, context): Type => {
      const name = context.text(call.arguments[0]!);
      if (name === undefined) literalNeeded(context, 'kaddr', call.arguments[0]!, 'string', 'symbol');
      else if (!/^[A-Za-z_]\w*$/.test(name)) context.report('unknown-symbol', { name }, call);
      return UINT64;
    },
    lower: (call, g) => g.address(g.text(call.arguments[0]!) ?? '', call),
  },
  one(
    'ksym',
    'address',
    "The symbol of Linux's own that an address lies in.",
    'begin { print(ksym(0)); exit(); }',
  ),
  {
    ...one(
      'cgroup_path',
      'id[, "filter"]',
      'The path of a cgroup (version 2) by its id. A filter with wildcards chooses among hierarchies; there is one, "unified", and where it does not match there is no path.',
      'begin { print(cgroup_path(cgroup)); exit(); }',
    ),
    arguments: [1, 2],
    type: (call, context): Type => {
      const [, filter] = call.arguments;
      wantNumber(call, 0, context);
      if (filter && context.text(filter) === undefined)
        literalNeeded(context, 'cgroup_path', filter, 'string', 'filter');
      return { kind: 'resolved', as: 'cgroup_path' };
    },
    lower: (call, g) => {
      const [id, filter] = call.arguments;
      const isMeant = !filter || globPattern(g.text(filter) ?? '').test(HIERARCHY);
      return isMeant ? g.value(id!) : String(NO_CGROUP);
    },
  },
];
