/**
 * Making elements. Text only ever becomes a text node: what a kernel or a traced process says is never markup, and
 * characters in it that cannot be seen, or turn what is around them, are shown as escapes.
 */
import { visible } from '../../kernel/notebook/index.ts';

export interface ElementOptions {
  class?: string;
  text?: string;
  title?: string;
  attributes?: Record<string, string>;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: ElementOptions = {},
  ...children: Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (options.class) made.className = options.class;
  if (options.text !== undefined) made.textContent = visible(options.text);
  if (options.title) setTitle(made, options.title);
  for (const [name, value] of Object.entries(options.attributes ?? {}))
    made.setAttribute(name, visible(value));
  made.append(...children);
  return made;
}

/** Sets text only where it differs, so that an unchanged node keeps its selection. */
export function setText(node: HTMLElement, text: string): void {
  const shown = visible(text);
  if (node.textContent !== shown) node.textContent = shown;
}

/** What the mouse tells when it rests on a node. */
export function setTitle(node: HTMLElement, text: string): void {
  const shown = visible(text);
  if (node.title !== shown) node.title = shown;
}

/** What a reader of the screen calls a node. */
export function setLabel(node: Element, text: string): void {
  node.setAttribute('aria-label', visible(text));
}
