/** Functions. */

import { actions } from './actions.ts';
import { bytes } from './bytes.ts';
import { compileTime } from './compileTime.ts';
import { linuxSymbols } from './linuxSymbols.ts';
import { mapFunctions } from './mapActions.ts';
import { output } from './output.ts';
import { packets } from './packets.ts';
import { paths } from './paths.ts';
import { resolved } from './resolved.ts';
import type { FunctionRow } from './rows.ts';
import { stacks } from './stacks.ts';
import { text as stringFunctions } from './stringFunctions.ts';
import { stringTools } from './stringTools.ts';
import { tasks } from './tasks.ts';
import { unsafe } from './unsafe.ts';
import { userAddresses } from './userAddresses.ts';

export const FUNCTIONS: readonly FunctionRow[] = [
  ...output,
  ...actions,
  ...resolved,
  ...stacks,
  ...stringFunctions,
  ...mapFunctions,
  ...stringTools,
  ...bytes,
  ...tasks,
  ...compileTime,
  ...unsafe,
  ...linuxSymbols,
  ...packets,
  ...paths,
  ...userAddresses,
];

const BY_NAME = new Map(FUNCTIONS.map(row => [row.name, row]));

export const findFunction = (name: string) => BY_NAME.get(name);

/** Functions of bpftrace that are not built yet, so that the message can say so, and what to do instead. */
export const LATER_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['dw_ustack', 'Use ustack: stacks are found by frame pointers (-fno-omit-frame-pointer), not by DWARF.'],
  ['unwatch', 'A watchpoint stays until the run ends.'],
]);
