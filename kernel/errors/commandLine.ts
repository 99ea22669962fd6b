/** What is wrong with a command line, in the words of bpftrace where scripts look for them. */
import type { ErrorRow } from './row.ts';

export const COMMAND_LINE_ERRORS = {
  'bad-arguments': { phase: 'parse', message: '{reason}' },
  'flag-refused': { phase: 'parse', message: '{flag} is not supported', remedy: '{reason}' },
  'flag-value': { phase: 'parse', message: 'USAGE: {flag} can only be {allowed}, not {given}' },
  'flags-conflict': { phase: 'parse', message: 'USAGE: {flag} conflicts with {other}' },
  'output-format': {
    phase: 'parse',
    message: 'Invalid output format "{given}"',
    remedy: "Valid formats: 'text', 'json'",
  },
  'output-file': { phase: 'parse', message: 'Failed to open output file: "{file}": {reason}' },
  'export-onto-itself': {
    phase: 'parse',
    message: 'The export would be written over the notebook {file} itself',
    remedy: 'Give another file with -o.',
  },
  'output-failed': { phase: 'parse', message: 'Failed to write the output: {reason}' },
  'pattern-like-file': {
    phase: 'parse',
    severity: 'warning',
    message:
      "It appears that '{pattern}' is a filename but the file does not exist. Treating '{pattern}' as a search pattern.",
  },
  'bpftrace-only': {
    phase: 'parse',
    message: '{what} is shown of bpftrace programs only',
    remedy: 'Of BPF C, clang shows it: clang -target bpf -Xclang -ast-dump, or -emit-llvm -S.',
  },
  'bad-pid': { phase: 'parse', message: 'Failed to parse pid: {reason}: {given}' },
  'pid-range': { phase: 'parse', message: 'Pid out of range: {given}' },
  'no-process': { phase: 'parse', message: 'Failed to attach to pid: there is no process {pid}' },
  'probe-filter': { phase: 'parse', message: "Invalid --probe-filter regex '{given}': {reason}" },
  'unexpected-options': {
    phase: 'parse',
    message: 'unexpected program command line options: {names}',
    remedy: '{expected}',
  },
  'no-verdict': {
    phase: 'parse',
    message: '{file} holds no refusal by the verifier',
    remedy: 'Give the log from its first instruction to the line "processed … insns".',
  },
  'nothing-attached': { phase: 'attach', message: 'No probes attached; {remedy}' },
} as const satisfies Record<string, ErrorRow>;
