/** Where the SEC() text of a BPF C program attaches, with the paths of this notebook. */
import { isAbsolute, resolve } from 'node:path';
import { sectionAttach } from '../language/index.ts';
import type { AttachSpec } from '../layout.ts';

/** A relative path starts from the notebook's folder; a name without a slash is a library or on PATH. */
export const resolveBinary = (path: string, directory: string) =>
  path.includes('/') && !isAbsolute(path) ? resolve(directory, path) : path;

export const attachSpec = (section: string, directory: string): AttachSpec =>
  sectionAttach(section, path => resolveBinary(path, directory));
