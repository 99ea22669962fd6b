/** What a renderer instance and the extension say to each other through VS Code's renderer messaging. */
import type { RunDelta, RunSnapshot } from '../kernel/protocol.ts';

/** `subscriber` names one view of one output in one editor. */
export type RendererMessage =
  | { type: 'subscribe'; run: string; subscriber: string }
  | { type: 'unsubscribe'; run: string; subscriber: string }
  | { type: 'ack'; run: string; subscriber: string; sequence: number }
  /** Run the cell of this run again. */
  | { type: 'restart'; run: string; cell: string };

export type ExtensionMessage =
  /** Answers `subscribe`. Null: no kernel knows the run, so what was saved is all there is. */
  | { type: 'snapshot'; run: string; subscriber: string; snapshot: RunSnapshot | null }
  | { type: 'delta'; delta: RunDelta };
