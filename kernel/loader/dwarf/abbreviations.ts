/** How the entries of a unit are laid out: each has the number of an abbreviation, which lists its attributes. */
import { within } from './bounds.ts';
import { FORM } from './constants.ts';
import { Cursor } from './cursor.ts';

export interface Abbreviation {
  tag: number;
  hasChildren: boolean;
  attributes: { name: number; form: number; constant: number }[];
}

/** One table, read as far as it was asked for. */
export class Abbreviations {
  readonly #known = new Map<number, Abbreviation>();
  readonly #cursor: Cursor;
  #ended = false;

  constructor(section: Buffer, offset: number) {
    this.#cursor = new Cursor(section, offset);
  }

  /** @throws RangeError when there is none of this number */
  get(code: number): Abbreviation {
    for (;;) {
      const found = this.#known.get(code);
      if (found) return found;
      if (this.#ended) throw new RangeError(`no abbreviation ${code}`);
      this.#readNext();
    }
  }

  #readNext(): void {
    const cursor = this.#cursor;
    const code = cursor.uleb();
    if (code === 0) {
      this.#ended = true;
      return;
    }
    const abbreviation: Abbreviation = { tag: cursor.uleb(), hasChildren: cursor.u8() === 1, attributes: [] };
    for (;;) {
      const [name, form] = [cursor.uleb(), cursor.uleb()];
      const constant = form === FORM.implicit_const ? cursor.sleb() : 0;
      if (name === 0 && form === 0) break;
      within('attributes', abbreviation.attributes.push({ name, form, constant }));
    }
    this.#known.set(code, abbreviation);
    within('abbreviations', this.#known.size);
  }
}
