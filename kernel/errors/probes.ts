/** What is wrong with a probe: where it shall attach, and what it has there. */
import type { ErrorRow } from './row.ts';

export const PROBE_ERRORS = {
  'unknown-probe-type': { phase: 'check', message: 'Invalid probe type: {name}', remedy: '{remedy}' },
  'probe-parts': {
    phase: 'check',
    message: '{name} probe type requires {expected} arguments, found {found}',
    remedy: 'It is written {signature}.',
  },
  'probe-parameter': {
    phase: 'check',
    message: '{reason}',
    remedy: 'Parameters of the command line are $1, $2, …',
  },
  'probe-target': {
    phase: 'check',
    message: '{reason}',
    remedy: 'It is written {signature}.',
  },
  'no-binary': {
    phase: 'check',
    message: "{provider} target file '{path}' does not exist or is not executable",
    remedy: 'Give the path of a program, or the name of a library such as libc.',
  },
  'no-iterator': {
    phase: 'check',
    message: 'iter {name} not available for your kernel version.',
    remedy: '{remedy}',
  },
  'no-provider': { phase: 'check', message: 'No probe type matched for {name}' },
  'probe-offset': {
    phase: 'check',
    message: '{reason}',
    remedy: 'A place in a function is written function+offset; returns have none.',
  },
  'probe-line': {
    phase: 'check',
    message: '{reason}',
    remedy:
      'Write uprobe:binary@file:line, with a line that has code; programs know their lines when built with -g.',
  },
  'uprobe-args': {
    phase: 'check',
    message: 'Could not parse arguments of "{probe}": {reason}',
    remedy: 'Use arg0, arg1, …, or build the program with -g.',
  },
  'self-signal': {
    phase: 'check',
    message: '{given} is not a supported {kind}',
    remedy: 'Write self:signal:SIGUSR1.',
  },
  'trial-name': {
    phase: 'check',
    message: '"{name}" was used as the name for more than one {kind} probe',
    remedy: 'Results are told by name: give each its own.',
  },
  'probe-clock': {
    phase: 'check',
    message: '{reason}',
    remedy: 'Write {name}:hz:N, :s:N, :ms:N, :us:N, or a duration as in {name}:10ms.',
  },
  'listed-only': {
    phase: 'attach',
    severity: 'warning',
    message: '{kind} probes are listed, but cannot be attached here: {reason}',
    remedy: 'Look for a tracepoint: ebpfnb list tracepoint.',
  },
  'no-function-probes': {
    phase: 'check',
    message: '{probe} cannot be attached: {reason}',
    remedy: '{remedy} List others with: ebpfnb list tracepoint.',
  },
  substituted: {
    phase: 'check',
    severity: 'hint',
    message: '{probe} is attached as {by}: {reason}',
  },
  'bpf-args': {
    phase: 'check',
    message: "The args builtin cannot be used for 'fentry/fexit:bpf' probes",
    remedy: 'What BPF programs are given has no names here; a fexit probe has retval.',
  },
  'perf-event-clock': {
    phase: 'check',
    severity: 'hint',
    message:
      'SEC("perf_event") names no event: the program runs 99 times a second on each CPU, as profile:hz:99 does',
    remedy: 'Say so, or something else, with //| freq: 99, or with //| event: page-faults:100.',
  },
  'not-traceable': {
    phase: 'check',
    severity: 'warning',
    message:
      '{name} is not traceable (either non-existing, inlined, or marked as "notrace"); attaching to it will likely fail',
    remedy: '{remedy}',
  },
  'module-not-loaded': {
    phase: 'check',
    message: 'specified module {module} in probe {probe} is not loaded.',
    remedy: 'Load it: modprobe {module}. If the function is built in, leave the module out.',
  },
  'no-attach-points': {
    phase: 'check',
    message: 'Probe has no valid attach points.',
    remedy: 'No function that can be probed matches. List them with: ebpfnb list PATTERN.',
  },
  'unsafe-address': {
    phase: 'check',
    message: 'Probing by address requires --unsafe',
    remedy:
      'Nobody can check that an instruction begins there. Allow it: with --unsafe on the command line, with //| unsafe: kprobe in a cell.',
  },
  'harmful-probe': {
    phase: 'check',
    message: '{probe} can do harm. {reason}',
    remedy:
      'Look for a function that calls it. Or take the risk: with --unsafe on the command line, with //| unsafe: {name} in a cell.',
  },
  'left-alone': {
    phase: 'check',
    severity: 'hint',
    message: 'left out because probes there can do harm: {names}',
  },
  'no-matches': { phase: 'check', message: 'No matches for {provider} {target}.', remedy: '{remedy}' },
  'no-matches-skipped': {
    phase: 'check',
    severity: 'warning',
    message: 'No matches for {provider} {target}. Skipping.',
  },
  'no-probes': {
    phase: 'parse',
    message: 'No probes to attach',
    remedy: 'A program is made of probes: tracepoint:sched:sched_switch { … }',
  },
  'all-left-out': {
    phase: 'check',
    message: 'No probes to attach',
    remedy: 'None of the probes is there, and missing_probes says to leave them out.',
  },
  'too-many-probes': {
    phase: 'check',
    message: "Can't attach to {count} probes because it exceeds the current limit of {limit} probes.",
    remedy:
      'Match fewer, or raise max_probes in a config block or by BPFTRACE_MAX_PROBES. Many probes take Linux long to attach and to detach.',
  },
  'too-many-programs': {
    phase: 'check',
    message:
      'Your program is trying to generate more than {count} BPF programs, which exceeds the current limit of {limit}',
    remedy: 'Match fewer, or raise max_bpf_progs in a config block or by BPFTRACE_MAX_BPF_PROGS.',
  },
  'not-in-probe': {
    phase: 'check',
    message: '{reason}',
    remedy: '{remedy}',
  },
  'probe-language': {
    phase: 'check',
    message: 'unsupported language type: {given}',
    remedy: 'Write the symbol itself, or cpp:"name" for a C++ function.',
  },
  'offset-outside': {
    phase: 'check',
    message: "Offset outside the function bounds ('{name}' size is {size})",
    remedy: 'Write a smaller offset; it counts bytes from the start of the function.',
  },
  'go-returns': {
    phase: 'check',
    severity: 'warning',
    message:
      '{probe} is attached at the return instructions: a uretprobe changes return addresses, which breaks Go programs',
    remedy: 'All is well. To have the uretprobe itself, write config = { go_uretprobe = trampoline }.',
  },
  'go-trampoline': {
    phase: 'check',
    severity: 'warning',
    message:
      '{probe} changes return addresses, and the Go program may crash when it moves or walks its stacks',
    remedy: 'Leave out go_uretprobe: probes at the return instructions do without.',
  },
  'go-uretprobe': {
    phase: 'check',
    message: '{probe} is refused: a uretprobe changes return addresses, which breaks Go programs',
    remedy: 'Leave out go_uretprobe: the probe is then attached at the return instructions.',
  },
  'go-no-return': {
    phase: 'check',
    message: '{probe} has no return instruction that can be found: it never returns, or ends in a jump',
    remedy:
      'Probe its entry, or the return of the function that calls it. Only config = { go_uretprobe = trampoline } attaches here, and may crash the program.',
  },
  'go-args': {
    phase: 'check',
    message: 'Could not parse arguments of "{probe}": no debuginfo found for {path}',
    remedy: 'Read registers by reg(), or build the program without -ldflags=-w.',
  },
  'go-argument': {
    phase: 'check',
    severity: 'warning',
    message: '{name} reads the register where C passes it; Go passes its arguments in {registers}',
    remedy:
      'Write reg("{register}") instead. A string or an interface takes two of the registers, a slice three.',
  },
  'unknown-user-symbol': {
    phase: 'check',
    message: 'Could not resolve symbol: {binary}:{name}',
    remedy: 'Names are those of the symbol table, which a stripped file does not have.',
  },
  'symbol-of-many': {
    phase: 'check',
    message: '{name}() needs a probe at one place',
    remedy: 'Write a probe for each function instead of a wildcard.',
  },
  'iterator-wildcard': {
    phase: 'check',
    message: 'iter probe type does not support wildcards',
    remedy: 'List them with: ebpfnb list iter:*',
  },
  'iterator-pin': {
    phase: 'check',
    message: 'iter:{name} cannot be pinned: nothing stays behind when a run ends',
    remedy: 'Write iter:{name} alone; its output is shown here.',
  },
  'iterator-alone': {
    phase: 'check',
    message: 'iter probe only supports one attach point.',
    remedy: 'Run it by itself; begin and end may be there.',
  },
  'no-wildcard': {
    phase: 'check',
    message: 'wildcards are not allowed for {name} probe type',
    remedy: 'Write one probe for each event.',
  },
  'unknown-event': { phase: 'check', message: '{name} is not a {type} probe', remedy: '{remedy}' },
  'not-counted': { phase: 'check', message: 'Linux counts no event {name}', remedy: '{remedy}' },
  'event-count': {
    phase: 'check',
    message: 'Invalid count for {name} probe: {given}',
    remedy: 'The probe runs at every count-th event: a number from 1.',
  },
  'watchpoint-parts': {
    phase: 'check',
    message: '{reason}',
    remedy: 'It is written watchpoint:ADDRESS:LENGTH:MODE, as in watchpoint:0x10000000:8:rw.',
  },
  'usdt-argument': {
    phase: 'check',
    message: '{probe} has no {name}',
    remedy: 'Its arguments are listed by: ebpfnb list -v {probe}',
  },
  'argument-register': {
    phase: 'check',
    message: "{arch} doesn't support {name}",
    remedy: 'Arguments are arg0 to arg{most}.',
  },
  'not-described': {
    phase: 'check',
    message: '{name} of {probe} is not described by the type information of this Linux',
    remedy: 'Use arg0, arg1, … with casts, or a tracepoint.',
  },
} as const satisfies Record<string, ErrorRow>;
