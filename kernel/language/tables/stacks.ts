/** Stacks, and names of code in user programs. */
import type { StackMode } from '../../layout.ts';
import type { CheckContext } from '../checker/context.ts';
import type { Generator } from '../generator/api.ts';
import { probeAddress } from '../generator/functionWords.ts';
import { NO_STACK } from '../generator/runtimeErrors.ts';
import type { CallNode, Expression } from '../nodes.ts';
import type { ProbePoint } from '../symbols.ts';
import { isInteger, type StackType, stackFrame, type Type } from '../types.ts';
import type { FunctionRow } from './rows.ts';

export const STACK_MODES: readonly StackMode[] = ['bpftrace', 'perf', 'raw', 'build_id'];

const DEFAULT_LIMIT = 127;
const MOST_FRAMES = 1024;

/** The C that fills a stack: `helper(ctx, words, bytes)`, negative when Linux gave none; and what counts those. */
const HELPERS = {
  kernel: { helper: () => 'kernel_stack', lost: 'LOST_STACK' },
  user: {
    helper: userHelper,
    lost: 'LOST_USER_STACK',
  },
};

const stack = (name: 'kstack' | 'ustack', space: StackType['space'], docs: string): FunctionRow => ({
  name,
  signature: `${name}, ${name}([mode, ][limit])`,
  docs: `${docs} Modes: bpftrace (name+offset), perf (address, name and file), raw (addresses)${
    space === 'user' ? ', build_id (build id and place in the file)' : ''
  }. At most ${DEFAULT_LIMIT} frames unless a limit is given.`,
  since: '17',
  example: `profile:hz:99 { @[${name}] = count(); @few[${name}(perf, 3)] = count(); exit(); }`,
  arguments: [0, 2],
  words: STACK_MODES,
  freeWords: true,
  ofProbe: true,
  type: (call, context) => stackType(call, context, space),
  store: (call, g, destination) => storeStack(call, g, destination),
});

function stackType(call: CallNode, context: CheckContext, space: StackType['space']): StackType {
  const { name, arguments: given } = call;
  const type: StackType = { kind: 'stack', space, mode: context.config.stack_mode, limit: DEFAULT_LIMIT };
  const [first] = given;
  const limit = given[first?.kind === 'identifier' ? 1 : 0];
  if (first?.kind === 'identifier') {
    const mode = STACK_MODES.find(one => one === first.name);
    if (mode) type.mode = mode;
    else context.report('stack-mode', { name }, first);
  } else if (first && given.length > 1) context.report('stack-mode-first', { name }, first);
  if (limit) type.limit = stackLimit(limit, call, context);
  if (type.mode === 'build_id' && space === 'kernel') {
    context.report(given.length > 0 ? 'stack-build-id' : 'stack-build-id-raw', {}, call);
    type.mode = 'raw';
  }
  return type;
}

function stackLimit(limit: Expression, { name }: CallNode, context: CheckContext): number {
  const value = context.integer(limit);
  if (value === undefined || value < 0n) context.report('stack-limit', { name }, limit);
  else if (value > MOST_FRAMES)
    context.report('stack-limit-most', { name, most: MOST_FRAMES, given: Number(value) }, limit);
  else return Number(value);
  return DEFAULT_LIMIT;
}

function storeStack(call: CallNode, g: Generator, destination: string): void {
  const type = call.type as StackType;
  if (type.space === 'kernel') g.needOwnFrames();
  const bytes = type.limit * stackFrame(type);
  const { helper, lost } = HELPERS[type.space];
  const code = g.local('__s64', 'code', `${helper(type, g.probe)}(ctx, ${destination}, ${bytes})`);
  g.block(`if (${code} < 0)`, () => {
    g.emit(`count_failed(${lost}, ${code});`);
    g.send('runtime_error', [], NO_STACK[type.space], call);
  });
}

/** At the entry and the return of a function of Go Linux leaves its caller out. */
function userHelper({ mode, limit }: StackType, { row, go, returnInstructions }: ProbePoint): string {
  if (mode === 'build_id') return 'build_id_stack';
  if (returnInstructions) return 'user_stack_of_caller';
  return go && row.name === 'uprobe' && limit > 1 ? 'user_stack_at_entry' : 'user_stack';
}

/** An address of the current process. */
const storeUserAddress = (address: string, g: Generator, destination: string) => {
  g.emit(`${destination}[0] = ${address};`);
  g.emit(`${destination}[1] = current_ids() >> 32;`);
};

export const stacks: readonly FunctionRow[] = [
  stack('kstack', 'kernel', "Linux's own frames up to the probe."),
  stack(
    'ustack',
    'user',
    "The current program's frames, found by their frame pointers. Where it has debug information, frames show file and line (of a caller: of the call), and what the compiler inlined there stands above as [inlined].",
  ),
  {
    name: 'usym',
    signature: 'usym(address)',
    docs: 'The symbol of the current program that an address lies in.',
    since: '17',
    example: 'begin { print(usym(0)); exit(); }',
    arguments: [1, 1],
    type: (call, context): Type => {
      const type = context.typeOf(call.arguments[0]!);
      if (!isInteger(type) && type.kind !== 'pointer' && type.kind !== 'unknown')
        context.report(
          'argument-kind',
          { name: 'usym', wanted: 'an integer or pointer argument' },
          call.arguments[0]!,
        );
      return { kind: 'usym' };
    },
    store: (call, g, destination) => storeUserAddress(g.value(call.arguments[0]!), g, destination),
  },
  {
    name: 'func',
    refused: "The func builtin can not be used with '{here}' probes",
    signature: 'func',
    docs: 'The name of the traced function.',
    since: '17',
    example: 'uprobe:libc:malloc { print(func); exit(); } interval:ms:500 { exit(); }',
    arguments: [0, 0],
    probes: ['uprobe', 'uretprobe', 'kprobe', 'kretprobe', 'fentry', 'fexit'],
    type: (_, { probe }): Type =>
      probe.row.space === 'user' ? { kind: 'usym' } : { kind: 'resolved', as: 'ksym' },
    lower: (_, g) => probeAddress(g),
    store: (_, g, destination) => storeUserAddress(probeAddress(g), g, destination),
  },
];
