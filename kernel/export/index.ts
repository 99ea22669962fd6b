/** Notebooks in forms for others to read. */
import type { Notebook } from '../notebook/index.ts';
import type { ExportFormat } from '../protocol.ts';
import { notebookPage } from './html.ts';
import { jupyterNotebook } from './ipynb.ts';
import { notebookMarkdown } from './md.ts';

export interface ExportContext {
  /** Of the notebook: its file's name without the extension. */
  name: string;
  /** Where it is, for pictures beside it; absent for one that is in no folder. */
  directory?: string;
}

const FORMATS: { readonly [format in ExportFormat]: (notebook: Notebook, context: ExportContext) => string } =
  {
    html: notebookPage,
    ipynb: jupyterNotebook,
    md: notebookMarkdown,
  };

/** The text of the file. Throws only where the scripts of a page are not there. */
export const exportNotebook = (notebook: Notebook, format: ExportFormat, context: ExportContext): string =>
  FORMATS[format](notebook, context);
