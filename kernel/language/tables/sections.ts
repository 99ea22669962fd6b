/** The kinds of programs in BPF C: what may stand in SEC("…"), where it attaches, and what the program is given. */
import type { AttachSpec } from '../../layout.ts';
import type { LanguageTarget } from '../target.ts';

/** Makes the path of a program or library absolute. */
export type ResolveBinary = (path: string) => string;

type Need = Parameters<NonNullable<LanguageTarget['obstacle']>>[0];

export interface SectionRow {
  /** What stands before the first slash: other spellings, and the other end of the same function. */
  names: readonly string[];
  /** What stands behind it. */
  signature?: string;
  docs: string;
  /** C type of the program's argument. */
  context: string;
  /** Program type, as Linux names it. */
  type: string;
  /** The kind of probe of bpftrace whose names stand behind it, with `/` for `:`. */
  provider?: string;
  /** What Linux must be able to do. */
  needs?: Need;
  /** It may change what it traces, which a run must allow by this word. */
  unsafe?: string;
  /** Without anything behind it is a program as well, which others call by bpf_tail_call(). */
  bare?: true;
  /**
   * Where the program attaches; undefined where the text makes no sense. Rows without it have their place in the
   * object, found by libbpf when the program is loaded.
   */
  attach?(target: string, kind: string, binary: ResolveBinary): AttachSpec | undefined;
  /** A program of the kind, as it stands in a cell. */
  example: string;
}

const NUMBER = '0x[\\da-fA-F]+|\\d+';

/** A program of SEC("perf_event") says nothing of an event: it runs as often as bpftrace's customary profile. */
const PROFILE_NS = 10_101_010;

const isReturn = (kind: string) => /^[ku]ret/.test(kind);

function atTracepoint(target: string): AttachSpec | undefined {
  const [, category, event] = /^(\w+)\/(\w+)$/.exec(target) ?? [];
  return event ? { kind: 'tracepoint', category: category!, event } : undefined;
}

const atRawTracepoint = (target: string): AttachSpec | undefined =>
  /^\w+$/.test(target) ? { kind: 'raw_tracepoint', event: target } : undefined;

function atFunction(target: string, kind: string): AttachSpec | undefined {
  const [, name, offset] = new RegExp(`^([\\w.:]+?)(?:\\+(${NUMBER}))?$`).exec(target) ?? [];
  if (!name) return undefined;
  const at = offset ? { offset: Number(offset) } : {};
  return { kind: 'kprobe', functions: [name], ...at, ret: isReturn(kind) };
}

const atFunctions = (target: string, kind: string): AttachSpec | undefined =>
  /^[\w.:*?[\]]+$/.test(target) ? { kind: 'kprobe', functions: [target], ret: isReturn(kind) } : undefined;

function atUserFunction(target: string, kind: string, binary: ResolveBinary): AttachSpec | undefined {
  const [, path, symbol, offset] = new RegExp(`^([^:]+):(.+?)(?:\\+(${NUMBER}))?$`).exec(target) ?? [];
  if (!symbol) return undefined;
  const place = new RegExp(`^(?:${NUMBER})$`).test(symbol) ? { offset: Number(symbol) } : { symbol };
  const at = offset ? { offset: Number(offset) } : {};
  return { kind: 'uprobe', binary: binary(path!), ...place, ...at, ret: isReturn(kind) };
}

function atUsdt(target: string, _kind: string, binary: ResolveBinary): AttachSpec | undefined {
  const [, path, provider, name] = /^([^:]+):([^:]+):(.+)$/.exec(target) ?? [];
  return name ? { kind: 'usdt', binary: binary(path!), provider: provider!, name } : undefined;
}

const REGISTERS = 'struct pt_regs *';

