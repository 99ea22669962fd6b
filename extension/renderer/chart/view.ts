/** A panel as a chart: one Vega view, whose data is replaced in place. */
import {
  type Chart,
  type ChartForm,
  chartOf,
  isEmpty,
  type Row,
} from '../../../kernel/notebook/charts/index.ts';
import type { Panel } from '../../../kernel/protocol.ts';
import { element, setLabel, setText } from '../dom.ts';
import type { PanelView } from '../panel.ts';
import { save } from '../save.ts';
import { Sight } from '../sight.ts';
import { FILES, fileName, type Saved } from './files.ts';
import { type ChartTheme, chartTheme } from './theme.ts';
import { ChartTools } from './tools.ts';
import { Tooltip } from './tooltip.ts';
import { inTurn } from './turns.ts';
import type { Drawing } from './vega.ts';

/** Pixels. A chart wider than this is not read any better. */
const WIDEST = 860;
/** Narrower than this, plots are one below the other. */
const NARROW = 520;
const NARROWEST = 220;
/** Left free on the right: numbers at the ends of bars, labels at the end of an axis. */
const MARGIN = 90;
/** A scroll bar that comes or goes moves nothing. */
const STEP = 20;

const NAMES: { [kind in Chart['kind']]: string } = {
  histogram: 'Histogram',
  histograms: 'Histogram',
  histogramPairs: 'Histogram',
  bars: 'Bars',
  line: 'Line',
  lines: 'Lines',
  heatmap: 'Heatmap',
};

/** Pixels that a chart will take, about: room is made before it is in sight and drawn, so that nothing jumps. */
const ROOM: { [kind in Chart['kind']]: (shown: number) => number } = {
  histogram: () => 240,
  histograms: shown => 70 + 150 * shown,
  histogramPairs: shown => 70 + 150 * Math.ceil(shown / 2),
  bars: shown => 55 + 18 * shown,
  line: () => 250,
  lines: () => 275,
  heatmap: () => 280,
};

/** What is drawn, and how. */
interface Drawn {
  chart: Chart;
  drawing: Drawing;
  theme: ChartTheme;
  /** All but the data: when this is another, the chart is made anew. */
  shape: string;
  /** The data and the width: when these are the same, nothing is drawn. */
  content: string;
}

