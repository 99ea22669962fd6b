/** A button with a menu, which the browser puts above everything and closes at a click beside it or at Escape. */
import { element } from '../dom.ts';

export interface MenuItem {
  text: string;
  run(): void;
  disabled?: boolean;
  /** Of items that are on or off; the menu stays open. */
  checked?: boolean;
}

/** Items under a heading of their own. */
export interface MenuSection {
  title?: string;
  items: MenuItem[];
}

/** Pixels that stay free around the menu. */
const MARGIN = 4;

export class MenuButton {
  readonly button: HTMLButtonElement;
  readonly #menu = element('div', { class: 'menu', attributes: { role: 'menu', popover: 'auto' } });

  constructor(
    text: string,
    title: string,
    private readonly sections: () => MenuSection[],
  ) {
    this.button = element('button', {
      class: 'tool',
      text,
      title,
      attributes: { type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
    });
    this.#menu.setAttribute('aria-label', title);
    this.button.popoverTargetElement = this.#menu;
    this.#menu.addEventListener('beforetoggle', event => {
      if ((event as ToggleEvent).newState === 'open') this.#fill();
    });
    this.#menu.addEventListener('toggle', event => {
      const open = (event as ToggleEvent).newState === 'open';
      this.button.setAttribute('aria-expanded', String(open));
      if (open) this.#opened();
    });
    this.#menu.addEventListener('keydown', event => this.#key(event));
  }

  get elements(): HTMLElement[] {
    return [this.button, this.#menu];
  }

  #items(): HTMLButtonElement[] {
    return [...this.#menu.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
  }

  #fill(): void {
    this.#menu.replaceChildren(
      ...this.sections().flatMap(({ title, items }) => [
        ...(title ? [element('div', { class: 'section', text: title })] : []),
        ...items.map((item, index) => this.#item(item, index)),
      ]),
    );
  }

  #item({ text, run, disabled, checked }: MenuItem, index: number): HTMLElement {
    const item = element('button', {
      text,
      attributes: {
        type: 'button',
        tabindex: '-1',
        role: checked === undefined ? 'menuitem' : 'menuitemcheckbox',
        'data-index': String(index),
        ...(checked === undefined ? {} : { 'aria-checked': String(checked) }),
      },
    });
    item.disabled = disabled ?? false;
    item.addEventListener('click', () => {
      run();
      if (checked === undefined) return this.#menu.hidePopover();
      const at = this.#items().indexOf(item);
      this.#fill();
      this.#items()[at]?.focus();
    });
    return item;
  }

  /** Below the button, or above where there is no room. */
  #opened(): void {
    const at = this.button.getBoundingClientRect();
    const { width, height } = this.#menu.getBoundingClientRect();
    const below = at.bottom + height + MARGIN <= window.innerHeight;
    const left = Math.min(at.left, window.innerWidth - width - MARGIN);
    this.#menu.style.left = `${Math.max(MARGIN, left)}px`;
    this.#menu.style.top = `${below ? at.bottom + 1 : Math.max(MARGIN, at.top - height - 1)}px`;
    this.#items()[0]?.focus();
  }

  #key(event: KeyboardEvent): void {
    const items = this.#items();
    const at = items.indexOf(
      (this.#menu.getRootNode() as Document | ShadowRoot).activeElement as HTMLButtonElement,
    );
    const goals: { [key: string]: number } = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: -1,
    };
    // The notebook has keys of its own.
    event.stopPropagation();
    const goal = goals[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    items.at(goal % items.length)?.focus();
  }
}
