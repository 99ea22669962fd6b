/** What is wrong with a text before anybody knows what it means. */
import type { ErrorRow } from './row.ts';

export const SOURCE_ERRORS = {
  'syntax-error': { phase: 'parse', message: '{message}', remedy: '{remedy}' },
  'not-source': {
    phase: 'parse',
    message: '{file} is not a program text',
    remedy: 'Give the source: a bpftrace program, or BPF C in a file that ends in .c.',
  },
  'unreadable-file': {
    phase: 'parse',
    message: "failed to open file '{file}': {reason}",
    remedy: 'Check the path.',
  },
  'not-a-notebook': {
    phase: 'parse',
    message: '{file} is not a notebook: {reason}',
    remedy: 'Give a notebook that this program or Jupyter wrote.',
  },
} as const satisfies Record<string, ErrorRow>;
