/** Histograms and bars: one Vega view a panel, whose data is replaced in place. */
import { vegaLite } from '../../../kernel/notebook/index.ts';
import type { BarsPanel, HistogramPanel } from '../../../kernel/protocol.ts';
import { element } from '../dom.ts';
import type { PanelView } from '../panel.ts';
import { chartConfig } from './theme.ts';
import type { Drawing } from './vega.ts';

type ChartPanel = HistogramPanel | BarsPanel;

/** Pixels. A chart wider than this is not read any better. */
const WIDEST = 720;
/** Left for the axis and its labels. */
const MARGIN = 90;
const LABELS: Record<ChartPanel['kind'], string> = { histogram: 'Histogram', bars: 'Bars' };

export class ChartView implements PanelView<ChartPanel> {
  readonly element = element('section', { class: 'panel chart' });
  #plot = element('div', { class: 'plot' });
  #panel: ChartPanel | undefined;
  #drawing: Drawing | undefined;
  /** The spec drawn, its data left out, with the theme it was drawn in. */
  #drawn = '';
  #width = 0;
  #busy = false;
  #again = false;
  #disposed = false;
  #resizing = new ResizeObserver(() => this.#reconsider());
  #theming = new MutationObserver(() => this.#reconsider());

  constructor() {
    this.element.append(this.#plot);
    this.#resizing.observe(this.element);
    // VS Code names the theme on the body.
    this.#theming.observe(document.body, {
      attributes: true,
      attributeFilter: ['class', 'data-vscode-theme-id'],
    });
  }

  update(panel: ChartPanel): void {
    this.#panel = panel;
    this.element.setAttribute('aria-label', `${LABELS[panel.kind]} ${panel.title}`);
    void this.#draw();
  }

  dispose(): void {
    this.#disposed = true;
    this.#resizing.disconnect();
    this.#theming.disconnect();
    this.#drawing?.dispose();
  }

  #reconsider(): void {
    if (this.#panel) void this.#draw();
  }

  /** One drawing at a time; what changes meanwhile is drawn next. */
  async #draw(): Promise<void> {
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#again && !this.#disposed) {
        this.#again = false;
        await this.#drawOnce();
      }
    } finally {
      this.#busy = false;
    }
  }

  async #drawOnce(): Promise<void> {
    const { data, ...spec } = vegaLite(this.#panel!, { width: this.#plotWidth() }) as {
      data: { values: unknown[] };
      [key: string]: unknown;
    };
    const config = chartConfig(this.element);
    const shape = JSON.stringify([spec, config]);
    if (this.#drawing && shape === this.#drawn) {
      await this.#drawing.update(data.values);
      return;
    }
    const { draw } = await import('./vega.ts');
    if (this.#disposed) return;
    const fresh = element('div', { class: 'plot' });
    const drawing = await draw(fresh, spec, data.values, config);
    this.#drawing?.dispose();
    this.#plot.replaceWith(fresh);
    this.#plot = fresh;
    this.#drawing = drawing;
    this.#drawn = shape;
  }

  /** Follows the output's width in steps, so that a scroll bar coming or going does not redraw. */
  #plotWidth(): number {
    const available = Math.min(this.element.clientWidth || 600, WIDEST) - MARGIN;
    if (Math.abs(available - this.#width) >= 20) this.#width = Math.max(160, available);
    const columns = this.#panel?.kind === 'histogram' && this.#panel.series.length > 1 ? 2 : 1;
    return columns === 2 ? Math.max(160, Math.floor(this.#width / 2) - 40) : this.#width;
  }
}
