/** Pictures as data URIs: a page that stands alone asks nobody for them. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import type { JsonObject, NotebookCell } from '../notebook/index.ts';

/** What a picture's source in Markdown becomes: a data URI, or undefined for what must not or cannot be taken in. */
export type Images = (source: string) => string | undefined;

/** Drawn as pictures, which run no script and load nothing, SVG too. */
const TYPES: { readonly [extension: string]: string } = {
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};
const MIMES = new Set(Object.values(TYPES));
/** Bytes of a file. */
const LARGEST = 16 * 2 ** 20;

/** Undefined unless it is a picture. */
export function dataUri(mime: string, base64: string): string | undefined {
  const bytes = base64.replace(/\s+/g, '');
  return MIMES.has(mime) && /^[A-Za-z0-9+/]+=*$/.test(bytes) ? `data:${mime};base64,${bytes}` : undefined;
}

/** Those of a Markdown cell: its attachments, and files in the notebook's folder. */
export function imagesOf({ json }: NotebookCell, directory: string | undefined): Images {
  const attachments = (json.attachments ?? {}) as { [name: string]: JsonObject };
  return source => {
    if (source.startsWith('data:')) return source;
    const path = decoded(source);
    if (!path.startsWith('attachment:')) return directory && fileUri(directory, path);
    const bundle = attachments[path.slice('attachment:'.length)];
    for (const [mime, data] of Object.entries(bundle ?? {})) {
      const uri = typeof data === 'string' ? dataUri(mime, data) : undefined;
      if (uri) return uri;
    }
  };
}

function decoded(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}

/** Of a file in `directory` or below: a notebook from elsewhere shall not put other files into what one hands on. */
function fileUri(directory: string, path: string): string | undefined {
  const mime = TYPES[extname(path).toLowerCase()];
  if (mime === undefined) return undefined;
  try {
    const file = realpathSync(join(directory, path));
    if (!file.startsWith(realpathSync(directory) + sep) || statSync(file).size > LARGEST) return undefined;
    return dataUri(mime, readFileSync(file, 'base64'));
  } catch {
    return undefined;
  }
}
