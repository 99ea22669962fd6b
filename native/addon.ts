/** Finds and loads the compiled addon: beside the bundle in dist/, or in .build/ when run from source. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as Native from './types.ts';

const CANDIDATES = ['./ebpfnb.node', '../.build/native/ebpfnb.node'];

const path = CANDIDATES.map(name => fileURLToPath(new URL(name, import.meta.url))).find(existsSync);
if (!path) throw new Error(`the native addon is not built (${CANDIDATES.join(', ')}): run "npm run native"`);

export const native: typeof Native = createRequire(import.meta.url)(path);
