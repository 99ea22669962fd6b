/** Functions that user space carries out: they show files, commands, arguments and messages of the program's own. */

import type { RecordAction } from '../../layout.ts';
import { literalNeeded } from '../checker/arguments.ts';
import type { Generator } from '../generator/api.ts';
import type { CallNode, Expression } from '../nodes.ts';
import { conversions } from '../printf.ts';
import { type AddressSpace, baseName, isInteger, isTruthy, type Type, typeName, VOID } from '../types.ts';
import { byteLength, cString } from './builtins.ts';
import { checkFormat } from './output.ts';
import type { FunctionRow } from './rows.ts';

const INT64_DATA = { kind: 'int', size: 8, signed: true } as const;
/** Arguments of a command line that join() reads: enough to read, few enough to verify. */
const MOST_JOINED = 16;

interface Formatted {
  name: string;
  docs: string;
  since: string;
  example: string;
  unsafe?: 'command';
  action(format: string, g: Generator): RecordAction;
}

/** Sends a format and its values as a record. */
function sendFormatted(call: CallNode, g: Generator, values: Expression[], action: RecordAction): void {
  g.send(
    call.name,
    values.map(expression => ({ name: '', expression })),
    action,
    call,
  );
}

/** `name(format, …)` */
const formatted = ({ name, docs, since, example, unsafe, action }: Formatted): FunctionRow => ({
  name,
  signature: `${name}(format, …)`,
  docs,
  since,
  example,
  arguments: [1, 128],
  effect: true,
  ...(unsafe ? { unsafe } : {}),
  type: (call, context) => {
    checkFormat(call, context);
    return VOID;
  },
  lower: (call, g) => {
    const [format, ...values] = call.arguments;
    sendFormatted(call, g, values, action(g.text(format!) ?? '', g));
    return '';
  },
});

/** Reads a pointer by its address space. */
const READS: Readonly<Record<AddressSpace, [word: string, text: string]>> = {
  kernel: ['READ', 'read_string'],
  user: ['READ_USER', 'read_user_string'],
  none: ['READ_ANY', 'read_any_string'],
};

const join: FunctionRow = {
  name: 'join',
  signature: 'join(array[, separator])',
  docs: `Prints the strings of an array that ends with a null pointer, such as the arguments of a command: at most ${MOST_JOINED}.`,
  since: '17',
  example:
    'tracepoint:syscalls:sys_enter_execve { join(args.argv); join(args.argv, ","); exit(); } interval:ms:500 { exit(); }',
  arguments: [1, 2],
  effect: true,
  type: (call, context) => {
    const [array, separator] = call.arguments;
    const type = context.typeOf(array!);
    if (type.kind !== 'pointer' && !isInteger(type) && type.kind !== 'unknown')
      context.report(
        'argument-type',
        { name: 'join', expected: 'int or pointer', given: baseName(type) },
        array!,
      );
    if (separator && context.text(separator) === undefined)
      literalNeeded(context, 'join', separator, 'string', 'separator');
    return VOID;
  },
  lower: (call, g) => {
    const [array, separator] = call.arguments;
    const type = array!.type!;
    const own = type.kind === 'pointer' ? type.space : 'none';
    const [word, text] = READS[own === 'none' && g.probe.row.space === 'user' ? 'user' : own];
    const start = g.local('__u64', 'strings', g.value(array!));
    let before: string | undefined;
    const parts = Array.from({ length: MOST_JOINED }, (_, i) => {
      const read = `${word}(__u64, ${start} + ${8 * i})`;
      // What stands behind the null pointer is not an argument.
      const pointer = g.local('__u64', `string_${i}`, before ? `${before} ? ${read} : 0` : read);
      before = pointer;
      return {
        name: `string_${i}`,
        size: g.config.max_strlen,
        into: (destination: string, size: number) => `${text}(${destination}, ${size}, ${pointer})`,
      };
    });
    g.send('join', parts, { do: 'join', separator: separator ? (g.text(separator) ?? ' ') : ' ' }, call);
    return '';
  },
};

