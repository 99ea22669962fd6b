/** The line below a table: how many rows there are, what was lost of the run, and following what comes. */
import { countedRows } from '../../../kernel/notebook/labels.ts';
import type { RunTotals, TablePanel } from '../../../kernel/protocol.ts';
import { count } from '../../run/format.ts';
import { element, setText } from '../dom.ts';
import type { TableModel } from './model.ts';

/** How long it says what was copied, ms. */
const SAID_MS = 4000;

export interface FootState {
  panel: TablePanel;
  totals: RunTotals;
  model: TableModel;
  selected: number;
  problem: string | undefined;
  /** Looks back, so that there is something newer to go to. */
  behindNewest: boolean;
  pausable: boolean;
}

export class Foot {
  #count = element('span', { class: 'count' });
  #matches = element('span', { class: 'matches' });
  #selected = element('span', { class: 'selected' });
  #loss = element('span', { class: 'loss' });
  #behind = element('span', { class: 'behind' });
  #wrong = element('span', { class: 'wrong', attributes: { role: 'alert' } });
  #said = element('span', { class: 'said', attributes: { role: 'status' } });
  #newest = element('button', { class: 'button link', text: '↓ newest', attributes: { type: 'button' } });
  #pause = element('button', { class: 'button', attributes: { type: 'button' } });
  #saying: ReturnType<typeof setTimeout> | undefined;
  readonly element = element(
    'footer',
    { class: 'foot' },
    this.#count,
    this.#matches,
    this.#selected,
    this.#loss,
    this.#behind,
    this.#wrong,
    this.#newest,
    this.#pause,
    this.#said,
  );

  constructor(listener: { newest(): void; pause(): void }) {
    this.#newest.addEventListener('click', () => listener.newest());
    this.#pause.addEventListener('click', () => listener.pause());
  }

  dispose(): void {
    clearTimeout(this.#saying);
  }

  paint({ panel, totals, model, selected, problem, behindNewest, pausable }: FootState): void {
    const { total, kept, length, filtered, paused, behind } = model;
    const newest = panel.of === 'records' ? 'newest ' : '';
    const all = countedRows({ ...panel, total }, count);
    setText(this.#count, kept < total ? `${newest}${count(kept)} of ${all}` : all);
    show(this.#matches, filtered && `${count(length)} ${length === 1 ? 'matches' : 'match'}`);
    show(this.#selected, selected > 0 && `${count(selected)} selected`);
    const lost = (['dropped', 'missed'] as const).filter(kind => totals[kind] > 0);
    show(this.#loss, lost.length > 0 && lost.map(kind => `${count(totals[kind])} ${kind}`).join(', '));
    show(this.#behind, paused && `paused${behind > 0 ? `, ${count(behind)} more since` : ''}`);
    show(this.#wrong, problem);
    this.#newest.hidden = !behindNewest || paused;
    this.#pause.hidden = !paused && !pausable;
    setText(this.#pause, paused ? 'Resume' : 'Pause');
  }

  /** Says for a while what was done. */
  say(text: string): void {
    setText(this.#said, text);
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => setText(this.#said, ''), SAID_MS);
  }
}

function show(node: HTMLElement, text: string | false | undefined): void {
  node.hidden = !text;
  setText(node, text || '');
}
