/** The maps and variables of one run, each with its view. */
import type { CellLayout, MapLayout } from '../layout.ts';
import { isStream } from '../mapTypes.ts';
import type { FlamePanel } from '../protocol.ts';
import { type GlobalHistogram, globalHistograms } from './global-histograms.ts';
import type { Occasion } from './history.ts';
import { MapView } from './map-view.ts';
import type { Names } from './names.ts';
import { shownMap } from './snapshot.ts';
import { VariablesView } from './variables.ts';

export interface RunMapsOptions {
  /** Entries a table shows at most. */
  rows: number;
  names: Names | undefined;
  /** Ms since the epoch. */
  now: () => number;
}

export class RunMaps {
  readonly variables: VariablesView;
  readonly #views: Map<string, MapView>;
  readonly #histograms: GlobalHistogram[];
  readonly #now: () => number;

  constructor({ maps, globals }: CellLayout, { rows, names, now }: RunMapsOptions) {
    this.#now = now;
    this.variables = new VariablesView(globals, names);
    this.#histograms = globalHistograms(globals, names);
    const users = maps.filter(({ internal, inPlace, type }) => !internal && !inPlace && !isStream(type));
    const shown = [...users.map(map => shownMap(map, names)), ...this.#histograms.map(({ map }) => map)];
    const options = { rows, start: now() };
    this.#views = new Map(shown.map(map => [map.symbol, new MapView(map, options)]));
  }

  /** By symbol, or by the name that the user gave it; undefined for what nobody is shown. */
  of(name: string): MapView | undefined {
    return this.#views.get(name) ?? [...this.#views.values()].find(({ layout }) => layout.name === name);
  }

  /** A snapshot payload (kernel/loader/protocol.ts) of the map with this symbol, or of a section. The bytes are kept. */
  set(symbol: string, payload: Uint8Array, occasion: Occasion): void {
    const at = this.#now();
    if (!symbol.startsWith('.')) {
      this.#views.get(symbol)?.set(payload, occasion, at);
      return;
    }
    this.variables.set(symbol, payload);
    for (const { section, map, payload: part } of this.#histograms)
      if (section === symbol) this.#views.get(map.symbol)?.set(part(payload), occasion, at);
  }

  /** All programs are attached: what comes from now on is measured in time. */
  begin(): void {
    const at = this.#now();
    for (const view of this.#views.values()) view.begin(at);
  }

  /** Those that have something to show, and behind them the variables. `over`: the run has ended. */
  shown(over: boolean): (MapView | VariablesView)[] {
    const views = [...this.#views.values()].filter(view => view.isShown(over));
    return this.variables.isShown ? [...views, this.variables] : views;
  }

  /** As they are now. */
  flames(): FlamePanel[] {
    const panels = this.shown(true).map(view => view.panel());
    return panels.filter(panel => panel.kind === 'flame');
  }

  /** The flame graphs of the cell's run before: what differs is shown. */
  compareWith(former: readonly FlamePanel[]): void {
    for (const panel of former)
      [...this.#views.values()].find(({ id }) => id === panel.id)?.compareWith(panel);
  }

  /** How many entries each map had when it was looked at last, by symbol. */
  entries(): Map<string, number> {
    return new Map(
      [...this.#views].flatMap(([symbol, { entries }]) => (entries === undefined ? [] : [[symbol, entries]])),
    );
  }

  /** Those that had no room for another key, once at least. */
  full(): MapLayout[] {
    return [...this.#views.values()].filter(({ wasFull }) => wasFull).map(({ layout }) => layout);
  }
}
