/** The maps of a run as someone sees them: the newest snapshot of each, and a panel made of it once. */
import type { MapLayout } from '../layout.ts';
import { isStream, mapType } from '../mapTypes.ts';
import { visibleLine } from '../notebook/labels.ts';
import type { Panel } from '../protocol.ts';
import { type MapPanel, mapPanel } from './map-panel.ts';
import { mapText } from './map-print.ts';
import type { Names } from './names.ts';
import { mapPanelId } from './panel-head.ts';
import { entryCount, isEmpty, isZero, type ShownMap, shownMap } from './snapshot.ts';

/** How someone looks at panels. */
export interface Look {
  /** Maps come with their text, as bpftrace prints it. */
  text?: boolean;
}

export class MapView {
  readonly id: string;
  /** Counts its snapshots. */
  version = 0;
  /** It had no room for another key, once at least. */
  wasFull = false;
  private payload?: Uint8Array;
  private made?: { version: number; panel: MapPanel; text?: string[] };

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

  /** At the last look; undefined before the first. */
  get entries(): number | undefined {
    return this.payload && entryCount(this.payload);
  }

  /** Whether it holds something, or has been shown: a live table does not come and go. `over`: the run has ended. */
  isShown(over: boolean): boolean {
    if (!this.payload) return false;
    if (this.made && !over) return true;
    return !isEmpty(this.layout, this.payload) && !isZero(this.layout, this.payload);
  }

  /** Of a map that is shown. */
  panel({ text = false }: Look = {}): Panel {
    const { version, layout, payload, rows } = this;
    if (this.made?.version !== version) this.made = { version, panel: mapPanel(layout, payload!, rows) };
    if (!text) return this.made.panel;
    this.made.text ??= mapText(layout, payload!, visibleLine, { top: rows }).split('\n').slice(0, -1);
    return { ...this.made.panel, text: this.made.text };
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
