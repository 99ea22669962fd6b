/** What every kind of panel can do. */
import type { Panel } from '../../kernel/protocol.ts';

export interface PanelView<P extends Panel = Panel> {
  readonly element: HTMLElement;
  /**
   * Shows the panel as it is now. Called at most once a frame, and only when it changed. `repeats`: the run has
   * tables or charts that show the same in a better form.
   */
  update(panel: P, repeats: boolean): void;
  dispose(): void;
}
