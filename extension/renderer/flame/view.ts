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
import type { PanelView } from '../panel.ts';
import { save } from '../save.ts';
import { type Colours, coloursOf, type Shade } from './colours.ts';
import { Crumbs } from './crumbs.ts';
import { type Box, boxAt, layoutFlame, neighbour, share } from './layout.ts';
import { Legend } from './legend.ts';
import { paint, ROW_HEIGHT } from './paint.ts';
import { matcher } from './search.ts';
import { Tooltip } from './tooltip.ts';
import { amount, change, details, percent } from './words.ts';

const ROWS_IN_VIEW = 25;
/** Of the time that passes, the part that making trees of stacks may take while they stream. */
const BUSY = 0.1;
const HELP =
  'Arrow keys go from frame to frame, Enter zooms in, Backspace out, Home to the beginning, Escape shows all.';

export class FlameView implements PanelView<FlamePanel> {
  readonly element = element('section', { class: 'panel flame' });
  #title = element('h4', { class: 'title' });
  #search = element('input', {
    class: 'search',
    attributes: { type: 'search', placeholder: 'Search: text or /regular expression/', spellcheck: 'false' },
  });
  #icicle = toggle('Icicle', 'The outermost frame on top');
  #compare = toggle('Changes', 'Colours by how the share of all differs from the run before');
  #crumbs = new Crumbs(node => this.#zoom(node));
  #canvas = element('canvas');
  #space = element('div', { class: 'space' }, this.#canvas);
  #box = element('div', {
    class: 'graph',
    attributes: { tabindex: '0', role: 'application', 'aria-roledescription': 'flame graph' },
  });
  #legend = new Legend();
  #matched = element('span', { class: 'matched', attributes: { role: 'status' } });
  #more = element('span', { class: 'more' });
  #tooltip = new Tooltip();

  #panel: FlamePanel | undefined;
  #tree!: FlameNode;
  #colours: Colours | undefined;
  /** Of the frames that were chosen: a tree that comes later has others, perhaps fewer. */
  #zoomPath: string[] = [];
  #cursorPath: string[] | undefined;
  #rows: Box[][] = [];
  /** Pixels of all rows; the most there were since it was zoomed, so that what is below stays in its place. */
  #height = 0;
  #laidHeight = 0;
  #frame = new Frame(() => this.#paint());
  #making: ReturnType<typeof setTimeout> | undefined;
  #restUntil = 0;
  #resizing = new ResizeObserver(() => this.#frame.request());
  #theming = new MutationObserver(() => {
    this.#colours = undefined;
    this.#frame.request();
  });

  constructor() {
    this.#box.append(this.#space);
    this.#search.setAttribute('aria-label', 'Search frames');
    this.#search.addEventListener('input', () => this.#frame.request());
    for (const button of [this.#icicle, this.#compare])
      button.addEventListener('click', () => this.#flip(button));
    const folded = action('↓ Folded', 'Save as folded stacks, a line a stack', () =>
      this.#save('folded.txt', foldedStacks),
    );
    const scope = action('↓ speedscope', 'Save for speedscope', () =>
      this.#save('speedscope.json', speedscope),
    );
    const tools = element(
      'div',
      { class: 'tools' },
      this.#search,
      this.#icicle,
      this.#compare,
      folded,
      scope,
    );
    const foot = element('footer', { class: 'foot' }, this.#legend.element, this.#matched, this.#more);
    this.element.append(this.#title, tools, this.#crumbs.element, this.#box, foot, this.#tooltip.element);
    this.#listen();
    this.#resizing.observe(this.#box);
    // VS Code names the theme on the body.
    this.#theming.observe(document.body, {
      attributes: true,
      attributeFilter: ['class', 'data-vscode-theme-id'],
    });
  }

  update(panel: FlamePanel): void {
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

  #make(): void {
    clearTimeout(this.#making);
    this.#making = undefined;
    const panel = this.#panel!;
    const started = performance.now();
    this.#tree = flameTree(panel);
    const took = performance.now() - started;
    this.#restUntil = performance.now() + took / BUSY;
    setText(this.#title, panel.title);
    this.#title.hidden = panel.title === '';
    setLabel(this.#box, `Flame graph ${panel.title}. ${HELP}`);
    this.#compare.hidden = !isCompared(panel);
    setText(this.#more, panel.more > 0 ? `${count(panel.more)} smaller stacks not shown` : '');
    this.#paint();
  }

  get #flames(): boolean {
    return !pressed(this.#icicle);
  }

  get #changes(): boolean {
    return pressed(this.#compare) && !this.#compare.hidden;
  }

  #paint(): void {
    if (!this.#panel) return;
    const zoomed = this.#find(this.#zoomPath);
    const width = this.#lay(zoomed);
    this.#colours ??= coloursOf(this.element);
    const colours = this.#colours;
    const matches = matcher(this.#search.value);
    this.#search.setAttribute('aria-invalid', String(matches === null));
    setText(this.#matched, this.#matchedText(matches));
    this.#crumbs.show(zoomed);
    this.#legend.show(this.#panel.frames, colours, this.#changes);
    const { scrollTop, clientHeight } = this.#box;
    paint(this.#canvas, width, clientHeight, {
      colours,
      rows: this.#rows,
      top: row => this.#top(row) - scrollTop,
      shade: box => this.#shade(box, colours),
      matches: matches ? ({ nodes }) => nodes.some(({ frame }) => frame && matches(frame.name)) : undefined,
      zoomedRow: zoomed.depth,
      cursor: this.#cursor(),
    });
  }

  /** Places the boxes. Answers how wide that is, pixels. */
  #lay(zoomed: FlameNode): number {
    let width = this.#box.clientWidth;
    this.#rows = layoutFlame(zoomed, width);
    this.#resize(this.#rows.length * ROW_HEIGHT);
    // A scroll bar may just have come, or gone.
    if (this.#box.clientWidth !== width) {
      width = this.#box.clientWidth;
      this.#rows = layoutFlame(zoomed, width);
    }
    return width;
  }

  /** Grows with the stacks, and shrinks by zooming only. What stands at the bottom stays there. */
  #resize(needed: number): void {
    const fromEnd = this.#laidHeight - this.#box.scrollTop;
    this.#height = Math.max(this.#height, needed);
    const height = this.#height;
    if (height === this.#laidHeight) return;
    this.#laidHeight = height;
    this.#space.style.height = `${height}px`;
    this.#box.style.height = `${Math.min(height, ROWS_IN_VIEW * ROW_HEIGHT)}px`;
    if (this.#flames) this.#box.scrollTop = height - fromEnd;
  }

  #top(row: number): number {
    return this.#flames ? this.#height - (row + 1) * ROW_HEIGHT : row * ROW_HEIGHT;
  }

  #shade({ nodes }: Box, colours: Colours): Shade {
    const [node] = nodes as [FlameNode];
    if (!node.frame || node.frame.name === ELLIPSIS || nodes.length > 1) return colours.neutral;
    if (this.#changes) return colours.changed(change(node, this.#tree));
    return colours.shade(node.frame.of, node.frame.name);
  }

  #matchedText(matches: ReturnType<typeof matcher>): string {
    if (matches === null) return 'not a regular expression';
    if (!matches) return '';
    const total = matchedTotal(this.#tree, matches);
    return `matched ${percent(share(total, this.#tree.total))}: ${amount(total, this.#panel!.unit)}`;
  }

  /** The frame of a path, or the innermost of it that there is. */
  #find(path: string[]): FlameNode {
    let node = this.#tree;
    for (const key of path) {
      const next = node.children.find(({ frame }) => frameKey(frame!) === key);
      if (!next) break;
      node = next;
    }
    return node;
  }

  #zoom(node: FlameNode): void {
    this.#zoomPath = keysOf(node);
    this.#height = 0;
    this.#tooltip.hide();
    this.#frame.request();
  }

  /** Frames that are drawn as one are given more room. */
  #zoomInto({ nodes }: Box): void {
    const [node] = nodes as [FlameNode];
    this.#zoom(nodes.length > 1 ? node.parent! : node);
  }

  #flip(button: HTMLElement): void {
    button.setAttribute('aria-pressed', String(!pressed(button)));
    if (button === this.#icicle) this.#box.scrollTop = this.#flames ? this.#height : 0;
    this.#frame.request();
  }

  #listen(): void {
    this.#box.addEventListener('scroll', () => this.#frame.request(), { passive: true });
    this.#canvas.addEventListener('pointermove', event => this.#point(event));
    this.#canvas.addEventListener('pointerleave', () => this.#tooltip.hide());
    this.#canvas.addEventListener('click', event => {
      const box = this.#boxUnder(event);
      if (box) this.#zoomInto(box);
    });
    this.#box.addEventListener('keydown', event => this.#press(event));
    this.#box.addEventListener('blur', () => {
      this.#cursorPath = undefined;
      this.#tooltip.hide();
      this.#frame.request();
    });
  }

  #boxUnder({ offsetX, offsetY }: MouseEvent): Box | undefined {
    const y = offsetY + this.#box.scrollTop;
    const row = Math.floor((this.#flames ? this.#height - 1 - y : y) / ROW_HEIGHT);
    return boxAt(this.#rows, row, offsetX);
  }

  #point(event: PointerEvent): void {
    const box = this.#boxUnder(event);
    this.#canvas.style.cursor = box ? 'pointer' : '';
    if (box) this.#tell(box, event.clientX, event.clientY);
    else this.#tooltip.hide();
  }

  #tell(box: Box, x: number, y: number): void {
    this.#tooltip.show(details(box, { panel: this.#panel!, root: this.#tree }), x, y);
  }

  #cursor(): Box | undefined {
    if (!this.#cursorPath) return undefined;
    const node = this.#find(this.#cursorPath);
    return this.#rows[node.depth]?.find(({ nodes }) => nodes.includes(node));
  }

  #press(event: KeyboardEvent): void {
    const act = this.#keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    // The editor has meanings of its own for them.
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  readonly #keys: { [key: string]: () => void } = {
    ArrowUp: () => this.#climb(this.#flames ? 1 : -1),
    ArrowDown: () => this.#climb(this.#flames ? -1 : 1),
    ArrowLeft: () => this.#step(-1),
    ArrowRight: () => this.#step(1),
    Home: () => this.#go(this.#rows[0]![0]!),
    Enter: () => this.#zoomInto(this.#cursor() ?? this.#first()),
    ' ': () => this.#zoomInto(this.#cursor() ?? this.#first()),
    Backspace: () => this.#zoom(this.#find(this.#zoomPath).parent ?? this.#tree),
    Escape: () => this.#zoom(this.#tree),
  };

  /** To the caller, or to the widest of what is called. */
  #climb(by: 1 | -1): void {
    const cursor = this.#cursor();
    const next = cursor ? neighbour(this.#rows, cursor, by) : this.#first();
    if (next) this.#go(next);
  }

  #step(by: 1 | -1): void {
    const cursor = this.#cursor();
    const row = cursor ? this.#rows[cursor.row]! : [];
    const next = cursor ? row[row.indexOf(cursor) + by] : this.#first();
    if (next) this.#go(next);
  }

  /** Where the cursor comes in. */
  #first(): Box {
    return this.#rows[this.#find(this.#zoomPath).depth]![0]!;
  }

  #go(box: Box): void {
    this.#cursorPath = keysOf(box.nodes[0]!);
    const top = this.#top(box.row);
    const { scrollTop, clientHeight } = this.#box;
    if (top < scrollTop) this.#box.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight)
      this.#box.scrollTop = top + ROW_HEIGHT - clientHeight;
    this.#paint();
    const { left, top: edge } = this.#box.getBoundingClientRect();
    this.#tell(box, left + box.x, edge + top + ROW_HEIGHT - this.#box.scrollTop);
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

const pressed = (button: HTMLElement): boolean => button.getAttribute('aria-pressed') === 'true';
