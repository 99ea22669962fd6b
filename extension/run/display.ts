/** What of an output is shown, and in which form, when one form is chosen for all of it. Pure. */
import { formOf, formsOf, VIEW_NAMES } from '../../kernel/notebook/index.ts';
import type { Panel, ViewName } from '../../kernel/protocol.ts';

/** The form a panel is shown in; undefined = not at all. */
export function shownForm(
  panel: Panel,
  panels: readonly Panel[],
  chosen: ViewName | undefined,
): ViewName | undefined {
  const form = formOf(panel, chosen);
  if (form !== 'text' || panel.kind === 'text' || panel.text) return form;
  // Its records are lines of the text beside it.
  const printed = panels.some(({ kind }) => kind === 'text');
  if (panel.kind === 'table' && panel.of === 'records' && printed) return undefined;
  // Its text was asked for and has not come yet, or nobody can be asked.
  return formOf(panel, undefined);
}

/** The forms that any of the panels has, in the order they are offered in. */
export function offered(panels: readonly Panel[]): ViewName[] {
  const had = new Set(panels.flatMap(formsOf));
  return VIEW_NAMES.filter(view => had.has(view));
}

/** Would the panels be shown in the same forms with the one choice as with the other? */
export const showsAlike = (
  panels: readonly Panel[],
  one: ViewName | undefined,
  other: ViewName | undefined,
): boolean => panels.every(panel => formIn(panel, one) === formIn(panel, other));

/** Text that is folded differs from text that was chosen. */
const formIn = (panel: Panel, chosen: ViewName | undefined) =>
  panel.kind === 'text' && chosen !== 'text' ? 'folded' : formOf(panel, chosen);
