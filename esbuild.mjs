// Bundles the programs of the project into dist/ and copies what they read at run time.
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import * as esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
// Both Node bundles are ES modules; a CommonJS dependency inside them still calls require().
const requireShim =
  "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);";
const node = { platform: 'node', target: 'node20', format: 'esm', banner: { js: requireShim } };

/** What hardly any run needs is a bundle of its own, loaded by those that do. */
const apart = {
  name: 'apart',
  setup: build =>
    build.onResolve({ filter: /\/disassembler\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './disassembler.mjs', external: true } : undefined,
    ),
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
    entryPoints: { disassembler: 'kernel/session/disassembler.ts' },
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
  const options = { ...common, ...bundle };
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