export const SECTIONS: readonly SectionRow[] = [
  {
    names: ['tracepoint', 'tp'],
    signature: 'category/event',
    docs: 'Runs at a tracepoint, with the record that it makes.',
    context: 'struct trace_event_raw_EVENT *',
    type: 'BPF_PROG_TYPE_TRACEPOINT',
    provider: 'tracepoint',
    bare: true,
    attach: atTracepoint,
    example:
      'SEC("tp/sched/sched_process_exec")\nint exec(struct trace_event_raw_sched_process_exec *ctx) { bpf_printk("%d", ctx->pid); return 0; }',
  },
  {
    names: ['raw_tracepoint', 'raw_tp'],
    signature: 'event',
    docs: 'Runs at a tracepoint before its record is made: cheaper, with the arguments as Linux passes them.',
    context: 'struct bpf_raw_tracepoint_args *',
    type: 'BPF_PROG_TYPE_RAW_TRACEPOINT',
    provider: 'rawtracepoint',
    bare: true,
    attach: atRawTracepoint,
    example:
      'SEC("raw_tp/sys_enter")\nint enter(struct bpf_raw_tracepoint_args *ctx) { bpf_printk("%d", ctx->args[1]); return 0; }',
  },
  {
    names: ['raw_tracepoint.w', 'raw_tp.w'],
    signature: 'event',
    docs: 'As raw_tp, at the few tracepoints that let a program write into what they pass. Must be allowed: unsafe: write_tracepoint.',
    context: 'struct bpf_raw_tracepoint_args *',
    type: 'BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE',
    provider: 'rawtracepoint',
    unsafe: 'write_tracepoint',
    attach: atRawTracepoint,
    example: 'SEC("raw_tp.w/bpf_test_finish")\nint finish(struct bpf_raw_tracepoint_args *ctx) { return 0; }',
  },
  {
    names: ['tp_btf'],
    signature: 'event',
    docs: 'As raw_tp, with arguments that have types and can be read without a helper. Write it with BPF_PROG.',
    context: '__u64 *',
    type: 'BPF_PROG_TYPE_TRACING',
    provider: 'rawtracepoint',
    example:
      'SEC("tp_btf/sched_process_exit")\nint BPF_PROG(leave, struct task_struct *task) { bpf_printk("%d", task->pid); return 0; }',
  },
  {
    names: ['kprobe', 'kretprobe'],
    signature: 'function[+offset]',
    docs: 'Runs where a function of Linux starts, or returns. Write it with BPF_KPROBE or BPF_KRETPROBE.',
    context: REGISTERS,
    type: 'BPF_PROG_TYPE_KPROBE',
    provider: 'kprobe',
    needs: 'kprobe',
    bare: true,
    attach: atFunction,
    example:
      'SEC("kprobe/vfs_read")\nint BPF_KPROBE(reads, struct file *file, char *buffer, size_t count) { bpf_printk("%d", count); return 0; }',
  },
  {
    names: ['kprobe.multi', 'kretprobe.multi'],
    signature: 'pattern',
    docs: 'Runs where any of the functions starts, or returns, that a pattern means: `vfs_*`. One after another is attached where Linux has no such link.',
    context: REGISTERS,
    type: 'BPF_PROG_TYPE_KPROBE',
    provider: 'kprobe',
    needs: 'kprobe',
    attach: atFunctions,
    example:
      'SEC("kprobe.multi/vfs_re*")\nint BPF_KPROBE(reads) { bpf_printk("%lx", bpf_get_func_ip(ctx)); return 0; }',
  },
  {
    names: ['kprobe.session'],
    signature: 'pattern',
    docs: 'Runs where a function starts, and again where it returns; bpf_session_is_return() tells which. Answer 1 at the start to be spared the return.',
    context: REGISTERS,
    type: 'BPF_PROG_TYPE_KPROBE',
    provider: 'kprobe',
    needs: 'kprobe_session',
    attach: atFunctions,
    example:
      'extern bool bpf_session_is_return(void) __ksym __weak;\nSEC("kprobe.session/vfs_read")\nint BPF_KPROBE(both) { bpf_printk("%d", bpf_session_is_return()); return 0; }',
  },
  {
    names: ['ksyscall', 'kretsyscall'],
    signature: 'name',
    docs: 'Runs where a system call starts, or returns, whatever its function is called. Write it with BPF_KSYSCALL, and include <bpf/bpf_core_read.h>.',
    context: REGISTERS,
    type: 'BPF_PROG_TYPE_KPROBE',
    needs: 'kprobe',
    example:
      'SEC("ksyscall/openat")\nint BPF_KSYSCALL(opens, int dfd, const char *path) { bpf_printk("%d", dfd); return 0; }',
  },
  {
    names: ['fentry', 'fexit', 'fentry.s', 'fexit.s'],
    signature: 'function',
    docs: 'Runs where a function of Linux starts, or returns, with typed arguments. Write it with BPF_PROG. With `.s` it may wait for memory (bpf_copy_from_user).',
    context: '__u64 *',
    type: 'BPF_PROG_TYPE_TRACING',
    provider: 'kprobe',
    needs: 'fentry',
    example:
      'SEC("fexit/vfs_read")\nint BPF_PROG(reads, struct file *file, char *buffer, size_t count, loff_t *pos, ssize_t ret) { bpf_printk("%d", ret); return 0; }',
  },
  {
    names: ['uprobe', 'uretprobe', 'uprobe.s', 'uretprobe.s'],
    signature: 'binary:function[+offset]',
    docs: 'Runs where a function of a program or library starts, or returns. Write it with BPF_UPROBE or BPF_URETPROBE. With `.s` it may wait for memory (bpf_copy_from_user).',
    context: REGISTERS,
    type: 'BPF_PROG_TYPE_KPROBE',
    bare: true,
    attach: atUserFunction,
    example:
      'SEC("uprobe/libc:malloc")\nint BPF_UPROBE(allocates, size_t size) { bpf_printk("%d", size); return 0; }',
  },
  {
    names: ['uprobe.multi', 'uretprobe.multi', 'uprobe.multi.s', 'uretprobe.multi.s'],
    signature: 'binary:pattern',
    docs: 'Runs where any of the functions of a program or library starts, or returns, that a pattern means: `mallo*`.',
    context: REGISTERS,
    type: 'BPF_PROG_TYPE_KPROBE',
    attach: atUserFunction,
    example:
      'SEC("uretprobe.multi/libc:*alloc")\nint BPF_URETPROBE(allocated, void *ret) { bpf_printk("%p", ret); return 0; }',
  },
  {
    names: ['usdt', 'usdt.s'],
    signature: 'binary:provider:name',
    docs: 'Runs at a static probe of a program or library. Write it with BPF_USDT, and include <bpf/usdt.bpf.h>.',
    context: REGISTERS,
    type: 'BPF_PROG_TYPE_KPROBE',
    attach: atUsdt,
    example:
      '#include <bpf/usdt.bpf.h>\nSEC("usdt/./app:app:hit")\nint BPF_USDT(hits, int number) { bpf_printk("%d", number); return 0; }',
  },
  {
    names: ['iter', 'iter.s'],
    signature: 'kind',
    docs: 'Runs once for each object of a kind, as the cell starts. What BPF_SEQ_PRINTF writes is the output.',
    context: 'struct bpf_iter__KIND *',
    type: 'BPF_PROG_TYPE_TRACING',
    provider: 'iter',
    attach: target =>
      /^\w+$/.test(target) ? { kind: 'iter', ...(target === 'cgroup' ? { cgroups: true } : {}) } : undefined,
    example:
      'SEC("iter/task")\nint tasks(struct bpf_iter__task *ctx) {\n\tstruct task_struct *task = ctx->task;\n\tif (task) BPF_SEQ_PRINTF(ctx->meta->seq, "%d %s\\n", task->pid, task->comm);\n\treturn 0;\n}',
  },
  {
    names: ['perf_event'],
    docs: 'Runs when an event is counted or sampled.',
    context: 'struct bpf_perf_event_data *',
    type: 'BPF_PROG_TYPE_PERF_EVENT',
    attach: target => (target === '' ? { kind: 'clock', period: PROFILE_NS, everyCpu: true } : undefined),
    example:
      'SEC("perf_event")\nint sample(struct bpf_perf_event_data *ctx) { bpf_printk("%lx", PT_REGS_IP(&ctx->regs)); return 0; }',
  },
  {
    names: ['syscall'],
    docs: 'Runs once, before any other program is attached: to fill maps, or to start timers. What it returns is told unless it is 0.',
    context: 'void *',
    type: 'BPF_PROG_TYPE_SYSCALL',
    attach: target => (target === '' ? { kind: 'begin' } : undefined),
    example: 'SEC("syscall")\nint prepare(void *ctx) { bpf_printk("ready"); return 0; }',
  },
];

