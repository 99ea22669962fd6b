/** What draws a panel in the form that was chosen. */
import { tableForm } from '../../kernel/notebook/index.ts';
import type { Panel, TextPanel, ViewName } from '../../kernel/protocol.ts';
import { ChartView } from './chart/view.ts';
import { FlameView } from './flame/view.ts';
import type { PanelHost, PanelView } from './panel.ts';
import { TableView } from './table/view.ts';
import { TextView } from './text.ts';

type Forms = { [F in ViewName]: { make(host: PanelHost): PanelView; of(panel: Panel): Panel } };

const asTable = (panel: Panel) => (panel.kind === 'text' ? panel : tableForm(panel));

/** What bpftrace prints for a panel, as a panel of text. */
function asText(panel: Panel): Panel {
  if (panel.kind === 'text') return panel;
  const { id, title, text = [] } = panel;
  return {
    id,
    kind: 'text',
    title,
    lines: text,
    first: 0,
    total: text.length,
    stream: 'stdout',
  } satisfies TextPanel;
}

const FORMS: Forms = {
  table: { make: host => new TableView(host) as PanelView, of: asTable },
  chart: { make: () => new ChartView('chart'), of: panel => panel },
  heatmap: { make: () => new ChartView('heatmap'), of: panel => panel },
  lines: { make: () => new ChartView('lines'), of: panel => panel },
  flame: { make: host => new FlameView(host) as PanelView, of: panel => panel },
  text: { make: () => new TextView() as PanelView, of: asText },
};

/** A view of a panel in one form. */
export class FormView {
  readonly view: PanelView;

  constructor(
    readonly form: ViewName,
    host: PanelHost,
  ) {
    this.view = FORMS[form].make(host);
  }

  update(panel: Panel, repeats: boolean): void {
    this.view.update(FORMS[this.form].of(panel), repeats);
  }
}