export class ChartView implements PanelView {
  readonly element = element('section', { class: 'panel chart' });
  #plot = element('div', { class: 'plot' });
  #nothing = element('p', { class: 'nothing' });
  #tools: ChartTools;
  #tooltip = new Tooltip();
  #pointed: { row: Row; event: MouseEvent } | null = null;
  #panel: Panel | undefined;
  #drawn: Drawn | undefined;
  #width = 0;
  #visible = false;
  #busy = false;
  #again = false;
  #disposed = false;
  #resizing = new ResizeObserver(() => void this.#draw());
  #theming = new MutationObserver(() => void this.#draw());
  #sight = new Sight(this.element, visible => {
    this.#visible = visible;
    if (this.#again) void this.#draw();
  });

  constructor(private readonly form: ChartForm) {
    this.#tools = new ChartTools(form === 'heatmap', {
      changed: () => void this.#draw(),
      save: as => void this.#save(as),
    });
    this.element.append(this.#nothing, this.#tools.bar, this.#plot, this.#tools.foot, this.#tooltip.element);
    this.#resizing.observe(this.element);
    // VS Code names the theme on the body, and puts its colours on the root.
    for (const [place, attributes] of [
      [document.body, ['class', 'data-vscode-theme-id']],
      [document.documentElement, ['style']],
    ] as const)
      this.#theming.observe(place, { attributeFilter: [...attributes] });
  }

  update(panel: Panel): void {
    this.#panel = panel;
    if (!this.#drawn) this.#makeRoom(panel);
    void this.#draw();
  }

  dispose(): void {
    this.#disposed = true;
    for (const observer of [this.#resizing, this.#theming, this.#sight]) observer.disconnect();
    this.#drawn?.drawing.dispose();
  }

  #makeRoom(panel: Panel): void {
    const chart = chartOf(panel, this.form);
    if (chart) this.#plot.style.minHeight = `${ROOM[chart.kind](chart.shown)}px`;
  }

  /** One drawing at a time, and none out of sight; what changes meanwhile is drawn next. */
  async #draw(): Promise<void> {
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#again && this.#visible && this.#panel && !this.#disposed) {
        await inTurn(this.#drawn !== undefined, async () => {
          this.#again = false;
          if (!this.#disposed) await this.#drawOnce(this.#panel!);
        });
      }
    } catch (error) {
      this.#drawn?.drawing.dispose();
      this.#drawn = undefined;
      this.#plot.textContent = `This chart could not be drawn: ${error}. Its numbers are in the table.`;
    } finally {
      this.#busy = false;
    }
  }

  async #drawOnce(panel: Panel): Promise<void> {
    const width = this.#plotWidth();
    const { log, more } = this.#tools;
    const chart = chartOf(panel, this.form, { more, narrow: width < NARROW });
    if (!chart) return;
    setLabel(this.element, `${NAMES[chart.kind]} ${panel.title}`);
    this.#tools.update(chart);
    const empty = isEmpty(chart);
    this.element.classList.toggle('empty', empty);
    setText(this.#nothing, empty ? `${chart.words.title}: nothing yet` : '');
    if (empty) {
      this.#tooltip.hide();
      return;
    }
    const theme = chartTheme(this.element);
    const { config, ink, text } = theme;
    const slots = { ...chart.words, ink, text };
    const shape = JSON.stringify([chart.kind, log, slots, config]);
    const content = JSON.stringify([chart.data, width]);
    if (this.#drawn?.shape === shape) {
      const changed = this.#drawn.content !== content;
      Object.assign(this.#drawn, { chart, content });
      if (changed) await this.#drawn.drawing.update(chart.data, width);
      this.#tell();
      return;
    }
    const { draw } = await import('./vega.ts');
    if (this.#disposed) return;
    const plot = element('div', { class: 'plot' });
    const drawing = await draw(plot, chart, { log, width, slots, config }, (row, event) => {
      this.#pointed = row && { row, event };
      this.#tell();
    });
    if (this.#disposed) {
      drawing.dispose();
      return;
    }
    this.#drawn?.drawing.dispose();
    this.#pointed = null;
    this.#tell();
    this.#plot.replaceWith(plot);
    this.#plot = plot;
    this.#drawn = { chart, drawing, theme, shape, content };
  }

  /** What is under the pointer, as it is now. */
  #tell(): void {
    const { chart } = this.#drawn ?? {};
    const row = chart && this.#pointed && rowAt(chart, this.#pointed.row);
    if (row) this.#tooltip.show(chart.facts(row), this.#pointed!.event);
    else this.#tooltip.hide();
  }

  /** Follows the output's width in steps. */
  #plotWidth(): number {
    const available = Math.min(this.element.clientWidth || WIDEST, WIDEST) - MARGIN;
    if (available < this.#width || available >= this.#width + STEP) this.#width = available;
    return Math.max(NARROWEST, this.#width);
  }

  async #save(as: Saved): Promise<void> {
    if (!this.#drawn) return;
    const { chart, drawing, theme } = this.#drawn;
    const { extension, content } = FILES[as];
    const blob = await content({ chart, drawing, ground: theme.ground, log: this.#tools.log });
    save(this.element, fileName(chart.words.title, extension), blob);
  }
}

/** Fields that say where a row is drawn. */
const PLACE = ['key', 'bucket', 'start', 'index'];

/** The row that is now where another was. */
function rowAt({ data }: Chart, before: Row): Row | undefined {
  const here = (row: Row) => PLACE.every(field => row[field] === before[field]);
  return data.values.find(here) ?? data.spans.find(here);
}
