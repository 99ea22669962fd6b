/** `ebpfnb export`, and what Jupyter's own tools make of notebooks, ours and exported. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  emptyNotebook,
  type NotebookCell,
  newCell,
  runOutput,
  stringifyNotebook,
} from '../../kernel/notebook/index.ts';
import type { Panel } from '../../kernel/protocol.ts';
import { hostileNotebook, hostileRun } from '../hostile.ts';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture } from './kernel-helpers.ts';

const folder = scratchFolder();
const notebook = join(folder, 'hostile.ebpfnb');
writeFileSync(notebook, stringifyNotebook(hostileNotebook()));

test('export writes beside the notebook, to a file, to standard output', () => {
  for (const format of ['html', 'ipynb', 'md']) {
    const { status, stderr } = ebpfnb(['export', notebook, '--to', format]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, new RegExp(`hostile\\.${format} \\(\\d.*iB\\)\\n$`));
    const written = readFileSync(join(folder, `hostile.${format}`), 'utf8');
    assert.equal(ebpfnb(['export', notebook, '--to', format, '-o', '-']).stdout, written);
  }
  const out = join(folder, 'out.md');
  assert.equal(ebpfnb(['export', notebook, '--to', 'md', '-o', out]).status, 0);
  assert.equal(readFileSync(out, 'utf8'), readFileSync(join(folder, 'hostile.md'), 'utf8'));
});

test('export refuses what makes no sense, and writes nothing', () => {
  const ipynb = join(folder, 'own.ipynb');
  copyFileSync(notebook, ipynb);
  const before = readFileSync(ipynb);
  const cases: [args: string[], message: RegExp][] = [
    [[notebook], /--to what\? html, ipynb, md/],
    [[notebook, '--to', 'pdf'], /--to can only be 'html', 'ipynb' or 'md', not pdf/],
    [['--to', 'md'], /give one notebook/],
    [[ipynb, '--to', 'ipynb'], /written over the notebook .*own\.ipynb itself/],
    [[join(folder, 'none.ebpfnb'), '--to', 'md'], /none\.ebpfnb/],
    [[notebook, '--to', 'md', '-o', join(folder, 'no', 'out.md')], /Failed to open output file/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = ebpfnb(['export', ...args]);
    assert.equal(status, 1, args.join(' '));
    assert.match(stderr, message);
  }
  assert.deepEqual(readFileSync(ipynb), before);
});

/** The page of a notebook with this cell. */
function pageOf(name: string, cell: NotebookCell): string {
  const file = join(folder, `${name}.ebpfnb`);
  writeFileSync(file, stringifyNotebook({ ...emptyNotebook(), cells: [cell] }));
  return ebpfnb(['export', file, '--to', 'html', '-o', '-']).stdout;
}

function cellWith(kind: Panel['kind']): NotebookCell {
  const run = hostileRun();
  const panels = run.panels.filter(panel => panel.kind === kind);
  return { ...newCell('code', 'bpftrace', ''), outputs: [runOutput({ ...run, panels })] };
}

test('a page holds what it needs and no more: pictures, the renderer, Vega', () => {
  writeFileSync(join(folder, 'dot.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const words = pageOf('words', newCell('markdown', 'markdown', '![dot](dot.svg)'));
  assert.match(words, /<img src="data:image\/svg\+xml;base64,[^"]+" alt="dot">/);
  assert.doesNotMatch(words, /<script/);
  // Of the run as JSON, and of what draws it; nothing in them ends one, or hides its end.
  const scripts = (page: string) => page.match(/<\/script|<!--/g)?.length;
  assert.equal(scripts(pageOf('text', cellWith('text'))), 1 + 1);
  assert.equal(scripts(pageOf('bars', cellWith('bars'))), 1 + 2);
});

/** Debian's: others that come first on PATH have other packages. */
const PYTHON = '/usr/bin/python3';
const python = (...args: string[]) =>
  spawnSync(PYTHON, args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
const skip =
  existsSync(PYTHON) && python('-c', 'import nbformat, nbconvert').status === 0
    ? false
    : "Jupyter's tools are missing: python3-nbconvert";

const VALIDATE = `
import sys, nbformat
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        nbformat.validate(nbformat.reads(file.read(), nbformat.NO_CONVERT))
    print("valid")
`;

test('nbformat finds tutorials, saved and exported notebooks valid', { skip }, () => {
  const tutorials = fileURLToPath(new URL('../../notebooks', import.meta.url));
  const ours = readdirSync(tutorials)
    .filter(name => name.endsWith('.ebpfnb'))
    .map(name => join(tutorials, name));
  const exported = [...ours, fixture('cli/cells.ebpfnb')].map((file, index) => {
    const out = join(folder, `${index}.ipynb`);
    assert.equal(ebpfnb(['export', file, '--to', 'ipynb', '-o', out]).status, 0);
    return out;
  });
  const files = [...ours, notebook, ...exported, join(folder, 'hostile.ipynb')];
  const { stdout, stderr } = python('-c', VALIDATE, ...files);
  assert.equal(stdout, 'valid\n'.repeat(files.length), stderr);
  // Nothing had to be mended on the way.
  assert.equal(stderr, '');
});

test('nbconvert renders both', { skip }, () => {
  for (const file of ['hostile.ebpfnb', 'hostile.ipynb']) {
    const { status, stdout, stderr } = python('-m', 'nbconvert', '--to', 'html', '--stdout', file);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /&lt;\/script&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
    assert.match(stdout, /19 probes · 1 event · 1s/);
  }
});
