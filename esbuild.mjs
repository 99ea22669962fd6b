// Bundles the programs of the project into dist/ and copies what they read at run time.
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { resolve } from 'node:path';
import * as esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
// Both Node bundles are ES modules; a CommonJS dependency inside them still calls require().
const requireShim =
  "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);";
const node = { platform: 'node', target: 'node20', format: 'esm', banner: { js: requireShim } };

/** What hardly any run needs: each a bundle of its own, loaded by those that do. */
const APART = { disassembler: 'kernel/session/disassembler.ts', export: 'kernel/export/index.ts' };

/** Calls `make` with the name of the row of `table` that a dynamic import means, for what esbuild shall take instead. */
const dynamicImports = (table, make) => ({
  name: 'dynamic imports',
  setup: build =>
    build.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const [name] =
        Object.entries(table).find(([, file]) => resolve(file) === resolve(resolveDir, path)) ?? [];
      return name && make(name);
    }),
});
const apart = dynamicImports(APART, name => ({ path: `./${name}.mjs`, external: true }));
/** A page that stands alone cannot load what it needs later: it is a script in front, where it is needed. */
const PAGE_PARTS = { charts: 'extension/renderer/chart/vega.ts' };
const partOfPage = name => `ebpfnb_${name}`;
const page = { platform: 'browser', target: 'es2022', format: 'iife', minify: true, sourcemap: false };
const partsInFront = {
  name: 'parts in front',
  setup: build => {
    dynamicImports(PAGE_PARTS, name => ({ path: name, namespace: 'part' })).setup(build);
    build.onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
      contents: `module.exports = globalThis.${partOfPage(path)};`,
    }));
  },
};
/** What takes a large library to make, and never differs: it is made now, and is JSON in the bundle. */
const built = {
  name: 'built',
  setup: build =>
    build.onLoad({ filter: /\.built\.ts$/ }, async ({ path }) => {
      const { outputFiles, metafile } = await esbuild.build({
        entryPoints: [path],
        bundle: true,
        format: 'esm',
        platform: 'browser',
        metafile: true,
        write: false,
      });
      const module = await import(
        `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
      );
      return {
        contents: JSON.stringify(module.default),
        loader: 'json',
        watchFiles: Object.keys(metafile.inputs).map(file => resolve(file)),
      };
    }),
};
// Its WebAssembly lies beside it.
const folderShim = "const __dirname = require('node:url').fileURLToPath(new URL('.', import.meta.url));";

const bundles = [
  {
    entryPoints: { extension: 'extension/extension.ts' },
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  },
  {
    entryPoints: { ebpfnb: 'kernel/cli/main.ts' },
    ...node,
    banner: { js: `#!/usr/bin/env node\n${requireShim}` },
    outExtension: { '.js': '.mjs' },
    plugins: [apart],
  },
  {
    entryPoints: APART,
    ...node,
    banner: { js: `${requireShim}\n${folderShim}` },
    outExtension: { '.js': '.mjs' },
    minify: true,
    sourcemap: watch,
  },
  { entryPoints: { loader: 'kernel/loader/main.ts' }, ...node, outExtension: { '.js': '.mjs' } },
  // Charts are a chunk of their own, loaded by the first output that has one.
  {
    entryPoints: { renderer: 'extension/renderer/main.ts' },
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    splitting: true,
    chunkNames: 'renderer/[name]',
    loader: { '.css': 'text' },
    minify: true,
    // Four times the size of the bundles themselves.
    sourcemap: watch,
  },
  {
    entryPoints: { page: 'extension/renderer/page.ts', map: 'extension/renderer/map.ts' },
    ...page,
    loader: { '.css': 'text' },
    plugins: [partsInFront],
  },
  ...Object.entries(PAGE_PARTS).map(([name, file]) => ({
    entryPoints: { [`page-${name}`]: file },
    ...page,
    globalName: partOfPage(name),
  })),
];

const common = {
  bundle: true,
  outdir: 'dist',
  sourcemap: true,
  minify: false,
  logLevel: 'warning',
  legalComments: 'none',
};

/** The native addon and the C headers travel with the bundles, so that dist/ is all an installed copy needs. */
function copyRuntimeFiles() {
  mkdirSync('dist', { recursive: true });
  if (existsSync('.build/native/ebpfnb.node')) {
    // A loader at work has the old file mapped: it is replaced, never written over.
    cpSync('.build/native/ebpfnb.node', 'dist/ebpfnb.node.new');
    renameSync('dist/ebpfnb.node.new', 'dist/ebpfnb.node');
  }
  if (existsSync('.build/libbpf/include'))
    cpSync('.build/libbpf/include', 'dist/include', { recursive: true });
  cpSync('bpf', 'dist/bpf', { recursive: true });
  cpSync('node_modules/iced-x86/iced_x86_bg.wasm', 'dist/iced_x86_bg.wasm');
}

copyRuntimeFiles();
for (const bundle of bundles) {
  const options = { ...common, ...bundle, plugins: [built, ...(bundle.plugins ?? [])] };
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
