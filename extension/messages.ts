/** What a renderer instance and the extension say to each other through VS Code's renderer messaging. */
import type { Panel, RunDelta, RunSnapshot, TablePanel, ViewName } from '../kernel/protocol.ts';

export interface ViewChoice {
  /** By the user, for the cell. */
  chosen?: ViewName;
  /** By the cell's options: what is shown when nothing was chosen. */
  preset?: ViewName;
}

/** `subscriber` names one view of one output in one editor. */
export type RendererMessage =
  | { type: 'subscribe'; run: string; cell: string; subscriber: string }
  | { type: 'unsubscribe'; run: string; subscriber: string }
  | { type: 'ack'; run: string; subscriber: string; sequence: number }
  /** The view wants panels with their text, or no longer. */
  | { type: 'look'; run: string; subscriber: string; text: boolean }
  /** All rows of a panel that the kernel keeps, as of now. */
  | { type: 'panel'; run: string; subscriber: string; panel: string }
  /** The user chose the form of the cell's outputs; without one, the automatic one. */
  | { type: 'choose'; run: string; cell: string; view?: ViewName }
  /** Run the cell of this run again. */
  | { type: 'restart'; run: string; cell: string };

export type ExtensionMessage =
  /** Answers `subscribe`. Null: no kernel knows the run, so what was saved is all there is. */
  | { type: 'snapshot'; run: string; subscriber: string; snapshot: RunSnapshot | null }
  | { type: 'delta'; delta: RunDelta }
  /** Answers `panel`; `id` is what was asked for. Null: nobody has more of it than what is shown. */
  | { type: 'panel'; run: string; subscriber: string; id: string; panel: Panel | null }
  /** The form of a cell's outputs, as it is now: when a view of it subscribes, and when it changes. */
  | { type: 'choice'; cell: string; choice: ViewChoice };

/** Answers the page of a map, whatever it said. */
export interface MapContents {
  name: string;
  /** Its type, how full it is, the memory it takes. */
  about: string;
  /** Null: it cannot be read any more. */
  table: TablePanel | null;
}
