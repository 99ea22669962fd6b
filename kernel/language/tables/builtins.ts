/** Builtins: values that a probe can read without arguments. */
import { bytesOf } from '../../utf8.ts';
import type { Generator } from '../generator/api.ts';
import { argumentWord, resultWord, wordAs } from '../generator/functionWords.ts';
import type { ProbePoint } from '../symbols.ts';
import {
  BOOL,
  INT64,
  MOMENT,
  NANOSECONDS,
  pointer,
  string,
  UINT32,
  UINT64,
  UNKNOWN,
  VOID,
} from '../types.ts';
import { usdtArgument } from '../usdt.ts';
import { configRecord } from './config.ts';
import type { BuiltinRow } from './rows.ts';

export const BUILTINS: readonly BuiltinRow[] = [
  {
    name: 'args',
    signature: 'args.field',
    docs: 'The arguments of a tracepoint or of a function by name; by itself, all of them. Functions of programs have them where the program was built with debug information. List them with: ebpfnb list -v PROBE.',
    since: '17',
    example: 'tracepoint:sched:sched_switch { print(args.next_pid); exit(); }',
    probes: ['tracepoint', 'rawtracepoint', 'fentry', 'fexit', 'uprobe'],
    refused:
      'The args builtin can only be used with tracepoint, rawtracepoint, fentry/fexit, and uprobe probes ({here} used here)',
    instead: {
      uretprobe: 'Use retval.',
      kprobe: 'Use arg0, arg1, …, or a fentry probe, whose arguments have names.',
      kretprobe:
        'Use retval (args.ret belongs to sys_exit tracepoints), or a fexit probe, whose arguments have names.',
    },
    type: ({ probe }) => (probe.args ? { kind: 'args', owner: probe.name, fields: probe.args } : UNKNOWN),
    lower: () => '(__u64)ctx',
  },
  {
    name: 'arg0',
    signature: 'arg0 … arg5',
    docs: 'The arguments of a traced function or USDT probe, as integers.',
    since: '17',
    example: 'uprobe:libc:malloc { print(arg0); exit(); } interval:ms:500 { exit(); }',
    probes: ['uprobe', 'usdt', 'rawtracepoint', 'kprobe'],
    refused: "The {name} builtin can only be used with 'kprobes', 'uprobes' and 'usdt' probes",
    instead: {
      fentry: 'Use args.NAME: the arguments have names.',
      fexit: 'Use args.NAME: the arguments have names.',
      kretprobe: 'Save it in a map keyed by tid at the kprobe, or use a fexit probe.',
      tracepoint: 'Use args.NAME: the arguments of a tracepoint have names.',
      uretprobe: 'Save it in a map keyed by tid at the uprobe.',
    },
    type: () => INT64,
  },
  {
    name: 'retval',
    signature: 'retval',
    docs: 'The value that the traced function returns. Of several results of a Go function the first: the others are reg("bx"), reg("cx") and so on where they are integers or pointers.',
    since: '17',
    example: 'uretprobe:libc:getpid { print(retval); exit(); } interval:ms:500 { exit(); }',
    probes: ['uretprobe', 'kretprobe', 'fexit'],
    refused: here =>
      `The retval builtin can only be used with 'kretprobe' and 'uretprobe' and 'fentry' probes${here === 'tracepoint' ? ' (try to use args.ret instead)' : ''}`,
    instead: {
      tracepoint: 'The tracepoints sys_exit_* have args.ret.',
      uprobe: 'Use a uretprobe.',
      kprobe: 'Use a kretprobe.',
      fentry: 'Use a fexit probe.',
    },
    type: ({ probe }) => probe.returns ?? UINT64,
    lower: g => wordAs(g.probe.returns ?? UINT64, resultWord(g)),
  },
  {
    name: 'uid',
    signature: 'uid',
    docs: 'User id of the current task, in the initial namespace.',
    since: '17',
    example: 'begin { print(uid); exit(); }',
    type: () => UINT64,
    lower: () => '(__u64)(__u32)bpf_get_current_uid_gid()',
  },
  {
    name: 'gid',
    signature: 'gid',
    docs: 'Group id of the current task, in the initial namespace.',
    since: '17',
    example: 'begin { print(gid); exit(); }',
    type: () => UINT64,
    lower: () => '(bpf_get_current_uid_gid() >> 32)',
  },
  {
    name: 'username',
    signature: 'username',
    docs: 'Name of the current user, found when it is shown.',
    since: '17',
    example: 'begin { print(username); exit(); }',
    type: () => ({ kind: 'resolved', as: 'username' }),
    lower: () => '(__u64)(__u32)bpf_get_current_uid_gid()',
  },
  {
    name: 'nsecs',
    signature: 'nsecs',
    docs: 'Nanoseconds since boot, time asleep included.',
    since: '17',
    example: 'begin { @start = nsecs; print(nsecs - @start); exit(); }',
    type: () => MOMENT,
    lower: () => 'bpf_ktime_get_boot_ns()',
  },
  {
    name: 'elapsed',
    signature: 'elapsed',
    docs: 'Nanoseconds since the run started.',
    since: '17',
    example: 'begin { print(elapsed); exit(); }',
    type: () => NANOSECONDS,
    lower: g => {
      return `(bpf_ktime_get_boot_ns() - ${g.fact('started_at')})`;
    },
  },
  {
    name: 'cpu',
    signature: 'cpu',
    docs: 'Number of the current CPU.',
    since: '17',
    example: 'begin { print(cpu); exit(); }',
    type: () => UINT32,
    lower: () => '(__u64)bpf_get_smp_processor_id()',
  },
  {
    name: 'ncpus',
    signature: 'ncpus',
    docs: 'How many CPUs the machine has.',
    since: '24',
    example: 'begin { print(ncpus); exit(); }',
    type: () => UINT64,
    lower: g => (g.options.portable ? `(__u64)${g.fact('cpus')}` : String(g.options.target.cpus)),
  },
  {
    name: 'numaid',
    signature: 'numaid',
    docs: 'Number of the current NUMA node.',
    since: '17',
    example: 'begin { print(numaid); exit(); }',
    type: () => UINT32,
    lower: () => '(__u64)bpf_get_numa_node_id()',
  },
  {
    name: 'cgroup',
    signature: 'cgroup',
    docs: 'Id of the cgroup (version 2) of the current task.',
    since: '17',
    example: 'begin { print(cgroup); exit(); }',
    type: () => UINT64,
    lower: () => 'bpf_get_current_cgroup_id()',
  },
  {
    name: 'rand',
    signature: 'rand',
    docs: 'A pseudo-random number of 32 bits.',
    since: '17',
    example: 'begin { print(rand); exit(); }',
    type: () => UINT32,
    lower: () => '(__u64)bpf_get_prandom_u32()',
  },
  {
    name: 'jiffies',
    signature: 'jiffies',
    docs: 'The timer ticks that Linux counted, its 64-bit jiffies.',
    since: '20',
    example: 'begin { print(jiffies); exit(); }',
    type: () => UINT64,
    lower: () => 'bpf_jiffies64()',
  },
  {
    name: 'ctx',
    signature: 'ctx.field',
    docs: 'What the program is called with: the object of an iterator, by name; the registers of a user probe.',
    since: '17',
    example: 'iter:task { print(ctx.task.pid); }',
    probes: ['iter', 'kprobe', 'kretprobe', 'uprobe', 'uretprobe', 'usdt'],
    refused: here =>
      here === 'tracepoint'
        ? 'Use args instead of ctx in tracepoint'
        : "The ctx builtin can not be used with '{here}' probes",
    instead: { tracepoint: 'Its fields are args.NAME.' },
    type: context => pointer(context.struct(contextStruct(context.probe), 'kernel') ?? VOID, 'kernel'),
    lower: g => {
      const object = iteratedObject(g);
      // Behind the last object the program is called once more, with none.
      if (object !== undefined) g.needObject(object);
      return '(__u64)ctx';
    },
  },
  {
    name: 'curtask',
    signature: 'curtask',
    docs: 'The current task, a pointer to its struct task_struct.',
    since: '17',
    example: 'begin { print(curtask.pid); exit(); }',
    type: context => pointer(context.struct('struct task_struct', 'kernel') ?? VOID, 'kernel'),
    lower: () => '(__u64)bpf_get_current_task()',
  },
  {
    name: 'cpid',
    signature: 'cpid',
    docs: 'Process id of the command that was started with the run (-c, or the workload of a cell).',
    since: '17',
    example: 'begin { print(cpid); exit(); }',
    type: () => UINT32,
    check: (context, at) => {
      if (context.options.hasChild === false) context.report('no-child', {}, at);
    },
    lower: g => {
      return `(__u64)${g.fact('cpid')}`;
    },
  },
  {
    name: 'has_cpid',
    signature: 'has_cpid',
    docs: 'Whether a command was started with the run.',
    since: '25',
    example: 'begin { print(has_cpid); exit(); }',
    type: () => BOOL,
    lower: g => (g.options.portable ? `(${g.fact('cpid')} != 0)` : g.options.hasChild ? '1' : '0'),
  },
  {
    name: 'usermode',
    signature: 'usermode',
    docs: 'Whether the probe interrupted a program rather than Linux itself.',
    since: '24',
    example: 'begin { print(usermode); exit(); }',
    probes: ['begin', 'end', 'uprobe', 'uretprobe', 'interval', 'profile'],
    type: () => ({ kind: 'int', size: 1, signed: false }),
    lower: g => {
      // The code segment, word 17 of the registers, says it; the verifier wants whole words.
      return g.probe.row.section(g.probe) === 'perf_event' ? '(__u64)((((__u64 *)ctx)[17] & 3) == 3)' : '1';
    },
  },
  {
    name: 'config',
    signature: 'config, config.option',
    docs: 'The options of the run as a record, or one of them.',
    since: '26',
    example: 'begin { print(config.max_strlen); printf("%s\\n", config.stack_mode); exit(); }',
    type: () => UNKNOWN,
    expand: ({ config }, at) => configRecord(config, at),
  },
  {
    name: 'probe',
    signature: 'probe',
    docs: 'The full name of the probe.',
    since: '17',
    example: 'begin { print(probe); exit(); }',
    ofProbe: true,
    type: ({ probe }) => string(byteLength(probeName(probe)) + 1),
    into: (g, destination, size) => copyText(probeName(g.probe), destination, size, line => g.emit(line)),
  },
  {
    name: 'probetype',
    signature: 'probetype',
    docs: 'The kind of the probe.',
    since: '25',
    example: 'begin { print(probetype); exit(); }',
    ofProbe: true,
    type: ({ probe }) => string(probeType(probe.row.name).length + 1),
    into: (g, destination, size) =>
      copyText(probeType(g.probe.row.name), destination, size, line => g.emit(line)),
  },
];

