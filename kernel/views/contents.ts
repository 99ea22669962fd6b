/** All that is in one map of a run, or in a section of its variables, as a table: whoever browses sees every map. */
import type { CellLayout } from '../layout.ts';
import { isStream, mapType } from '../mapTypes.ts';
import { tableForm } from '../notebook/forms.ts';
import type { TablePanel } from '../protocol.ts';
import { mapPanel, tablePanel } from './map-panel.ts';
import type { Names } from './names.ts';
import { isHistogram, readSnapshot, shownMap } from './snapshot.ts';
import { VariablesView } from './variables.ts';
import { firstWithin, WHOLE_WEIGHT } from './weight.ts';

/** Rows that one can browse; a map may have millions. */
const MOST_ROWS = 10_000;

/** Whether {@link contentsOf} can tell what is in it. */
export function isReadable({ maps, globals }: CellLayout, symbol: string): boolean {
  const map = maps.find(one => one.symbol === symbol);
  if (map) return !isStream(map.type) && mapType(map.type)?.shown !== undefined;
  return globals.some(({ section }) => section === symbol);
}

/** `payload`: a snapshot (kernel/loader/protocol.ts). Of what is readable only. */
export function contentsOf(
  { maps, globals }: CellLayout,
  symbol: string,
  payload: Uint8Array,
  names: Names | undefined,
): TablePanel {
  const id = `contents:${symbol}`;
  const layout = maps.find(one => one.symbol === symbol);
  if (!layout) {
    // Parameters are constants of the program; to look at they are variables like others.
    const inSection = globals.filter(({ section }) => section === symbol);
    const view = new VariablesView(
      inSection.map(global => ({ ...global, parameter: false })),
      names,
    );
    view.set(symbol, payload);
    return { ...view.panel(), id, title: symbol };
  }
  const map = shownMap(layout, names);
  const fn = map.aggregation?.fn;
  // What is spread over several entries, or over a value, is put together.
  const panel =
    isHistogram(fn) || fn === 'tseries' || map.histogram ? mapPanel(map, payload, MOST_ROWS) : undefined;
  const table = panel ? tableForm(panel) : tablePanel(map, readSnapshot(map, payload), MOST_ROWS);
  return { ...table, id, rows: firstWithin(table.rows, WHOLE_WEIGHT) };
}
