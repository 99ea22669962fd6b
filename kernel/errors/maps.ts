/** What is wrong with maps and their aggregations. */
import type { ErrorRow } from './row.ts';

export const MAP_ERRORS = {
  'map-type-refused': {
    phase: 'compile',
    message: 'map {map} cannot be used here: {reason}',
    remedy: '{instead}',
  },
  'map-type-hidden': {
    phase: 'compile',
    severity: 'hint',
    message: 'map {map} is not shown: {reason}',
    remedy: '{instead}',
  },
  'perf-buffer-refused': {
    phase: 'attach',
    message: 'the perf buffer {map} could not be opened: {reason}',
    remedy: '{remedy}',
  },
  'perf-buffers': {
    phase: 'attach',
    severity: 'hint',
    message: '{maps}: {total} of memory, {pages} pages for each of {cpus} CPUs',
    remedy: 'For more or fewer pages, a power of two, write //| perf-pages: {twice}.',
  },
  'undefined-map': {
    phase: 'check',
    message: 'Undefined map: {name}',
    remedy: '{remedy}',
  },
  'map-unfit': {
    phase: 'check',
    message: '{name} is a map of a BPF C cell that a bpftrace cell cannot use: {reason}',
    remedy: 'Read it in a BPF C cell that declares it, too, with LIBBPF_PIN_BY_NAME; its own cell shows it.',
  },
  'print-in-loop': {
    phase: 'check',
    severity: 'warning',
    message:
      "Due to its asynchronous nature using 'print()' in a loop can lead to unexpected behavior. The map will likely be updated before the runtime can 'print' it.",
    remedy: 'Print single values in a loop, and maps behind it.',
  },
  'unused-map': { phase: 'check', severity: 'warning', message: 'Unused map: {name}' },
  'map-type-mismatch': {
    phase: 'check',
    message:
      "Type mismatch for {name}: trying to assign value of type '{given}' when map already has a type '{expected}'",
    remedy: 'It got that type in line {line}.',
  },
  'map-key-mismatch': {
    phase: 'check',
    message:
      "Argument mismatch for {name}: trying to access with arguments: '{given}' when map expects arguments: '{expected}'",
    remedy: '{remedy}',
  },
  'map-needs-key': {
    phase: 'check',
    message:
      '{name} used as a map without an explicit key (scalar map), previously used with an explicit key (non-scalar map)',
    remedy: '{remedy}',
  },
  'map-without-key': {
    phase: 'check',
    message:
      '{name} used as a map with an explicit key (non-scalar map), previously used without an explicit key (scalar map)',
    remedy: '{remedy}',
  },
  'map-key-type': { phase: 'check', message: '{given} cannot be part of a map key' },
  'map-needed': { phase: 'check', message: '{name}() expects a map {which}' },
  'map-type': {
    phase: 'check',
    message: 'Incompatible map types. Type from declaration: {declared}. Type from value/key type: {needed}',
    remedy: 'Declare it as {needed}.',
  },
  'map-value-kept': {
    phase: 'check',
    message: 'Map type {given} cannot exist inside a {whole}.',
    remedy: 'It stays in its map: print the map.',
  },
  'key-type': { phase: 'check', message: 'Invalid map key type: {given}' },
  'map-assigned': {
    phase: 'check',
    message: 'Map assignments not allowed inside of {name}',
    remedy: 'Nothing in it runs: only its type is asked for.',
  },
  'length-of': {
    phase: 'check',
    message: 'call to len() expects a map, ustack, or kstack',
    remedy: 'The length of text is strlen(text).',
  },
  'map-scalar': {
    phase: 'check',
    message: 'call to {call} expects a map with explicit keys (non-scalar map)',
  },
  'map-keyed': {
    phase: 'check',
    message: 'call to delete() with a single argument expects a map without explicit keys (scalar map)',
    remedy: 'Name the key: delete(@map, key). clear(@map) removes all.',
  },
  'map-whole': {
    phase: 'check',
    message: 'The map passed to {name}() should not be indexed by a key',
    remedy: 'Write {map}.',
  },
  'map-kind': { phase: 'check', message: 'Invalid bpf map type: {kind}', remedy: '{remedy} Known: {known}.' },
  'map-entries': {
    phase: 'check',
    message: 'expected positive integer for map declaration max entries',
    remedy: 'Write {kind}(1000) for at most 1000 entries.',
  },
  'map-declared-twice': { phase: 'check', message: 'Map {name} was already declared' },
  'aggregation-place': {
    phase: 'check',
    message: '{name}() must be assigned directly to a map',
    remedy: 'Write @name = {name}(…).',
  },
  'aggregation-copied': {
    phase: 'check',
    message:
      "Map value '{given}' cannot be assigned from one map to another. The function that returns this type must be called directly e.g. `{name} = {of}(retval);`.",
    remedy: '{remedy}',
  },
  'aggregation-differs': {
    phase: 'check',
    message: 'Different {what} unsupported',
    remedy: '{map} has one set of buckets.',
  },
  'bucket-bounds': { phase: 'check', message: '{reason}' },
  'print-arguments': {
    phase: 'check',
    message: 'Non-map print() only takes 1 argument, {given} found',
    remedy: 'top and divisor are for whole maps.',
  },
  'print-type': { phase: 'check', message: '{given} type passed to print() is not printable' },
  'print-element': {
    phase: 'check',
    message: 'Map type {given} cannot print the value of individual keys. You must print the whole map.',
    remedy: 'Write print({map}).',
  },
  'print-stats': {
    phase: 'check',
    severity: 'warning',
    message: "print()'s top and div arguments are ignored when used on stats() maps.",
  },
  'for-scalar-map': {
    phase: 'check',
    message: '{name} has no explicit keys (scalar map), and cannot be used for iteration',
  },
  'for-aggregation': { phase: 'check', message: 'Loop expression does not support type: {name}_t' },
} as const satisfies Record<string, ErrorRow>;
