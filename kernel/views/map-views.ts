/** The maps of a run as someone sees them: the newest snapshot of each, and a panel made of it once. */
import type { MapLayout } from '../layout.ts';
import { isStream, mapType } from '../mapTypes.ts';
import type { Panel } from '../protocol.ts';
import { mapPanel, mapPanelId } from './map-panel.ts';
import type { Names } from './names.ts';
import { entryCount, isEmpty, isZero, type ShownMap, shownMap } from './snapshot.ts';

export class MapView {
  readonly id: string;
  /** Counts its snapshots. */
  version = 0;
  /** It had no room for another key, once at least. */
  wasFull = false;
  private payload?: Uint8Array;
  private made?: { version: number; panel: Panel };

  /** `rows`: entries a table shows at most. */
  constructor(
    readonly layout: ShownMap,
    private readonly rows: number,
  ) {
    this.id = mapPanelId(layout);
  }

  /** A snapshot payload (kernel/loader/protocol.ts); its bytes are kept. */
  set(payload: Uint8Array): void {
    if (this.payload && sameBytes(this.payload, payload)) return;
    this.payload = payload;
    this.version++;
    const { type, maxEntries } = this.layout;
    this.wasFull ||= (mapType(type)?.fills ?? false) && entryCount(payload) >= maxEntries;
  }

  /** Whether it holds something, or has been shown: a live table does not come and go. `over`: the run has ended. */
  isShown(over: boolean): boolean {
    if (!this.payload) return false;
    if (this.made && !over) return true;
    return !isEmpty(this.layout, this.payload) && !isZero(this.layout, this.payload);
  }

  /** Of a map that is shown. */
  panel(): Panel {
    const { version } = this;
    if (this.made?.version !== version)
      this.made = { version, panel: mapPanel(this.layout, this.payload!, this.rows) };
    return this.made.panel;
  }
}

/** The views of the maps that are the user's, by symbol. */
export const mapViews = (maps: MapLayout[], rows: number, names: Names | undefined): Map<string, MapView> =>
  new Map(
    maps
      .filter(({ internal, inPlace, type }) => !internal && !inPlace && !isStream(type))
      .map(map => [map.symbol, new MapView(shownMap(map, names), rows)]),
  );

export const sameBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
