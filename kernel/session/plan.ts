/** What the loader is told of a cell, from its layout. Pure. */
import { encodeParameters, type GlobalValue, resolveBinary } from '../compile/index.ts';
import type { AttachSpec, CellLayout } from '../layout.ts';
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

/** Where each program attaches: user probes by absolute path, and in one process only when `pid` is given. */
export function attachPlan(layout: CellLayout, directory: string, pid: number | undefined) {
  const placed = (attach: AttachSpec): AttachSpec =>
    attach.kind === 'uprobe'
      ? {
          ...(pid === undefined ? {} : { pid }),
          ...attach,
          binary: resolveBinary(attach.binary, directory),
        }
      : attach;
  return layout.programs.map(({ symbol, attach }) => ({ program: symbol, attach: placed(attach) }));
}

/** Values of globals: the parameters given, and the workload's pid where the program asks for it. */
export function parametersOf(
  layout: CellLayout,
  given: Record<string, string>,
  child: number | undefined,
): GlobalValue[] {
  const asksChild = layout.globals.some(({ name, parameter }) => name === 'cpid' && parameter);
  return encodeParameters(layout.globals, {
    ...given,
    ...(child !== undefined && asksChild ? { cpid: String(child) } : {}),
  });
}
