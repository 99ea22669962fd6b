/** Functions of Linux that can be probed and had better not be. */
import type { ProbeName } from './rows.ts';

interface Row {
  names: RegExp;
  /** All kinds of probes unless given. */
  probes?: readonly ProbeName[];
  /** One sentence: what would happen. */
  reason: string;
}

/** The first row that fits counts. What Linux itself refuses (notrace, its blacklist) needs no row. */
const LEFT_ALONE: readonly Row[] = [
  {
    names: /^(?:__)?rcu_/,
    reason: 'Probes themselves rely on RCU: in its functions they can hang the machine.',
  },
  {
    names:
      /^(?:__bpf_(?:prog|tramp)_(?:enter|exit)|bpf_prog_start_time$|update_prog_stats$|(?:bpf_prog_)?inc_misses_counter$|bpf_dispatcher_)/,
    reason: 'Linux calls it around each BPF program: a probe there would run for itself without end.',
  },
  {
    names: /^(?:migrate_(?:dis|en)able|preempt_count_(?:add|sub))$/,
    reason: 'Linux holds a BPF program on its CPU with it: a probe there would run for itself without end.',
  },
  {
    names: /^(?:_raw_spin_|(?:native_|__pv_|resilient_)?queued_spin_|resilient_tas_spin_|bpf_(?:res_)?spin_)/,
    reason:
      'Maps and ring buffers take such locks: programs that run within them can wait for each other for ever.',
  },
  {
    names: /^(?:arch_cpu|default)_idle$/,
    reason: 'RCU does not look at a CPU that is idle, and a probe relies on RCU: it can crash the machine.',
  },
  {
    names:
      /^(?:__(?:x64|ia32|arm64)_sys_exit(?:_group)?|do_(?:group_)?exit|do_task_dead|make_task_dead|rewind_stack_and_make_dead|kthread_(?:complete_and_)?exit|__module_put_and_kthread_exit)$/,
    probes: ['fexit'],
    reason: 'It never returns: Linux would wait for its return for ever when the probe is detached.',
  },
];

/** Undefined when nothing is said against such a probe; without `probe`, against any. */
export const reasonToLeaveAlone = (name: string, probe?: ProbeName): string | undefined =>
  LEFT_ALONE.find(({ names, probes }) => names.test(name) && (!probes || (probe && probes.includes(probe))))
    ?.reason;
