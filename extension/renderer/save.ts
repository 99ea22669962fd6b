/**
 * Saves a file out of a web view. The workbench sees that a link to it is followed, and asks where to put it; in a page
 * of its own the browser does.
 */
import { element } from './dom.ts';

/** ms; the workbench reads it after the click. */
const KEPT = 60_000;

/** `place` is in the page: a click on what is not would go nowhere. */
export function save(place: HTMLElement, name: string, content: Blob): void {
  const href = URL.createObjectURL(content);
  const link = element('a', { attributes: { href, download: name } });
  link.hidden = true;
  place.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), KEPT);
}
