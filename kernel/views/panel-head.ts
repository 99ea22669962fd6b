/** What the panels of maps are called. */
import type { MapLayout } from '../layout.ts';

export const mapPanelId = (map: MapLayout) => `map:${map.name}`;

export const panelHead = <Kind extends string>(map: MapLayout, kind: Kind) => ({
  id: mapPanelId(map),
  kind,
  title: map.title ?? map.name,
});
