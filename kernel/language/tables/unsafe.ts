/** Functions that change what is traced: each must be allowed, and the loader checks that once more. */
import type { CheckContext } from '../checker/context.ts';
import type { Generator } from '../generator/api.ts';
import type { CallNode, Expression } from '../nodes.ts';
import { BOOL, baseName, isInteger, sizeOf, VOID } from '../types.ts';
import { signalNumber } from './numberNames.ts';
import type { FunctionRow, ProbeName } from './rows.ts';

const LARGEST_SIGNAL = 64n;

/** Probes that run for a process, which then gets the signal. */
const SIGNALLING: ProbeName[] = [
  'kprobe',
  'kretprobe',
  'fentry',
  'fexit',
  'uprobe',
  'uretprobe',
  'usdt',
  'tracepoint',
  'rawtracepoint',
  'profile',
];

/** Why nothing is a signal, if it is none. */
function notASignal(signal: Expression, name: string, context: CheckContext): string | undefined {
  const text = context.text(signal);
  if (text !== undefined)
    return signalNumber(text) === undefined ? `Invalid string for signal: ${text}` : undefined;
  const type = context.typeOf(signal);
  if (!isInteger(type) && type.kind !== 'unknown') return `${name}() accepts a string literal or an integer`;
  const number = context.integer(signal) ?? 1n;
  return number > 0n && number <= LARGEST_SIGNAL
    ? undefined
    : `${name}() accepts a string literal or an integer between 1 and 64 (inclusive)`;
}

const signalling = (name: 'signal' | 'signal_thread', to: string): FunctionRow => ({
  name,
  signature: `${name}("SIGNAL"), ${name}(number)`,
  docs: `Sends a signal to the current ${to}. Must be allowed.`,
  since: name === 'signal' ? '17' : '25',
  example: `tracepoint:syscalls:sys_enter_getpgrp /comm == "nobody"/ { ${name}("SIGSTOP"); } interval:ms:10 { exit(); }`,
  arguments: [1, 1],
  effect: true,
  unsafe: 'action',
  probes: SIGNALLING,
  refused: `${name}() can not be used for this probetype {here}`,
  type: (call, context) => {
    const [signal] = call.arguments;
    const reason = notASignal(signal!, name, context);
    if (reason) context.report('signal-number', { reason }, signal!);
    return VOID;
  },
  lower: (call, g) => {
    const [signal] = call.arguments;
    const text = g.text(signal!);
    const number = g.local(
      '__u64',
      'signal',
      text === undefined ? g.value(signal!) : String(signalNumber(text)),
    );
    const sent = g.local('__s64', 'sent', `bpf_send_${name}(${number})`);
    g.block(`if (${sent})`, () => {
      const format = `${name}() failed with error %d`;
      const action = { do: 'message', level: 'warning', format } as const;
      g.send(name, [{ name: 'error', c: sent, type: { kind: 'int', size: 8, signed: true } }], action, call);
    });
    return '';
  },
});

/** Bytes of what is written: no more than the value has. */
function length(call: CallNode, g: Generator): string {
  const [, source, bytes] = call.arguments;
  const type = source!.type!;
  const most = type.kind === 'pointer' || isInteger(type) ? g.config.max_strlen : sizeOf(type);
  const given = g.local('__u64', 'length', g.value(bytes!));
  g.emit(`if (${given} > ${most})`);
  g.emit(`\t${given} = ${most};`);
  return given;
}

export const unsafe: readonly FunctionRow[] = [
  signalling('signal', 'process'),
  signalling('signal_thread', 'thread'),
  {
    name: 'override',
    signature: 'override(value)',
    docs: 'The traced function does not run, and returns the value: only functions that Linux lets fail on purpose. Must be allowed.',
    since: '17',
    example: 'macro refuse() { override(-1) } begin { exit(); }',
    arguments: [1, 1],
    effect: true,
    unsafe: 'action',
    probes: ['kprobe'],
    refused: 'override() can only be used inside kprobes',
    type: (call, context) => {
      const [value] = call.arguments;
      const type = context.typeOf(value!);
      if (!isInteger(type) && type.kind !== 'unknown')
        context.report('argument-type', { name: 'override', expected: 'int', given: baseName(type) }, value!);
      return VOID;
    },
    lower: (call, g) => {
      g.emit(`bpf_override_return(ctx, ${g.value(call.arguments[0]!)});`);
      return '';
    },
  },
  {
    name: 'write_user',
    signature: 'write_user(pointer, value, length)',
    docs: "Writes bytes of a value over the traced process's memory; false when it cannot be written. Must be allowed.",
    since: '26',
    example:
      'tracepoint:syscalls:sys_enter_openat /comm == "nobody"/ { print(write_user(args.filename, "x", 1)); } interval:ms:10 { exit(); }',
    arguments: [3, 3],
    effect: true,
    unsafe: 'action',
    type: (call, context) => {
      const [to, , bytes] = call.arguments;
      for (const [argument, kinds] of [
        [to!, ['pointer', 'int']],
        [bytes!, ['int']],
      ] as const) {
        const { kind } = context.typeOf(argument);
        if (!(kinds as readonly string[]).includes(kind) && kind !== 'unknown')
          context.report(
            'argument-type',
            { name: 'write_user', expected: kinds.join(' or '), given: baseName(context.typeOf(argument)) },
            argument,
          );
      }
      return BOOL;
    },
    lower: (call, g) => {
      const [to, source] = call.arguments;
      const from = g.value(source!);
      const bytes = length(call, g);
      return g.local(
        '_Bool',
        'written',
        `bpf_probe_write_user((void *)${g.value(to!)}, (void *)${from}, ${bytes}) == 0`,
      );
    },
  },
];
