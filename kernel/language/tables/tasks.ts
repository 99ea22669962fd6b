/** Functions about tasks and clocks. They may be written without parentheses, too. */
import type { CheckContext } from '../checker/context.ts';
import type { Generator } from '../generator/api.ts';
import type { CallNode } from '../nodes.ts';
import { baseName, isInteger, MOMENT, string, type Type, UINT32, UINT64 } from '../types.ts';
import { copyText, probeType } from './builtins.ts';
import { programType } from './linuxSymbols.ts';
import type { FunctionRow } from './rows.ts';

const COMM_LENGTH = 16;

/** The task a call is about: its argument, or the current one. */
function task(call: CallNode, g: Generator): string {
  g.needs('task_struct');
  const [given] = call.arguments;
  return g.local(
    'struct task_struct *',
    'task',
    `(void *)${given ? g.value(given) : 'bpf_get_current_task()'}`,
  );
}

function wantTask(call: CallNode, context: CheckContext): void {
  const [given] = call.arguments;
  const type = given && context.typeOf(given);
  if (type && type.kind !== 'pointer' && type.kind !== 'unknown') {
    context.report(
      'argument-type',
      { name: call.name, expected: 'struct task_struct *', given: baseName(type) },
      given,
    );
  }
}

/** A number that one field path gives. */
const number = (name: string, path: string, since: string, docs: string): FunctionRow => ({
  name,
  signature: `${name}, ${name}(task)`,
  docs,
  since,
  example: `begin { print(${name}); print(${name}(curtask)); exit(); }`,
  arguments: [0, 1],
  type: (call, context): Type => {
    wantTask(call, context);
    return UINT32;
  },
  lower: (call, g) => `(__u64)(__u32)BPF_CORE_READ(${task(call, g)}, ${path})`,
});

/** The name of a task that one pointer leads to. */
const name = (name: string, pointer: string, since: string, docs: string): FunctionRow => ({
  name,
  signature: `${name}, ${name}(task)`,
  docs,
  since,
  example: `begin { print(${name}); print(${name}(curtask)); exit(); }`,
  arguments: [0, 1],
  type: (call, context): Type => {
    wantTask(call, context);
    return string(COMM_LENGTH);
  },
  into: (call, g, destination, size) => {
    const other = g.local('struct task_struct *', 'other', `BPF_CORE_READ(${task(call, g)}, ${pointer})`);
    return `read_string(${destination}, ${Math.min(size, COMM_LENGTH)}, (__u64)__builtin_preserve_access_index(&${other}->comm))`;
  },
});

/** Clocks of nsecs() and the helpers that read them. */
const CLOCKS: Readonly<Record<string, string>> = {
  boot: 'bpf_ktime_get_boot_ns()',
  monotonic: 'bpf_ktime_get_ns()',
  tai: 'bpf_ktime_get_tai_ns()',
  sw_tai: 'bpf_ktime_get_tai_ns()',
};

const word = (call: CallNode) => (call.arguments[0]?.kind === 'identifier' ? call.arguments[0].name : '');

/** Probes that the tracing process runs itself, wherever its programs really run. */
const OWN: readonly string[] = ['begin', 'end', 'self'];

/** pid and tid by namespace. */
const id = (name: 'pid' | 'tid', what: string, part: (ids: string) => string): FunctionRow => ({
  name,
  signature: `${name}, ${name}(curr_ns), ${name}(init)`,
  docs: `The ${what} id of the current task, in the pid namespace of who runs the program or in the initial one. In begin, end and self probes it is the tracing process's own.`,
  since: '17',
  example: `begin { print((${name}, ${name}(curr_ns), ${name}(init))); exit(); }`,
  arguments: [0, 1],
  words: ['init', 'curr_ns'],
  freeWords: true,
  type: (call, context): Type => {
    const [space] = call.arguments;
    if (space && !(space.kind === 'identifier' && ['init', 'curr_ns'].includes(space.name)))
      context.report(
        space.kind === 'identifier' ? 'pid-namespace-word' : 'pid-namespace',
        { name, given: space.kind === 'identifier' ? space.name : '' },
        space,
      );
    return UINT32;
  },
  lower: (call, g) => {
    const initial = word(call) === 'init';
    const own = OWN.includes(g.probe.row.name) && !(initial && g.options.pidNamespace);
    if (own) return `(__u64)${g.fact('self_pid')}`;
    return part(initial ? 'bpf_get_current_pid_tgid()' : 'current_ids()');
  },
});

