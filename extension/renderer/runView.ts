/** One run's output: head, problems and panels, kept current while the run is live. */
import { formOf } from '../../kernel/notebook/index.ts';
import type { Panel, RunDelta, RunSnapshot } from '../../kernel/protocol.ts';
import { applyDelta } from '../run/snapshot.ts';
import { element } from './dom.ts';
import { FormView } from './forms.ts';
import { Frame } from './frame.ts';
import { HeadView } from './head.ts';
import { ProblemsView } from './problems.ts';
import { type Messaging, RunStream } from './stream.ts';

export class RunView {
  readonly element = element('div', {
    class: 'run',
    attributes: { role: 'region', 'aria-label': 'eBPF run' },
  });
  #head = new HeadView();
  #problems: ProblemsView;
  #losses = new ProblemsView();
  #panels = element('div', { class: 'panels' });
  #views = new Map<string, FormView>();
  #snapshot: RunSnapshot;
  /** Panels that changed since the last frame. */
  #changed = new Set<string>();
  #frame = new Frame(() => this.#paint());
  #stream: RunStream;
  #sight: IntersectionObserver;

  constructor(saved: RunSnapshot, messaging: Messaging) {
    this.#snapshot = saved;
    const { post } = messaging;
    const restart =
      post && (() => post({ type: 'restart', run: this.#snapshot.run, cell: this.#snapshot.cell }));
    this.#problems = new ProblemsView(restart);
    this.element.append(this.#head.element, this.#problems.element, this.#losses.element, this.#panels);
    this.#stream = new RunStream(messaging, {
      snapshot: snapshot => this.#take(snapshot ?? asStopped(this.#snapshot)),
      delta: delta => this.#apply(delta),
    });
    // Out of sight nothing is painted, so nothing is acknowledged, and the kernel sends nothing.
    this.#sight = new IntersectionObserver(entries =>
      entries.at(-1)!.isIntersecting ? this.#frame.resume() : this.#frame.pause(),
    );
    this.#sight.observe(this.element);
    this.show(saved);
  }

  /** What the document holds now: a run that starts, or its end. The kernel may know more of it. */
  show(saved: RunSnapshot): void {
    this.#take(saved);
    this.#stream.follow(saved.run);
  }

  dispose(): void {
    this.#stream.close();
    this.#sight.disconnect();
    this.#frame.cancel();
    for (const { view } of this.#views.values()) view.dispose();
  }

  #take(snapshot: RunSnapshot): void {
    this.#snapshot = snapshot;
    for (const { id } of snapshot.panels) this.#changed.add(id);
    this.#frame.request();
  }

  #apply(delta: RunDelta): void {
    applyDelta(this.#snapshot, delta);
    for (const { id } of delta.panels) this.#changed.add(id);
    this.#frame.request();
  }

  #paint(): void {
    const { diagnostics, losses = [], panels } = this.#snapshot;
    this.#head.update(this.#snapshot);
    this.#problems.update(diagnostics);
    this.#losses.update(losses.map(({ problem }) => problem));
    const ids = new Set(panels.map(({ id }) => id));
    for (const [id, { view }] of this.#views) if (!ids.has(id)) this.#drop(id, view);
    const repeats = panels.some(({ kind }) => kind !== 'text');
    for (const panel of panels) if (this.#changed.has(panel.id)) this.#viewOf(panel).update(panel, repeats);
    this.#changed.clear();
    this.#stream.acknowledge();
  }

  #viewOf(panel: Panel): FormView {
    const chosen = this.#snapshot.view;
    const known = this.#views.get(panel.id);
    if (known?.suits(panel, chosen)) return known;
    const made = new FormView(formOf(panel, chosen));
    if (known) {
      known.view.element.replaceWith(made.view.element);
      known.view.dispose();
    } else this.#panels.append(made.view.element);
    this.#views.set(panel.id, made);
    return made;
  }

  #drop(id: string, view: FormView['view']): void {
    view.element.remove();
    view.dispose();
    this.#views.delete(id);
  }
}

/** A run that nobody runs any more: what was saved of it, marked as over. */
function asStopped(snapshot: RunSnapshot): RunSnapshot {
  if (snapshot.phase === 'ended') return snapshot;
  return { ...snapshot, phase: 'ended', reason: 'stopped', totals: { ...snapshot.totals, rate: 0 } };
}
