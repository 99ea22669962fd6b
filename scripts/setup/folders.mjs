/** Where things are. Everything that set-up makes lies in one folder of the project's own. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** @param {...string} names */
export const inRoot = (...names) => join(ROOT, ...names);
/** @param {...string} names */
export const inBuild = (...names) => join(ROOT, '.build', ...names);
