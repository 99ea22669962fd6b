/** The line above a run's panels: where it stands, for how long, how fast, and what was lost. */
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { activity } from '../run/activity.ts';
import { count, elapsed, probeCost, share } from '../run/format.ts';
import { headline } from '../run/headline.ts';
import { element, setText } from './dom.ts';

type Tone = 'working' | 'live' | 'ended' | 'failed';

function toneOf({ phase, reason }: RunSnapshot): Tone {
  if (phase === 'stream') return 'live';
  if (phase !== 'ended') return 'working';
  return reason === 'failed' ? 'failed' : 'ended';
}

interface Figure {
  class: string;
  /** Undefined = not shown. */
  text(snapshot: RunSnapshot): string | undefined;
  title?(snapshot: RunSnapshot): string;
}

const FIGURES: Figure[] = [
  { class: 'phase', text: headline },
  { class: 'elapsed', text: ({ elapsedMs }) => elapsed(elapsedMs) },
  {
    class: 'rate',
    text: snapshot => activity(snapshot).rate,
    title: () => 'Events per second',
  },
  {
    class: 'events',
    text: snapshot => activity(snapshot).amount,
  },
  {
    class: 'loss',
    text: ({ totals }) => (totals.dropped > 0 ? `${count(totals.dropped)} dropped` : undefined),
    title: () => 'Records lost because a ring buffer was full',
  },
  {
    class: 'loss',
    text: ({ totals }) => (totals.missed > 0 ? `${count(totals.missed)} missed` : undefined),
    title: () => 'Probe hits that Linux did not run',
  },
  {
    class: 'cost',
    text: ({ cost }) => (cost ? share(cost.cpu) : undefined),
    title: ({ cost }) =>
      ['What the probes take of one CPU', ...(cost?.probes ?? []).map(probeCost)].join('\n'),
  },
  {
    class: 'exit',
    text: ({ exitCode }) => (exitCode ? `exit code ${exitCode}` : undefined),
  },
  {
    class: 'probes',
    text: ({ probes }) => (probes.length > 1 ? `${count(probes.length)} probes` : probes[0]),
    title: ({ probes }) => probes.join('\n'),
  },
];

export class HeadView {
  readonly element = element('header', { class: 'head' });
  #figures = FIGURES.map(figure => ({ figure, node: element('span', { class: figure.class }) }));

  constructor() {
    this.element.append(element('span', { class: 'dot' }), ...this.#figures.map(({ node }) => node));
  }

  update(snapshot: RunSnapshot): void {
    this.element.dataset['tone'] = toneOf(snapshot);
    for (const { figure, node } of this.#figures) {
      const text = figure.text(snapshot);
      node.hidden = text === undefined;
      setText(node, text ?? '');
      if (figure.title) node.title = figure.title(snapshot);
    }
  }
}
