/** All figures of a run, for who asks: totals, what each probe costs, how full each map is. */
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { average, level, memoryText, percent } from '../run/figures.ts';
import { count, elapsed, rate, share } from '../run/format.ts';
import { headline } from '../run/headline.ts';
import { element } from './dom.ts';

/** Names of attach points in the page. */
const MOST_PROBES = 200;

/** Undefined = there is nothing to tell. */
type Part = (snapshot: RunSnapshot) => [title: string, ...content: Node[]] | undefined;

const text = (content: string) => document.createTextNode(content);

const PARTS: readonly Part[] = [
  snapshot => {
    const started =
      snapshot.startedAt > 0 ? `, started ${new Date(snapshot.startedAt).toLocaleString()}` : '';
    return ['State', text(`${headline(snapshot)} after ${elapsed(snapshot.elapsedMs)}${started}`)];
  },
  ({ totals: { events, rate: now, dropped, missed }, phase, elapsedMs }) => {
    const rates = [
      ...(phase === 'stream' ? [`${rate(now)} now`] : []),
      `${average(events, elapsedMs)} on average`,
    ];
    return [
      'Events',
      text(`${count(events)} (${rates.join(', ')}), ${count(dropped)} dropped, ${count(missed)} missed`),
    ];
  },
  ({ memory }) => memory && ['Memory', text(memoryText(memory).replace(/^.*?: /, ''))],
  ({ cost }) =>
    cost && [
      'Cost',
      text(`${share(cost.cpu)}, all probes together`),
      table(
        ['probe', 'hits, about', 'hits per second', 'ns a hit', 'CPU'],
        cost.probes.map(({ probe, total, hits, ns, cpu }) => [
          probe,
          count(total),
          rate(hits),
          hits > 0 ? count(ns) : '–',
          share(cpu),
        ]),
      ),
    ],
  ({ fills = [] }) =>
    fills.length > 0
      ? [
          'Maps',
          table(
            ['map', 'entries', 'at most', 'full', ''],
            fills.map(fill => [
              fill.name,
              count(fill.entries),
              count(fill.capacity),
              percent(fill),
              bar(level(fill)),
            ]),
          ),
        ]
      : undefined,
  ({ probes }) =>
    probes.length > 0
      ? [
          'Attached to',
          element('pre', { text: probes.slice(0, MOST_PROBES).join('\n') }),
          text(probes.length > MOST_PROBES ? `and ${count(probes.length - MOST_PROBES)} more` : ''),
        ]
      : undefined,
];

export class DetailsView {
  readonly element = element('dl', { class: 'details', attributes: { 'aria-label': 'Details of the run' } });
  #shown: string | undefined;

  constructor() {
    this.element.hidden = true;
  }

  update(snapshot: RunSnapshot): void {
    if (this.element.hidden) return;
    const { panels: _, diagnostics: __, ...head } = snapshot;
    const shown = JSON.stringify(head);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.replaceChildren(
      ...PARTS.flatMap(part => {
        const [title, ...content] = part(snapshot) ?? [];
        return title ? [element('dt', { text: title }), element('dd', {}, ...content)] : [];
      }),
    );
  }
}

/** The first column is words, the others are numbers. */
function table(names: string[], rows: (string | Node)[][]): HTMLTableElement {
  const cells = (tag: 'th' | 'td', row: (string | Node)[]) =>
    element(
      'tr',
      {},
      ...row.map(cell => (typeof cell === 'string' ? element(tag, { text: cell }) : element(tag, {}, cell))),
    );
  return element(
    'table',
    {},
    element('thead', {}, cells('th', names)),
    element('tbody', {}, ...rows.map(row => cells('td', row))),
  );
}

function bar(share: number): HTMLElement {
  const full = element('span');
  full.style.width = `${Math.min(1, share) * 100}%`;
  return element('span', { class: 'level', attributes: { 'aria-hidden': 'true' } }, full);
}
