/** Reading the notebook that a command is about. */
import { readFileSync } from 'node:fs';
import { CellError, problem } from '../errors.ts';
import { type Notebook, parseNotebook } from '../notebook/index.ts';

/** Throws CellError. */
export function readNotebook(file: string): Notebook {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CellError([problem('unreadable-file', { file, reason: (error as Error).message })]);
  }
  try {
    return parseNotebook(text);
  } catch (error) {
    throw new CellError([problem('not-a-notebook', { file, reason: (error as Error).message })]);
  }
}
