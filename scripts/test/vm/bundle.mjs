/**
 * Test files as one module each: a virtual machine would spend half a minute on compiling and finding the hundreds of
 * modules of each file.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inBuild, ROOT } from '../../setup/folders.mjs';

const FOLDER = inBuild('vm', 'tests');

/** Modules look for files beside themselves, and go on doing so where their source is. */
const inPlace = {
  name: 'in place',
  setup: build =>
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    })),
};

/** Packages in CommonJS call it. */
const requireShim =
  "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);";

/** @param {string[]} files as by testFiles() @returns {Promise<string[]>} the bundles, by their path from the project's root */
export async function bundleTests(files) {
  // Not there before the set-up, which this file is read before.
  const esbuild = await import('esbuild');
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: files,
    outbase: ROOT,
    outdir: FOLDER,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: requireShim },
    plugins: [inPlace],
    logLevel: 'warning',
  });
  return files.map(file => join(relative(ROOT, FOLDER), file.replace(/\.ts$/, '.mjs')));
}

/** The test file that a bundle was made of. @param {string} bundle by its path from the project's root */
export const sourceOf = bundle => relative(FOLDER, join(ROOT, bundle)).replace(/\.mjs$/, '.ts');