/** Linux's own printing takes this many values, by these conversions. */
const MOST_DEBUGGED = 3;
const DEBUGGED: Readonly<Record<string, Type['kind']>> = {
  d: 'int',
  u: 'int',
  x: 'int',
  p: 'int',
  s: 'string',
};

const debugf: FunctionRow = {
  name: 'debugf',
  signature: 'debugf(format, …)',
  docs: `Prints to Linux's trace buffer (trace_pipe), which all of the machine shares: for debugging, at most ${MOST_DEBUGGED} values.`,
  since: '17',
  example: 'begin { debugf("here %d", pid); exit(); }',
  arguments: [1, 128],
  effect: true,
  type: (call, context) => {
    context.report('debugf-shared', {}, call);
    checkFormat(call, context);
    const [format, ...values] = call.arguments;
    if (values.length > MOST_DEBUGGED) context.report('debugf-values', { most: MOST_DEBUGGED }, call);
    for (const [i, { letter }] of conversions(context.text(format!) ?? '').entries()) {
      const wanted = DEBUGGED[letter];
      const given = values[i] && context.typeOf(values[i]).kind;
      if (!wanted) context.report('debugf-conversion', { letter }, format!);
      else if (given && given !== 'unknown' && given !== wanted)
        context.report('debugf-type', { letter }, values[i]!);
    }
    return VOID;
  },
  lower: (call, g) => {
    const [format, ...values] = call.arguments;
    const text = g.text(format!) ?? '';
    const given = values.map(value => `, ${g.value(value)}`).join('');
    g.emit(`bpf_trace_printk(${cString(text)}, ${byteLength(text) + 1}${given});`);
    return '';
  },
};

const assert: FunctionRow = {
  name: 'assert',
  signature: 'assert(condition, "message")',
  docs: 'Prints the message as an error and ends the run with status 1 when the condition does not hold.',
  since: '24',
  example: 'begin { assert(1 + 1 == 2, "sums"); exit(); }',
  arguments: [2, 2],
  effect: true,
  type: (call, context) => {
    const [condition, message] = call.arguments;
    const type = context.typeOf(condition!);
    if (!isTruthy(type)) context.report('condition-type', { given: typeName(type) }, condition!);
    const { kind } = context.typeOf(message!);
    if (kind !== 'string' && kind !== 'unknown')
      context.report(
        'argument-type',
        { name: 'assert', expected: 'string', given: baseName(context.typeOf(message!)) },
        message!,
      );
    return VOID;
  },
  lower: (call, g) => {
    const [condition, message] = call.arguments;
    g.block(`if (!${g.value(condition!)})`, () => {
      const action = { do: 'message', level: 'error', format: 'assert failed: %s' } as const;
      g.send('assert', [{ name: 'message', expression: message! }], action, call);
      g.send('exit', [{ name: 'code', c: '1', type: INT64_DATA }], { do: 'exit' }, call);
      g.emit('on = 0;');
      g.leave();
    });
    return '';
  },
};

export const actions: readonly FunctionRow[] = [
  formatted({
    name: 'cat',
    docs: 'Prints a file when the record is shown; the format makes its path. At most max_cat_bytes of it.',
    since: '17',
    example: 'begin { cat("/proc/%s", "loadavg"); exit(); }',
    action: (format, g) => ({ do: 'cat', format, limit: g.config.max_cat_bytes }),
  }),
  formatted({
    name: 'system',
    docs: 'Runs a command as the user and prints what it writes. Must be allowed.',
    since: '17',
    example: 'begin { system("echo %d", pid); exit(); }',
    unsafe: 'command',
    action: format => ({ do: 'system', format }),
  }),
  formatted({
    name: 'errorf',
    docs: 'Prints an error message with its place in the source. The program goes on.',
    since: '24',
    example: 'begin { errorf("bad: %d", 10); exit(); }',
    action: format => ({ do: 'message', level: 'error', format }),
  }),
  formatted({
    name: 'warnf',
    docs: 'Prints a warning with its place in the source.',
    since: '25',
    example: 'begin { warnf("odd: %s", comm); exit(); }',
    action: format => ({ do: 'message', level: 'warning', format }),
  }),
  join,
  debugf,
  assert,
];