const contextStruct = ({ row, name }: ProbePoint) =>
  row.name === 'iter' ? `struct bpf_iter__${name.slice('iter:'.length)}` : 'struct pt_regs';

/** Offset of the pointer to an iterator's object: the first field that is not its own data. */
function iteratedObject({ probe, options }: Generator): number | undefined {
  if (probe.row.name !== 'iter') return undefined;
  const struct = options.target.type(contextStruct(probe));
  const fields = struct?.kind === 'struct' ? struct.fields : [];
  return fields.find(({ name, type }) => name !== 'meta' && type.kind === 'pointer')?.offset;
}

/** What the builtin `probe` gives. */
export const probeName = ({ called, name }: ProbePoint): string => called ?? name;

export const probeType = (name: string) => (['begin', 'end', 'self'].includes(name) ? 'special' : name);

/** A C string literal: bytes above ASCII and control characters as octal escapes. */
export function cString(text: string): string {
  let out = '';
  for (const byte of bytesOf(text)) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else if (byte < 0x20 || byte > 0x7e || byte === 0x3f) out += `\\${byte.toString(8).padStart(3, '0')}`;
    else out += String.fromCharCode(byte);
  }
  return `"${out}"`;
}

export const byteLength = (text: string) => bytesOf(text).length;

/** Emits the copy of a constant; gives its length, NUL included. */
export function copyText(
  text: string,
  destination: string,
  size: number,
  emit: (line: string) => void,
): string {
  const length = Math.min(byteLength(text) + 1, size);
  emit(`text(${destination}, ${cString(text)}, ${length});`);
  return String(length);
}

const BY_NAME = new Map(BUILTINS.map(row => [row.name, row]));

export function findBuiltin(name: string): BuiltinRow | undefined {
  const argument = /^arg([0-9]+)$/.exec(name);
  if (!argument) return BY_NAME.get(name.startsWith('__builtin_') ? name.slice('__builtin_'.length) : name);
  const row = BY_NAME.get('arg0')!;
  return {
    ...row,
    name,
    lower: g => {
      if (g.probe.usdt) return usdtArgument(g.probe.usdt, Number(argument[1]), g.options.target.arch);
      return `(__s64)${argumentWord(g, Number(argument[1]))}`;
    },
  };
}
