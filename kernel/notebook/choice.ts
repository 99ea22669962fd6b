/** The form that a cell's output is to be shown in: chosen by the user, kept in the cell's metadata. Pure. */
import type { RunSnapshot, ViewName } from '../protocol.ts';
import type { NotebookCell } from './file.ts';
import { VIEW_NAMES } from './forms.ts';
import { type JsonObject, objectAt, stringAt, withKey } from './json.ts';
import { parseOptions } from './options.ts';

const OURS = 'ebpfnb';

/** The form chosen for a cell, given the cell as in the file; undefined = none was, or one that there is not. */
export function chosenView(json: JsonObject | undefined): ViewName | undefined {
  const name = stringAt(objectAt(objectAt(json, 'metadata'), OURS), 'view');
  return VIEW_NAMES.find(view => view === name);
}

/** The cell as in the file with this form chosen, or none: then nothing of ours is left. */
export function withChosenView(json: JsonObject, view: ViewName | undefined): JsonObject {
  const metadata = objectAt(json, 'metadata') ?? {};
  const { view: _, ...others } = objectAt(metadata, OURS) ?? {};
  const ours = view ? withKey(others, 'view', view) : others;
  if (Object.keys(ours).length > 0) return withKey(json, 'metadata', withKey(metadata, OURS, ours));
  const { [OURS]: __, ...rest } = metadata;
  return withKey(json, 'metadata', rest);
}

/** The form that a cell asks for in its options (`//| view: …`). */
export const presetView = (language: string, source: string): ViewName | undefined =>
  parseOptions(language, source).options.view;

/** A run that was saved, as its cell shows it now; an output that was copied belongs to the cell it was copied to. */
export function runInCell(
  run: RunSnapshot,
  { id, json, language, source }: Pick<NotebookCell, 'id' | 'json' | 'language' | 'source'>,
): RunSnapshot {
  const { view: _, ...rest } = run;
  const view = chosenView(json) ?? presetView(language, source);
  return { ...rest, cell: id, ...(view ? { view } : {}) };
}
