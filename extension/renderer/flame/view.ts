/** A map of stacks as a flame graph: zoomed, searched, compared with the run before, saved for other tools. */
import {
  ELLIPSIS,
  type FlameNode,
  flameTree,
  foldedStacks,
  frameKey,
  isCompared,
  matchedTotal,
  pathOf,
  speedscope,
} from '../../../kernel/notebook/flame.ts';
import type { FlamePanel } from '../../../kernel/protocol.ts';
import { count } from '../../run/format.ts';
import { element, setLabel, setText } from '../dom.ts';
import { Frame } from '../frame.ts';
import type { PanelHost, PanelView } from '../panel.ts';
import { save } from '../save.ts';
import { FlameChoices } from './choices.ts';
import { type Colours, coloursOf, type Shade } from './colours.ts';
import { Crumbs } from './crumbs.ts';
import { type Box, neighbour, share } from './layout.ts';
import { Legend } from './legend.ts';
import { matcher } from './search.ts';
import { Tooltip } from './tooltip.ts';
import { Viewport } from './viewport.ts';
import { amount, change, details, goneText, percent } from './words.ts';

/** Of the time that passes, the part that making trees of stacks may take while they stream. */
const BUSY = 0.1;
const HELP =
  'Arrow keys go from frame to frame, Enter zooms in, Backspace out, Home to the beginning, Escape shows all.';