/** Kinds of programs that do more than watch, or that something else than a probe has to run. */
export interface RefusedSectionRow {
  /** What stands before the first slash; `*` is any end. */
  names: readonly string[];
  /** Such a program … */
  does: string;
  instead: string;
}

const PACKETS = 'To watch packets, use SEC("tp/net/netif_receive_skb") or SEC("tp/net/net_dev_queue").';

export const REFUSED_SECTIONS: readonly RefusedSectionRow[] = [
  {
    names: ['xdp', 'xdp.frags'],
    does: 'decides what becomes of packets as a network card receives them',
    instead: PACKETS,
  },
  {
    names: ['tc', 'tcx', 'classifier', 'action', 'netkit', 'netfilter', 'lwt_*', 'flow_dissector'],
    does: 'decides what becomes of packets on their way through Linux',
    instead: PACKETS,
  },
  {
    names: ['socket'],
    does: 'filters the packets of a socket that a program holds',
    instead: PACKETS,
  },
  {
    names: ['sockops', 'sk_skb', 'sk_msg', 'sk_lookup', 'sk_reuseport'],
    does: 'steers the sockets of programs',
    instead: 'To watch sockets, use SEC("tp/sock/inet_sock_set_state") or SEC("fentry/tcp_connect").',
  },
  {
    names: ['cgroup', 'cgroup_*'],
    does: 'decides what the processes of a cgroup may do',
    instead:
      'To watch them, use a tracepoint and compare bpf_get_current_cgroup_id(), or bpf_current_task_under_cgroup().',
  },
  {
    names: ['lsm', 'lsm.s', 'lsm_cgroup'],
    does: 'decides what processes may do',
    instead:
      'To watch the same calls, use SEC("fentry/security_…"), SEC("kprobe/security_…") or tracepoints.',
  },
  {
    names: ['fmod_ret', 'fmod_ret.s'],
    does: 'replaces what a function of Linux returns',
    instead: 'To watch it, use SEC("fexit/function") or SEC("kretprobe/function").',
  },
  {
    names: ['freplace'],
    does: 'replaces a function of another BPF program',
    instead: "To watch another program's functions, use fentry:bpf:function in a bpftrace cell.",
  },
  {
    names: ['struct_ops', 'struct_ops.s'],
    does: 'becomes a part of Linux: its congestion control, its scheduler',
    instead: 'To watch those, use tracepoints: SEC("tp/tcp/tcp_probe"), SEC("tp/sched/sched_switch").',
  },
  {
    names: ['iter/bpf_map_elem', 'iter.s/bpf_map_elem', 'iter/bpf_sk_storage_map'],
    does: 'goes through a map that user space names, which a cell cannot',
    instead: 'A cell shows what its maps hold; SEC("iter/bpf_map") goes through all maps.',
  },
  {
    names: ['lirc_mode2'],
    does: 'decodes the signals of remote controls',
    instead: 'There is no probe for them.',
  },
  {
    names: ['uprobe.session', 'uprobe.session.s'],
    does: 'needs a newer libbpf than this one has',
    instead: 'Write two: SEC("uprobe.multi/…") and SEC("uretprobe.multi/…").',
  },
];
