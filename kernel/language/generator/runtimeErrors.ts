/** What can go wrong while a program runs: it goes on, and someone is told. */
import type { RecordAction } from '../../layout.ts';

const runtimeError = (format: string): RecordAction => ({
  do: 'message',
  level: 'warning',
  by: 'runtime',
  format,
});

/** BPF has no faults: a division by zero gives a number. */
export const DIVIDED_BY_ZERO = runtimeError(
  'Divide or modulo by 0 detected. This can lead to unexpected results. 1 is being used as the result.',
);
/** The stack is empty then. */
export const NO_STACK = {
  kernel: runtimeError('Error reading kstack.'),
  user: runtimeError('Error reading ustack.'),
};
export const OUT_OF_BOUNDS = runtimeError('Array access out of bounds. This can lead to unexpected results.');
