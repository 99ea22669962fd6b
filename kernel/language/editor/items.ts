/** What a completion offers. */
import type { Documented } from '../tables/rows.ts';
import { documentation } from './descriptions.ts';

export type CompletionKind =
  | 'provider'
  | 'probe'
  | 'field'
  | 'builtin'
  | 'function'
  | 'macro'
  | 'variable'
  | 'map'
  | 'type'
  | 'keyword'
  | 'option'
  | 'value';

export interface CompletionItem {
  label: string;
  kind: CompletionKind;
  /** A type or a signature: one line. */
  detail?: string;
  /** Markdown. */
  documentation?: string;
  /** In place of the label; `$0` is where the cursor goes. */
  snippet?: string;
  /** What the text typed so far is compared with, in place of the label. */
  filter?: string;
  /** Something more can be completed right behind it. */
  again?: boolean;
}

export interface Completion {
  /** What is replaced. */
  start: number;
  end: number;
  items: CompletionItem[];
  /** There are more than are listed: ask again when more was typed. */
  more: boolean;
}

/** A row of the language's tables as it stands. */
export const item = (row: Documented, kind: CompletionKind): CompletionItem => ({
  label: row.name,
  kind,
  detail: row.signature,
  documentation: documentation(row),
});
