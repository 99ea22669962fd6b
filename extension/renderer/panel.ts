/** What every kind of panel can do. */
import type { Panel, RunTotals } from '../../kernel/protocol.ts';

/** The run that a view is part of, as far as the view may ask. */
export interface PanelHost {
  readonly run: string;
  readonly totals: RunTotals;
  /** More may come. */
  readonly live: boolean;
  /** The panel with all rows that the kernel keeps, as of now; null where there is no more than what is here. */
  whole(panel: string): Promise<Panel | null>;
  /** What of this class was made for this panel before, by whichever view; it goes with the output. */
  remembered<T extends object>(panel: string, make: new () => T): T;
}

export interface PanelView<P extends Panel = Panel> {
  readonly element: HTMLElement;
  /**
   * Shows the panel as it is now. Called at most once a frame, and only when it changed. `repeats`: the run has
   * tables or charts that show the same in a better form.
   */
  update(panel: P, repeats: boolean): void;
  dispose(): void;
}
