/** One run's output: head, problems and panels, kept current while the run is live. */
import type { Panel, RunDelta, RunSnapshot, ViewName } from '../../kernel/protocol.ts';
import type { ViewChoice } from '../messages.ts';
import { shownForm, showsAlike } from '../run/display.ts';
import { applyDelta } from '../run/snapshot.ts';
import { element } from './dom.ts';
import { FormView } from './forms.ts';
import { Frame } from './frame.ts';
import { HeadView } from './head.ts';
import { RunHost } from './host.ts';
import { ProblemsView } from './problems.ts';
import { Sight } from './sight.ts';
import { type Messaging, RunStream } from './stream.ts';

export class RunView {
  readonly element = element('div', {
    class: 'run',
    attributes: { role: 'region', 'aria-label': 'eBPF run' },
  });
  #head = new HeadView(view => this.#choose(view));
  #problems: ProblemsView;
  #losses = new ProblemsView();
  #panels = element('div', { class: 'panels' });
  #views = new Map<string, FormView>();
  #snapshot: RunSnapshot;
  /** As the extension knows it; until it says so, what the snapshot says is what is shown without a choice. */
  #choice: ViewChoice | undefined;
  #post: Messaging['post'];
  /** Panels that changed since the last frame. */
  #changed = new Set<string>();
  #frame = new Frame(() => this.#paint());
  #stream: RunStream;
  #host: RunHost;
  #sight: Sight;

  constructor(saved: RunSnapshot, messaging: Messaging) {
    this.#snapshot = saved;
    const { post } = messaging;
    this.#post = post;
    const restart =
      post && (() => post({ type: 'restart', run: this.#snapshot.run, cell: this.#snapshot.cell }));
    this.#problems = new ProblemsView(restart);
    this.element.append(this.#head.element, this.#problems.element, this.#losses.element, this.#panels);
    // Text that is unfolded is looked at from then on. The event does not bubble.
    this.#panels.addEventListener('toggle', () => this.#frame.request(), { capture: true });
    this.#stream = new RunStream(messaging, {
      snapshot: snapshot => this.#take(snapshot ?? asStopped(this.#snapshot)),
      delta: delta => this.#apply(delta),
      choice: choice => this.#show(choice),
    });
    this.#host = new RunHost(() => this.#snapshot, this.#stream);
    // Out of sight nothing is painted, so nothing is acknowledged, and the kernel sends nothing.
    this.#sight = new Sight(this.element, visible => (visible ? this.#frame.resume() : this.#frame.pause()));
    this.show(saved);
  }

  /** What the document holds now: a run that starts, or its end. The kernel may know more of it. */
  show(saved: RunSnapshot): void {
    this.#take(saved);
    this.#stream.follow(saved.run, saved.cell);
  }

  dispose(): void {
    this.#stream.close();
    this.#sight.disconnect();
    this.#frame.cancel();
    for (const { view } of this.#views.values()) view.dispose();
  }

  /** The form for the whole output; undefined = each panel's own. */
  get #chosen(): ViewName | undefined {
    return this.#choice ? (this.#choice.chosen ?? this.#choice.preset) : this.#snapshot.view;
  }

  /** By the user: shown at once, and kept with the cell. What is shown without a choice is none. */
  #choose(view: ViewName): void {
    const { cell, run, panels, view: given } = this.#snapshot;
    const preset = this.#choice ? this.#choice.preset : given;
    const chosen = showsAlike(panels, view, preset) ? undefined : view;
    this.#show({ ...(chosen ? { chosen } : {}), ...(preset ? { preset } : {}) });
    this.#post?.({ type: 'choose', run, cell, ...(chosen ? { view: chosen } : {}) });
  }

  #show(choice: ViewChoice): void {
    const before = this.#chosen;
    this.#choice = choice;
    if (this.#chosen !== before) this.#repaint();
  }

  #take(snapshot: RunSnapshot): void {
    this.#snapshot = snapshot;
    this.#repaint();
  }

  #repaint(): void {
    for (const { id } of this.#snapshot.panels) this.#changed.add(id);
    this.#frame.request();
  }

  #apply(delta: RunDelta): void {
    applyDelta(this.#snapshot, delta);
    for (const { id } of delta.panels) this.#changed.add(id);
    this.#frame.request();
  }

  #paint(): void {
    const { diagnostics, losses = [], panels } = this.#snapshot;
    const chosen = this.#chosen;
    this.#head.update(this.#snapshot, chosen);
    this.#problems.update(diagnostics);
    this.#losses.update(losses.map(({ problem }) => problem));
    const forms = new Map(panels.map(panel => [panel.id, shownForm(panel, panels, chosen)]));
    for (const [id, { view }] of this.#views) if (!forms.get(id)) this.#drop(id, view);
    const repeats = chosen !== 'text' && panels.some(({ kind }) => kind !== 'text');
    // What a program printed comes before its maps, as bpftrace has it.
    const ordered = chosen === 'text' ? [...panels].sort((a, b) => rank(a) - rank(b)) : panels;
    let place = 0;
    for (const panel of ordered) {
      const form = forms.get(panel.id);
      if (!form) continue;
      const made = this.#viewOf(panel, form, place++);
      if (this.#changed.has(panel.id)) made.update(panel, repeats);
    }
    this.#changed.clear();
    this.#stream.look(chosen === 'text' || this.#panels.querySelector('.text[open]') !== null);
    this.#stream.acknowledge();
  }

  /** The panel's view in this form, at its place among the others. */
  #viewOf({ id }: Panel, form: ViewName, place: number): FormView {
    let shown = this.#views.get(id);
    if (shown?.form !== form) {
      if (shown) this.#drop(id, shown.view);
      shown = new FormView(form, this.#host);
      this.#views.set(id, shown);
      this.#changed.add(id);
    }
    const { element } = shown.view;
    const there = this.#panels.children[place] ?? null;
    if (there !== element) this.#panels.insertBefore(element, there);
    return shown;
  }

  #drop(id: string, view: FormView['view']): void {
    view.element.remove();
    view.dispose();
    this.#views.delete(id);
  }
}

const rank = ({ kind }: Panel) => (kind === 'text' ? 0 : 1);

/** A run that nobody runs any more: what was saved of it, marked as over. */
function asStopped(snapshot: RunSnapshot): RunSnapshot {
  if (snapshot.phase === 'ended') return snapshot;
  return { ...snapshot, phase: 'ended', reason: 'stopped', totals: { ...snapshot.totals, rate: 0 } };
}
