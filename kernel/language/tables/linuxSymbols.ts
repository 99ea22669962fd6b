/** What Linux has under a name: symbols, per-CPU variables, functions, cgroups, registers. */
import { literalNeeded } from '../checker/arguments.ts';
import type { CheckContext } from '../checker/context.ts';
import type { CallNode } from '../nodes.ts';
import { REGISTERS, registerWord } from '../registers.ts';
import { BOOL, isInteger, pointer, type Type, UINT64, UNKNOWN } from '../types.ts';
import type { FunctionRow } from './rows.ts';

/** The text of the first argument; reports when it is none that is known while compiling. */
function literal(call: CallNode, context: CheckContext, what: string): string | undefined {
  const [first] = call.arguments;
  const text = context.text(first!);
  if (text === undefined) literalNeeded(context, call.name, first!, 'string', what);
  return text;
}

/** A question about a function of Linux's own. */
const question = (
  name: 'kfunc_exist' | 'kfunc_allowed',
  docs: string,
  ask: (functionName: string, context: CheckContext) => boolean | undefined,
): FunctionRow => ({
  name,
  signature: `${name}("function")`,
  docs,
  since: '25',
  example: `begin { print(${name}("bpf_task_from_pid")); exit(); }`,
  arguments: [1, 1],
  type: (call, context) => {
    const [first] = call.arguments;
    if (first?.kind !== 'string') {
      context.report('string-literal-only', { name }, first ?? call);
      return BOOL;
    }
    ANSWERS.set(call, ask(first.value, context) ?? false);
    return BOOL;
  },
  constant: call => ANSWERS.get(call),
  lower: call => (ANSWERS.get(call) ? '1' : '0'),
});
/** What the target said, by call: the probe that asks is known only while checking. */
const ANSWERS = new WeakMap<CallNode, boolean>();

/** The kind of program that a probe's is, by its section's first word. */
export const programType = ({ probe }: CheckContext) => probe.row.section(probe).split('/')[0]!;

export const linuxSymbols: readonly FunctionRow[] = [
  {
    name: 'percpu_kaddr',
    signature: 'percpu_kaddr("variable"[, cpu])',
    docs: "A pointer to a per-CPU variable of Linux's own: the current CPU's, or that of `cpu`. Null when there is no such CPU.",
    since: '22',
    example:
      'begin { $q = percpu_kaddr("runqueues", 0); if ($q != 0) { print($q.nr_running); } print(*percpu_kaddr("process_counts")); exit(); }',
    arguments: [1, 2],
    type: (call, context): Type => {
      const name = literal(call, context, 'symbol');
      if (name === undefined) return UNKNOWN;
      const type = context.linuxVariable(name);
      if (!type || type.kind === 'unknown') {
        context.report('unknown-variable', { name }, call);
        return UNKNOWN;
      }
      const [, cpu] = call.arguments;
      if (cpu && !isInteger(context.typeOf(cpu)) && context.typeOf(cpu).kind !== 'unknown')
        context.report(
          'argument-type',
          { name: call.name, expected: 'int', given: context.typeOf(cpu).kind },
          cpu,
        );
      return pointer(type, 'kernel');
    },
    lower: (call, g) => {
      const [name, cpu] = call.arguments;
      const symbol = g.perCpu(g.text(name!) ?? '', (call.type as Type & { kind: 'pointer' }).to, call);
      const found = g.local(
        'const void *',
        'variable',
        cpu ? `bpf_per_cpu_ptr(${symbol}, ${g.value(cpu)})` : `bpf_this_cpu_ptr(${symbol})`,
      );
      // As a number: the verifier allows no arithmetic on what may be null, and reads go by helpers anyway.
      const address = g.local('__u64', 'address', '0');
      g.emit(`bpf_probe_read_kernel(&${address}, sizeof(${address}), &${found});`);
      return address;
    },
  },
  {
    name: 'reg',
    signature: 'reg("register")',
    docs: 'A register of what the probe interrupted: r8 to r15, ax, bx, cx, dx, si, di, bp, sp, ip, flags, cs, ss, orig_rax on x86-64; r0 to r30, sp, pc, pstate on arm64.',
    since: '17',
    example: 'profile:hz:99 { printf("%lx\\n", reg("sp")); exit(); } interval:ms:500 { exit(); }',
    arguments: [1, 1],
    probes: [
      'kprobe',
      'kretprobe',
      'uprobe',
      'uretprobe',
      'usdt',
      'interval',
      'profile',
      'software',
      'hardware',
      'watchpoint',
    ],
    type: (call, context): Type => {
      const name = literal(call, context, 'register');
      const { arch } = context.options.target;
      if (name !== undefined && registerWord(name, arch) < 0)
        context.report(
          'unknown-register',
          { name, arch: arch === 'x64' ? 'x86_64' : 'arm64', names: REGISTERS[arch].join(', ') },
          call,
        );
      return UINT64;
    },
    lower: (call, g) =>
      `((__u64 *)ctx)[${registerWord(g.text(call.arguments[0]!) ?? '', g.options.target.arch)}]`,
  },
  {
    name: 'cgroupid',
    signature: 'cgroupid("path")',
    docs: 'The id of a cgroup (version 2) by its path, to compare with cgroup.',
    since: '17',
    example:
      'config = { missing_probes = warn } begin { if (cgroup == cgroupid("/sys/fs/cgroup")) { print("root"); } exit(); }',
    arguments: [1, 1],
    type: (call, context): Type => {
      const path = literal(call, context, 'path');
      const { target } = context.options;
      const id = path === undefined || !target.cgroup ? 0n : target.cgroup(path);
      if (id === undefined) context.report('unknown-cgroup', { path: path! }, call);
      return { kind: 'int', size: 8, signed: false, literal: id ?? 0n };
    },
  },
  question(
    'kfunc_exist',
    'Whether Linux has a function of this name that programs can call.',
    (name, { options }) => options.target.kernelFunction?.(name),
  ),
  question(
    'kfunc_allowed',
    'Whether programs of the kind of this probe may call a function of Linux.',
    (name, context) => context.options.target.kernelFunction?.(name, programType(context)),
  ),
];
