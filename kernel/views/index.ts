/** Records and maps of a run, seen: raw bytes in; panels, deltas and text out. Pure. */
export { renderPanels } from '../notebook/text.ts';
export { AddressFinder } from './addresses.ts';
export type { StreamOptions } from './batch.ts';
export { RecordBudget } from './budget.ts';
export { contentsOf, isReadable } from './contents.ts';
export { EffectFinder, type EffectRequest, type Performed } from './effects.ts';
export { jsonString } from './json.ts';
export type { Look } from './map-view.ts';
export type { Names } from './names.ts';
export { RunViews, type ViewCursor, type ViewOptions } from './run-views.ts';
export { snapshotEntries } from './snapshot.ts';
export { StackIdFinder } from './stack-ids.ts';
export { type Escape, forTerminal, unchanged } from './text.ts';
export { type TextOptions, TextStream } from './text-stream.ts';
export { textAt } from './variables.ts';
