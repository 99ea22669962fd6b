/** What happened and was not seen: counted while a run is live, told with the number. `{s}` and `{were}` go with it. */
import type { ErrorRow } from './row.ts';

export const LOSS_ERRORS = {
  'lost-records': {
    phase: 'stream',
    severity: 'warning',
    message:
      '{count} record{s} {were} lost: they came faster than they were read, and the ring buffer was full',
    remedy:
      'Filter more, or count in a map instead of sending each. A larger ring helps against bursts: perf_rb_pages in a config block, max_entries in C.',
  },
  'lost-perf-records': {
    phase: 'stream',
    severity: 'warning',
    message:
      '{count} record{s} {were} lost: they came faster than they were read, and the perf buffer was full ({cpus})',
    remedy:
      'Filter more, or count in a map instead of sending each. Larger buffers help against bursts: //| perf-pages: 256.',
  },
  'lost-without-buffer': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} record{s} {were} lost: a CPU had no perf buffer ({cpus})',
    remedy: 'It came online later: run the cell again. In the code, say BPF_F_CURRENT_CPU for the CPU.',
  },
  'perf-record-refused': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} record{s} {were} lost: Linux refused them ({cpus}): {reason}',
    remedy: 'A program can only write into the buffer of the CPU that it runs on: say BPF_F_CURRENT_CPU.',
  },
  'lost-hits': {
    phase: 'stream',
    severity: 'warning',
    message:
      '{count} hit{s} {were} left out: a program was interrupted by another run of itself on the same CPU',
    remedy:
      'They share memory for large values. Use fewer or shorter strings, or raise on_stack_limit, so that none is needed.',
  },
  'skipped-recursion': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} hit{s} of {of} {were} skipped: a program was running on the same CPU already',
    remedy:
      'Linux runs one at a time, and none within itself. Probe a function that programs and interrupts do not call.',
  },
  'skipped-kprobe': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} hit{s} of {of} {were} skipped: another kprobe was being handled on the same CPU',
    remedy: 'fentry has no such limit.',
  },
  'skipped-kretprobe': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} hit{s} of {of} {were} skipped: more calls were under way than Linux follows at a time',
    remedy: 'fexit has no such limit.',
  },
  'map-full': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} update{s} of {of} {were} lost: it is full',
    remedy: '{remedy}',
  },
  'map-at-limit': {
    phase: 'stream',
    severity: 'warning',
    message:
      'map {name} was full: it has room for {room} entries, and Linux refuses updates with a new key while it is full',
    remedy:
      'Raise its max_entries, delete what is over, or make it BPF_MAP_TYPE_{lru}, which forgets what was used longest ago.',
  },
  'map-no-memory': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} update{s} of {of} {were} lost: Linux had no memory at hand for a new element',
    remedy:
      'New elements came faster than Linux could make room. Count by fewer keys, or declare it as lruhash.',
  },
  'map-busy': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} update{s} of {of} {were} lost: another update of it was under way on the same CPU',
    remedy: 'It happens where a probe interrupts another. Let each write a map of its own.',
  },
  'map-refused': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} update{s} of {of} {were} lost: {reason}',
  },
  'no-kstack': {
    phase: 'stream',
    severity: 'warning',
    message: "{count} stack{s} of Linux's own could not be taken: {reason}",
    remedy: 'They count as empty. Where a probe interrupts a program there is none: look at ustack.',
  },
  'no-ustack': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} stack{s} of programs could not be taken: {reason}',
    remedy:
      "They count as empty. Threads of Linux's own have none: filter them out, as by /usermode/ in profile.",
  },
  'stack-collision': {
    phase: 'stream',
    severity: 'warning',
    message: '{count} stack{s} {were} lost: another lay in the same place of {of}',
    remedy:
      'A place is found by a hash: raise max_entries of the map. With BPF_F_REUSE_STACKID the newer stack takes the place.',
  },
  'too-costly': {
    phase: 'stream',
    severity: 'warning',
    message: '{probe} was detached: it took {cpu} % of a CPU, and for three seconds more than {limit} %',
    remedy:
      'Filter its hits by where they happen, or raise the limit: //| cpu-limit: 50% in a cell, --cpu-limit on the command line; 0 = none.',
  },
  'not-measured': {
    phase: 'stream',
    severity: 'hint',
    message: 'what the probes cost is not measured: {reason}',
    remedy: 'Linux counts it for CAP_SYS_ADMIN only. No probe is detached for taking too much.',
  },
} as const satisfies Record<string, ErrorRow>;
