/** Where the files that travel with the program are: in dist/ when bundled, in the source tree otherwise. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const first = (...paths: string[]) => paths.map(here).find(existsSync) ?? here(paths[0]!);

/** The C headers of bpf/ (ours). */
export const bpfHeaders = () => first('./bpf', '../bpf');
/** libbpf's own headers (`<bpf/bpf_helpers.h>` …) and the UAPI headers of its release. */
export const libbpfHeaders = () => first('./include', '../.build/libbpf/include');
/** The loader's bundle; always built, because it runs under another user. */
export const loaderBundle = () => first('./loader.mjs', '../dist/loader.mjs');
/** The `ebpfnb` command's bundle. */
export const commandBundle = () => first('./ebpfnb.mjs', '../dist/ebpfnb.mjs');
/** A script of exported pages: `page`, `page-charts`. */
export const pageScript = (name: string) => first(`./${name}.js`, `../dist/${name}.js`);
