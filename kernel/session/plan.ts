/** What the loader is told of a cell, from its layout. Pure. */
import { encodeParameters, type GlobalValue, resolveBinary } from '../compile/index.ts';
import type { AttachSpec, CellLayout, ProgramLayout } from '../layout.ts';
import type { ControlRecord } from '../loader/protocol.ts';

const CONTROLS: readonly string[] = ['print-map', 'clear', 'zero', 'exit'] satisfies ControlRecord['do'][];

/** The records that the loader's reader acts upon. */
export function controlsOf(layout: CellLayout): ControlRecord[] {
  return layout.records.flatMap(({ id, action }) => {
    if (!CONTROLS.includes(action.do)) return [];
    const map = 'map' in action ? symbolOf(layout, action.map) : undefined;
    return [{ id, do: action.do as ControlRecord['do'], ...(map ? { map } : {}) }];
  });
}

/** A record names its map as the user wrote it, or by its symbol. */
const symbolOf = (layout: CellLayout, map: string) =>
  (layout.maps.find(({ symbol }) => symbol === map) ?? layout.maps.find(({ name }) => name === map))
    ?.symbol ?? map;

/** At these places Linux runs the program that was attached last before the others. */
const runsNewestFirst = ({ probe, attach }: ProgramLayout): boolean =>
  attach.kind === 'uprobe' || (attach.kind === 'kprobe' && !attach.ret) || /^(fentry|fexit):/.test(probe);

/** Iterators of BPF C over what tasks have. */
const OF_TASKS = /^iter(?:\.s)?\/task/;

/**
 * Where each program attaches: user probes by absolute path, and they and iterators over tasks in one process only when
 * `pid` is given. Programs at one place are attached so that they run in the order of the source.
 */
export function attachPlan(layout: CellLayout, directory: string, pid: number | undefined) {
  const process = pid === undefined ? {} : { pid };
  const placed = ({ probe, attach }: ProgramLayout): AttachSpec => {
    if (attach.kind === 'uprobe' || attach.kind === 'usdt')
      return { ...process, ...attach, binary: resolveBinary(attach.binary, directory) };
    return attach.kind === 'iter' && OF_TASKS.test(probe) ? { ...process, ...attach } : attach;
  };
  const newestFirst = layout.programs.filter(runsNewestFirst).reverse();
  const others = layout.programs.filter(program => !runsNewestFirst(program));
  return [...others, ...newestFirst].map(program => ({
    program: program.symbol,
    attach: placed(program),
    ...(program.optional ? { optional: true } : {}),
  }));
}

/** The functions of other programs that a cell's programs are for. */
export const targetsOf = ({ programs }: CellLayout) =>
  programs.flatMap(({ symbol, attach }) =>
    attach.kind === 'bpf_program' ? [{ program: symbol, id: attach.id, function: attach.function }] : [],
  );

/** What a program may ask of its run: the workload's pid, and the time of its start in ns since boot. */
export interface RunFacts {
  cpid?: number;
  started_at: bigint;
  self_pid: number;
  cpus: number;
}

/** Values of globals: the parameters given, and those facts of the run that the program asks for. */
export function parametersOf(
  layout: CellLayout,
  given: Record<string, string>,
  facts: RunFacts,
): GlobalValue[] {
  const isAsked = (fact: string) => layout.globals.some(({ name, parameter }) => name === fact && parameter);
  const known = Object.entries(facts).filter(([name, value]) => value !== undefined && isAsked(name));
  return encodeParameters(layout.globals, {
    ...given,
    ...Object.fromEntries(known.map(([name, value]) => [name, String(value)])),
  });
}
