/**
 * Checks that dependency arrows run one way, as docs/architecture.md says: every import of the source tree,
 * types included, against one table. Prints each violation with its file and line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './setup/folders.mjs';

/** The words between the processes, and what the pure folders share. */
const CONTRACTS = ['errors', 'layout', 'protocol'];
const PURE = [...CONTRACTS, 'language', 'notebook', 'views'];

/**
 * One row an area: where it is (the first row that fits counts), which areas it may import, and whether it is
 * pure: no Node module, no `vscode`, no package.
 * @type {{name: string, at: string, imports: string[], pure?: boolean}[]}
 */
const AREAS = [
  { name: 'errors', at: 'kernel/errors', imports: [], pure: true },
  { name: 'layout', at: 'kernel/layout.ts', imports: ['errors'], pure: true },
  { name: 'panels', at: 'kernel/panels.ts', imports: [], pure: true },
  { name: 'protocol', at: 'kernel/protocol.ts', imports: ['errors', 'layout', 'panels'], pure: true },
  { name: 'errno', at: 'kernel/errno.ts', imports: [], pure: true },
  { name: 'utf8', at: 'kernel/utf8.ts', imports: [], pure: true },
  { name: 'glob', at: 'kernel/glob.ts', imports: [], pure: true },
  { name: 'map-types', at: 'kernel/mapTypes.ts', imports: [], pure: true },
  {
    name: 'language',
    at: 'kernel/language/',
    imports: [...CONTRACTS, 'errno', 'glob', 'map-types', 'utf8'],
    pure: true,
  },
  { name: 'notebook', at: 'kernel/notebook/', imports: [...CONTRACTS, 'utf8'], pure: true },
  {
    name: 'views',
    at: 'kernel/views/',
    imports: [...CONTRACTS, 'errno', 'map-types', 'utf8', 'loader-protocol', 'notebook'],
    pure: true,
  },
  { name: 'verifier', at: 'kernel/verifier/', imports: ['errors'], pure: true },
  { name: 'loader-protocol', at: 'kernel/loader/protocol.ts', imports: CONTRACTS, pure: true },
  { name: 'paths', at: 'kernel/paths.ts', imports: [] },
  {
    name: 'loader',
    at: 'kernel/loader/',
    imports: [...CONTRACTS, 'loader-protocol', 'paths', 'glob', 'native'],
  },
  { name: 'btf', at: 'kernel/btf/', imports: [...CONTRACTS, 'native'] },
  {
    name: 'export',
    at: 'kernel/export/',
    imports: ['protocol', 'notebook', 'language', 'paths'],
  },
  {
    name: 'kernel',
    at: 'kernel/',
    imports: [
      ...PURE,
      'export',
      'errno',
      'glob',
      'map-types',
      'utf8',
      'loader-protocol',
      'paths',
      'loader',
      'btf',
      'verifier',
    ],
  },
  { name: 'extension', at: 'extension/', imports: [...CONTRACTS, 'language', 'notebook'] },
  { name: 'native', at: 'native/', imports: [] },
  { name: 'bpf', at: 'bpf/', imports: [] },
  { name: 'reference', at: 'scripts/docs.mjs', imports: ['language', 'map-types', 'kernel'] },
  { name: 'scripts', at: 'scripts/', imports: [], early: true },
  {
    name: 'test',
    at: 'test/',
    imports: [
      ...PURE,
      'verifier',
      'glob',
      'map-types',
      'utf8',
      'loader-protocol',
      'paths',
      'export',
      'loader',
      'btf',
      'kernel',
      'extension',
      'native',
      'scripts',
    ],
  },
];

const areaOf = path => AREAS.find(area => path.startsWith(area.at));

/** A bare `import "…"` begins its line: in the middle of one it is text of a message. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/gm;

/**
 * @param {string} path from the project's root
 * @param {string} source
 * @returns {{path: string, line: number, message: string}[]}
 */
export function violationsIn(path, source) {
  const area = areaOf(path);
  if (!area) return [{ path, line: 1, message: 'lies in no area of scripts/arrows.mjs' }];
  const found = [];
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, comment => comment.replace(/[^\n]/g, ' '));
  for (const match of code.matchAll(IMPORT)) {
    const message = objection(area, path, match[2], match[0].startsWith('import('));
    if (message) found.push({ path, line: code.slice(0, match.index).split('\n').length, message });
  }
  return found;
}

/** Why this area may not import this; undefined when it may. */
function objection(area, path, specifier, whenUsed) {
  if (!specifier.startsWith('.')) {
    if (area.pure) return `${area.name} is pure and must not import ${specifier}`;
    if (area.early && !whenUsed && !specifier.startsWith('node:'))
      return `${area.name} run before ${specifier} is installed: import() it where it is used`;
    return undefined;
  }
  const target = posix.join(posix.dirname(path), specifier);
  const other = areaOf(target);
  if (!other || other === area || area.imports.includes(other.name)) return undefined;
  return `${area.name} must not import ${other.name} (${target})`;
}

/** Every TypeScript and JavaScript file of the project. */
function sources() {
  const folders = [...new Set(AREAS.map(area => area.at.split('/')[0]))];
  return folders.flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
      .map(entry => posix.relative(ROOT, posix.join(entry.parentPath ?? entry.path, entry.name))),
  );
}

function main() {
  const paths = sources();
  const violations = paths.flatMap(path => violationsIn(path, readFileSync(join(ROOT, path), 'utf8')));
  for (const { path, line, message } of violations) console.error(`${path}:${line}: ${message}`);
  console.log(`${paths.length} files, ${violations.length} arrows in the wrong direction`);
  process.exitCode = violations.length ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
