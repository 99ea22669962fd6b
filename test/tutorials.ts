/** The tutorials: what each of their cells has to show, saved with them or run anew. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseNotebook, parseOptions, renderPanels, runOfOutput } from '../kernel/notebook/index.ts';
import type { RunSnapshot } from '../kernel/protocol.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const COMMAND = path('../dist/ebpfnb.mjs');

/** A stack and its number, in a table or as the text of a flame graph. */
const counted = (stack: string, count: number) =>
  new RegExp(`^${stack} +${count}$|^ *${count} +[\\d.]+% +${stack}`, 'm');

/** By tutorial and cell; a cell that shows nothing, such as a header, has no row. */
const SHOWS: { [tutorial: string]: { [cell: string]: RegExp[] } } = {
  '01-tracepoints': {
    'list-openat': [/^tracepoint:syscalls:sys_enter_openat\n {4}int __syscall_nr\n/],
    'first-opens': [/comm +filename\nls +\/.*\nls +\/.*\n/],
    'family-life': [
      /filename\n *\d+ +\/usr\/bin\/sh\n/,
      /\d+ +\/usr\/bin\/sort\n/,
      /pid +comm +us\n(?: *\d+ +\w+ +\d[\d.]*(?:µs|ms)?\n)* *\d+ +ls +\d[\d.]*(?:µs|ms)?\n/,
    ],
    'latency-read': [/^@read_ns\n/, /^\[.* \|@+/m],
    'live-opens': [/\(20 rows\)\n *pid +filename\n *\d+ +\/etc\/passwd\n/],
    'workload-demo': [/^done: five rounds over four files\n/],
    'ask-opens': [/@opens\[\/etc\/hosts\]: 5\n/],
  },
  '02-bpf-c': {
    'program-processes': [/^process_event \(20 rows\)\n/, / true +7 +\S+ +sh *$/m],
    'workload-demo': [/^done: ten commands\n/],
    'perf-processes': [
      /^process_event \(8 rows\)\n/,
      / false +0 +\S+ +sh +\/usr\/bin\/sh\n/,
      / true +7 +\S+ +sh *$/m,
    ],
  },
  '03-kprobes': {
    'look-vfs': [/^kprobe:vfs_read\n/],
    'tour-cat': [/^vfs_open +\d+ \|@/m, /^vfs_read +\d+ \|@/m],
    'arguments-count': [/comm +bytes\n(cat +\d+\n)+/],
    'casts-names': [/^etc +hostname +\d+$/m],
    'answer-retval': [/^ +-21 +Is a directory$/m],
    'latency-read': ['kallsyms', 'zero', 'urandom'].map(
      name => new RegExp(`^@read_ns\\[${name}\\]\n\\[`, 'm'),
    ),
    'stacks-waits': [/schedule.* ← .*nanosleep/, /schedule.* ← pipe_read/, /schedule.* ← do_wait/],
    'fentry-list': [/^fexit:vmlinux:vfs_read\n {4}struct file \* file\n/],
    'fexit-reads': [/^hosts +(\d+) +\d+ +\1\nhosts +\1 +\d+ +0$/m],
  },
  '04-uprobes': {
    'build-bakery': [/^the bakery is open\n/],
    'look-functions': [/:bake\n/, /^(?!.*:price\n)/s],
    'orders-bake': [/^printf \(30 rows\)\n *loaves +bread\n +2 +rye\n +3 +spelt\n +4 +white\n/],
    'slow-bake': [/^@us_a_loaf\[rye\]\n\[/m],
    'malloc-stacks': [counted('knead.* ← bake.* ← main.*', 24300)],
    'leak-find': [counted('label.* ← main.*', 30)],
    'usdt-sold': [/^@taken \(1 entry\)\nsum\n271\n/],
    'build-till': [/^the till works\n/],
    'till-sell': [/^ +5 +1000$/m, /change +sold\n +750 +1\n/],
  },
};

export const TUTORIALS = Object.keys(SHOWS);

/** What was saved with a tutorial, in order. */
export function savedRuns(tutorial: string): RunSnapshot[] {
  const { cells } = parseNotebook(readFileSync(notebook(tutorial), 'utf8'));
  return cells.flatMap(({ outputs }) => outputs.flatMap(output => runOfOutput(output) ?? []));
}

/** Runs a tutorial from top to bottom. */
export function runTutorial(tutorial: string): { status: number | null; runs: RunSnapshot[] } {
  const { status, stdout } = spawnSync(process.execPath, [COMMAND, 'run', notebook(tutorial), '-f', 'json'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const lines = stdout.split('\n').filter(Boolean);
  return { status, runs: lines.map(line => JSON.parse(line).data) };
}

const notebook = (tutorial: string) => path(`../notebooks/${tutorial}.ebpfnb`);

/** Every cell ran without an error, and each shows what it has to; `except`: ids of cells that cannot here. */
export function checkRuns(tutorial: string, runs: RunSnapshot[], except: string[] = []): void {
  const expected = SHOWS[tutorial]!;
  const byCell = new Map(runs.map(run => [run.cell, run]));
  for (const cell of cellsOf(tutorial).filter(id => !except.includes(id))) {
    const run = byCell.get(cell);
    assert.ok(run, `${cell} did not run`);
    const problems = run.diagnostics.filter(({ severity }) => severity === 'error');
    assert.deepEqual(problems, [], cell);
    const text = renderPanels(run.panels, WHOLE);
    for (const pattern of expected[cell]!) assert.match(text, pattern, `${tutorial}, ${cell}:\n${text}`);
  }
}

const WHOLE = { width: 1000, rows: 1000 };

/** The ids of the cells that run. */
export function cellsOf(tutorial: string): string[] {
  const { cells } = parseNotebook(readFileSync(notebook(tutorial), 'utf8'));
  return cells
    .filter(({ kind, language, source }) => kind === 'code' && !parseOptions(language, source).options.file)
    .map(({ id }) => id);
}