/** The name of a process by its id: through functions of Linux's own, which give its task and take it back. */
function nameOfProcess(call: CallNode, g: Generator, destination: string, size: number): string {
  g.needs('task_struct');
  g.linuxFunction(
    'bpf_task_from_pid',
    'extern struct task_struct *bpf_task_from_pid(__s32 pid) __ksym;',
    call,
  );
  g.linuxFunction('bpf_task_release', 'extern void bpf_task_release(struct task_struct *task) __ksym;', call);
  const pid = g.local('__s32', 'pid', g.value(call.arguments[0]!));
  const task = g.local('struct task_struct *', 'process', `bpf_task_from_pid(${pid})`);
  const length = g.local('__u64', 'length', '0');
  g.block(`if (${task})`, () => {
    const most = Math.min(size, COMM_LENGTH);
    g.emit(
      `${length} = read_string(${destination}, ${most}, (__u64)__builtin_preserve_access_index(&${task}->comm));`,
    );
    g.emit(`bpf_task_release(${task});`);
  });
  g.block('else', () => {
    g.emit(`${length} = ${copyText('N/A', destination, size, line => g.emit(line))};`);
    const action = { do: 'message', level: 'warning', format: 'No such process (pid=%d)' } as const;
    g.send('comm', [{ name: 'pid', c: pid, type: { kind: 'int', size: 8, signed: true } }], action, call);
  });
  return length;
}

export const tasks: readonly FunctionRow[] = [
  {
    name: 'comm',
    signature: 'comm, comm(pid)',
    docs: 'Name of the current task, at most 15 characters, or that of a process by its id. In begin, end and self probes it is "bpftrace", which scripts expect.',
    since: '17',
    example: 'begin { print(comm); exit(); }',
    arguments: [0, 1],
    type: (call, context): Type => {
      const [pid] = call.arguments;
      const type = pid && context.typeOf(pid);
      if (type && !isInteger(type) && type.kind !== 'unknown') context.report('comm-pid', {}, pid);
      else if (
        pid &&
        context.options.target.kernelFunction?.('bpf_task_from_pid', programType(context)) === false
      )
        context.report('comm-probe', { probe: probeType(context.probe.row.name) }, call);
      return string(COMM_LENGTH);
    },
    into: (call, g, destination, size) => {
      if (call.arguments.length > 0) return nameOfProcess(call, g, destination, size);
      g.emit(`bpf_get_current_comm(${destination}, ${Math.min(size, COMM_LENGTH)});`);
      return String(Math.min(size, COMM_LENGTH));
    },
  },
  number('ppid', 'real_parent, tgid', '24', 'Process id of the parent.'),
  number('leader_tid', 'group_leader, pid', '26', "Thread id of the process's first thread."),
  name('pcomm', 'real_parent', '25', 'Name of the parent.'),
  name('leader_comm', 'group_leader', '26', "Name of the process's first thread."),
  {
    name: 'nsecs',
    signature: 'nsecs, nsecs(boot | monotonic | tai | sw_tai)',
    docs: 'Nanoseconds of a clock: since boot with time asleep (boot, the usual one) or without (monotonic), or atomic time (tai).',
    since: '18',
    example: 'begin { print(nsecs(monotonic)); exit(); }',
    arguments: [0, 1],
    words: Object.keys(CLOCKS),
    freeWords: true,
    type: (call, context): Type => {
      const [mode] = call.arguments;
      const given = mode?.kind === 'identifier' ? mode.name : undefined;
      if (mode && !(given && Object.hasOwn(CLOCKS, given)))
        context.report(
          'timestamp-mode',
          { given: given ?? 'an expression', known: Object.keys(CLOCKS).join(', ') },
          mode,
        );
      if (given === 'monotonic') return { ...UINT64, clock: 'monotonic' } as Type;
      return given?.endsWith('tai') ? ({ ...UINT64, clock: 'tai' } as Type) : MOMENT;
    },
    lower: call => CLOCKS[word(call) || 'boot']!,
  },
  id('pid', 'process (thread group)', ids => `(${ids} >> 32)`),
  id('tid', 'thread', ids => `(__u64)(__u32)${ids}`),
];