export class FlameView implements PanelView<FlamePanel> {
  readonly element = element('section', { class: 'panel flame' });
  #title = element('h4', { class: 'title' });
  #search = element('input', {
    class: 'search',
    attributes: {
      type: 'search',
      placeholder: 'Search: text or /regular expression/',
      spellcheck: 'false',
      'aria-label': 'Search frames',
    },
  });
  #icicle = toggle('Icicle', 'The outermost frame on top');
  #compare = toggle('Changes', 'Colours by how the share of all differs from the run before');
  #crumbs = new Crumbs(node => this.#zoom(node));
  #viewport = new Viewport();
  #legend = new Legend();
  #matched = element('span', { class: 'matched', attributes: { role: 'status' } });
  #gone = element('span', { class: 'gone' });
  #more = element('span', { class: 'more' });
  #tooltip = new Tooltip();

  #panel: FlamePanel | undefined;
  #tree!: FlameNode;
  #colours: Colours | undefined;
  #matches: ReturnType<typeof matcher>;
  #choices = new FlameChoices();
  #cursorPath: string[] | undefined;
  /** Tells of the frame under the pointer or the cursor again, while it is told of. */
  #retell: (() => void) | undefined;
  #frame = new Frame(() => this.#paint());
  #making: ReturnType<typeof setTimeout> | undefined;
  #restUntil = 0;
  #resizing = new ResizeObserver(() => this.#frame.request());
  #theming = new MutationObserver(() => {
    this.#colours = undefined;
    this.#frame.request();
  });

  constructor(private readonly host: PanelHost) {
    const folded = action('↓ Folded', 'Save as folded stacks, a line a stack', () =>
      this.#save('folded.txt', foldedStacks),
    );
    const scope = action('↓ speedscope', 'Save for speedscope', () =>
      this.#save('speedscope.json', speedscope),
    );
    this.element.append(
      this.#title,
      element('div', { class: 'tools' }, this.#search, this.#icicle, this.#compare, folded, scope),
      this.#crumbs.element,
      this.#viewport.element,
      element('footer', { class: 'foot' }, this.#legend.element, this.#gone, this.#matched, this.#more),
      this.#tooltip.element,
    );
    this.#listen();
    this.#resizing.observe(this.#viewport.element);
    // VS Code names the theme on the body.
    this.#theming.observe(document.body, {
      attributes: true,
      attributeFilter: ['class', 'data-vscode-theme-id'],
    });
  }

  update(panel: FlamePanel): void {
    if (!this.#panel) this.#recall(panel);
    this.#panel = panel;
    const rest = this.#restUntil - performance.now();
    if (rest <= 0) this.#make();
    else this.#making ??= setTimeout(() => this.#make(), rest);
  }

  dispose(): void {
    clearTimeout(this.#making);
    this.#frame.cancel();
    this.#resizing.disconnect();
    this.#theming.disconnect();
    this.#tooltip.hide();
  }

  /** What was set before another form was looked at. */
  #recall({ id }: FlamePanel): void {
    this.#choices = this.host.remembered(`${id} as flames`, FlameChoices);
    const { search, icicle, changes } = this.#choices;
    this.#search.value = search;
    setPressed(this.#icicle, icicle);
    setPressed(this.#compare, changes);
    this.#viewport.turn(!icicle);
  }

  #make(): void {
    clearTimeout(this.#making);
    this.#making = undefined;
    const panel = this.#panel!;
    const started = performance.now();
    this.#tree = flameTree(panel);
    const now = performance.now();
    this.#restUntil = now + (now - started) / BUSY;
    setText(this.#title, panel.title);
    this.#title.hidden = panel.title === '';
    setLabel(this.#viewport.element, `Flame graph ${panel.title}. ${HELP}`);
    this.#compare.hidden = !isCompared(panel);
    setText(this.#more, panel.more > 0 ? `${count(panel.more)} smaller stacks not shown` : '');
    this.#find();
    this.#paint();
    this.#retell?.();
  }

  /** Tells what of all was searched for. */
  #find(): void {
    const matches = matcher(this.#choices.search);
    this.#matches = matches;
    this.#search.setAttribute('aria-invalid', String(matches === null));
    const found = matches ? matchedTotal(this.#tree, matches) : 0n;
    const text = matches
      ? `matched ${percent(share(found, this.#tree.total))}: ${amount(found, this.#panel!.unit)}`
      : '';
    setText(this.#matched, matches === null ? 'not a regular expression' : text);
  }

  #paint(): void {
    if (!this.#panel) return;
    const zoomed = this.#nodeAt(this.#choices.zoom);
    this.#viewport.lay(zoomed);
    this.#colours ??= coloursOf(this.element);
    const colours = this.#colours;
    const changes = this.#choices.changes && !this.#compare.hidden;
    this.#crumbs.show(zoomed);
    this.#legend.show(this.#panel.frames, colours, changes);
    setText(this.#gone, changes ? goneText(this.#panel, this.#tree) : '');
    const matches = this.#matches;
    this.#viewport.paint({
      colours,
      shade: box => this.#shade(box, colours, changes),
      matches: matches ? ({ nodes }) => nodes.some(({ frame }) => frame && matches(frame.name)) : undefined,
      zoomedRow: zoomed.depth,
      cursor: this.#cursor(),
    });
  }

  #shade({ nodes }: Box, colours: Colours, changes: boolean): Shade {
    const [node] = nodes as [FlameNode];
    if (!node.frame || node.frame.name === ELLIPSIS || nodes.length > 1) return colours.neutral;
    if (changes) return colours.changed(change(node, this.#tree));
    return colours.shade(node.frame.of, node.frame.name);
  }

  /** The frame of a path, or the innermost of it that there is. */
  #nodeAt(path: string[]): FlameNode {
    let node = this.#tree;
    for (const key of path) {
      const next = node.children.find(({ frame }) => frameKey(frame!) === key);
      if (!next) break;
      node = next;
    }
    return node;
  }

  #zoom(node: FlameNode): void {
    this.#choices.zoom = keysOf(node);
    this.#viewport.shrink();
    this.#untell();
    this.#frame.request();
  }

  /** Frames that are drawn as one are given more room. */
  #zoomInto({ nodes }: Box): void {
    const [node] = nodes as [FlameNode];
    this.#zoom(nodes.length > 1 ? node.parent! : node);
  }

  #listen(): void {
    this.#search.addEventListener('input', () => {
      this.#choices.search = this.#search.value;
      this.#find();
      this.#frame.request();
    });
    this.#icicle.addEventListener('click', () => {
      this.#choices.icicle = !this.#choices.icicle;
      setPressed(this.#icicle, this.#choices.icicle);
      this.#viewport.turn(!this.#choices.icicle);
      this.#frame.request();
    });
    this.#compare.addEventListener('click', () => {
      this.#choices.changes = !this.#choices.changes;
      setPressed(this.#compare, this.#choices.changes);
      this.#frame.request();
    });
    const { element, canvas } = this.#viewport;
    element.addEventListener('scroll', () => this.#frame.request(), { passive: true });
    canvas.addEventListener('pointermove', event => this.#point(event));
    canvas.addEventListener('pointerleave', () => this.#untell());
    canvas.addEventListener('click', event => {
      const box = this.#viewport.boxUnder(event);
      if (box) this.#zoomInto(box);
    });
    element.addEventListener('keydown', event => this.#type(event));
    element.addEventListener('blur', () => {
      this.#cursorPath = undefined;
      this.#untell();
      this.#frame.request();
    });
  }

  #point(event: PointerEvent): void {
    const box = this.#viewport.boxUnder(event);
    this.#viewport.canvas.style.cursor = box ? 'pointer' : '';
    if (!box) {
      this.#untell();
      return;
    }
    this.#tell(box, event.clientX, event.clientY);
    this.#retell = () => this.#point(event);
  }

  #untell(): void {
    this.#tooltip.hide();
    this.#retell = undefined;
  }

  #tell(box: Box, x: number, y: number): void {
    this.#tooltip.show(details(box, { panel: this.#panel!, root: this.#tree }), x, y);
  }

  #cursor(): Box | undefined {
    if (!this.#cursorPath) return undefined;
    const node = this.#nodeAt(this.#cursorPath);
    return this.#viewport.rows[node.depth]?.find(({ nodes }) => nodes.includes(node));
  }

  #type(event: KeyboardEvent): void {
    const act = this.#keys[event.key];
    const isOut = event.key === 'Escape' || event.key === 'Backspace';
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    // The editor has meanings of its own for them, which count where there is nothing to go out of.
    if (isOut && this.#choices.zoom.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  readonly #keys: { [key: string]: () => void } = {
    ArrowUp: () => this.#climb(this.#viewport.flames ? 1 : -1),
    ArrowDown: () => this.#climb(this.#viewport.flames ? -1 : 1),
    ArrowLeft: () => this.#step(-1),
    ArrowRight: () => this.#step(1),
    Home: () => this.#go(this.#viewport.rows[0]![0]!),
    Enter: () => this.#zoomInto(this.#cursor() ?? this.#first()),
    ' ': () => this.#zoomInto(this.#cursor() ?? this.#first()),
    Backspace: () => this.#zoom(this.#nodeAt(this.#choices.zoom).parent ?? this.#tree),
    Escape: () => this.#zoom(this.#tree),
  };

  /** To the caller, or to the widest of what is called. */
  #climb(by: 1 | -1): void {
    const cursor = this.#cursor();
    const next = cursor ? neighbour(this.#viewport.rows, cursor, by) : this.#first();
    if (next) this.#go(next);
  }

  #step(by: 1 | -1): void {
    const cursor = this.#cursor();
    const row = cursor ? this.#viewport.rows[cursor.row]! : [];
    const next = cursor ? row[row.indexOf(cursor) + by] : this.#first();
    if (next) this.#go(next);
  }

  /** Where the cursor comes in. */
  #first(): Box {
    return this.#viewport.rows[this.#nodeAt(this.#choices.zoom).depth]![0]!;
  }

  #go(box: Box): void {
    this.#cursorPath = keysOf(box.nodes[0]!);
    const { x, y } = this.#viewport.reveal(box);
    this.#paint();
    this.#tell(box, x, y);
    this.#retell = () => {
      const cursor = this.#cursor();
      if (cursor) this.#tell(cursor, x, y);
    };
  }

  #save(ending: string, text: (panel: FlamePanel) => string): void {
    const name = this.#panel!.title.replace(/\W+/g, '') || 'stacks';
    save(this.element, `${name}.${ending}`, new Blob([text(this.#panel!)], { type: 'text/plain' }));
  }
}

const keysOf = (node: FlameNode): string[] => pathOf(node).map(({ frame }) => frameKey(frame!));

const action = (text: string, title: string, act: () => void): HTMLButtonElement => {
  const button = element('button', { class: 'button', text, title });
  button.addEventListener('click', act);
  return button;
};

const toggle = (text: string, title: string): HTMLButtonElement =>
  element('button', { class: 'button', text, title, attributes: { 'aria-pressed': 'false' } });

const setPressed = (button: HTMLElement, pressed: boolean): void =>
  button.setAttribute('aria-pressed', String(pressed));
