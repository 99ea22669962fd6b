/** Functions. */

import { bytes } from './bytes.ts';
import { compileTime } from './compileTime.ts';
import { mapFunctions } from './mapActions.ts';
import { output } from './output.ts';
import type { FunctionRow } from './rows.ts';
import { text as stringFunctions } from './stringFunctions.ts';
import { stringTools } from './stringTools.ts';
import { tasks } from './tasks.ts';

export const FUNCTIONS: readonly FunctionRow[] = [
  ...output,
  ...stringFunctions,
  ...mapFunctions,
  ...stringTools,
  ...bytes,
  ...tasks,
  ...compileTime,
];

const BY_NAME = new Map(FUNCTIONS.map(row => [row.name, row]));

export const findFunction = (name: string) => BY_NAME.get(name);

/** Functions of bpftrace that are not built yet, so that the message can say so. */
export const LATER_FUNCTIONS: ReadonlySet<string> = new Set([
  'errorf',
  'warnf',
  'debugf',
  'cat',
  'system',
  'join',
  'strftime',
  'syscall_name',
  'kstack',
  'ustack',
  'dw_ustack',
  'ksym',
  'usym',
  'kaddr',
  'percpu_kaddr',
  'uaddr',
  'reg',
  'container_of',
  'fail',
  'path',
  'cgroupid',
  'cgroup_path',
  'socket_cookie',
  'skboutput',
  'signal',
  'signal_thread',
  'override',
  'write_user',
  'unwatch',
  'assert',
  'kfunc_exist',
  'kfunc_allowed',
  'tseries',
]);
