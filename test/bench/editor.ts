/**
 * `npm run bench -- --editor`: what the editor feels like while cells are live: VS Code in a browser, a generator that
 * makes events on one core, somebody who types. Arguments: path of the compiled workload, minutes for each notebook.
 */
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { Browser } from 'playwright-core';
import { RUN_MIME } from '../../kernel/notebook/index.ts';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import type { NotebookPage } from '../browser/harness/notebook-page.ts';
import { type CellText, notebookText, writeNotebook } from '../browser/harness/notebooks.ts';
import {
  BROWSER,
  bpfObjectsOf,
  descendant,
  EXTENSION_HOST,
  KERNEL,
  LOADER,
} from '../browser/harness/processes.ts';
import { until } from '../browser/harness/until.ts';
import { openNotebook, type Server, startBrowser, startServer } from '../browser/harness/workbench.ts';
import { FrameTimes } from './editor/frames.ts';
import { Generator } from './editor/generator.ts';
import { type Measured, Resources, type Use } from './editor/resources.ts';
import { Typist } from './editor/typist.ts';
import { quantile } from './table.ts';

const [workload, minutes] = process.argv.slice(2) as [string, string];
const PATIENCE_MS = 120_000;
/** Processes whose memory has a goal, at full speed. */
const BOUNDED = new Set(['extension host', 'kernel']);

interface Played {
  seconds: number;
  /** Events. */
  made: number;
  runs: RunSnapshot[];
  /** ms, each. */
  keys: number[];
  frames: number[];
  use: Map<string, Use>;
}

interface Scene {
  name: string;
  /** Events a second; absent = as many as one core makes. */
  perSecond?: number;
  cells(pid: number): CellText[];
}

const traced = (pid: number, action: string): CellText => [
  'bpftrace',
  // What the probes cost is not limited, so that none is detached.
  `//| cpu-limit: 0\ntracepoint:syscalls:sys_enter_getppid /pid == ${pid}/ { ${action} }`,
];

const PRINT = 'printf("%d %s %d %d\\n", pid, comm, cpu, nsecs);';
const MIX = [PRINT, '@ns = hist(nsecs & 0xffff);', '@by_cpu[cpu, nsecs & 15] = count();', PRINT];

const SCENES: Scene[] = [
  { name: 'one cell at full speed', cells: pid => [traced(pid, PRINT)] },
  {
    name: '20 live cells',
    perSecond: 5_000,
    cells: pid => Array.from({ length: 20 }, (_, index) => traced(pid, MIX[index % MIX.length]!)),
  },
];

/** The runs that a notebook file holds. */
function savedRuns(path: string): RunSnapshot[] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8'));
  return cells.flatMap((cell: { outputs: { data: Record<string, RunSnapshot> }[] }) =>
    cell.outputs.map(({ data }) => data[RUN_MIME]!),
  );
}

/** The processes of a window with live cells. */
async function processesOf(server: Server): Promise<Map<string, Measured>> {
  const pidOf = async (command: RegExp) => (await descendant(server.pid, command)).pid;
  return new Map<string, Measured>([
    ['extension host', { pid: await pidOf(EXTENSION_HOST) }],
    ['kernel', { pid: await pidOf(KERNEL) }],
    ['loader', { pid: await pidOf(LOADER) }],
    ['browser', { pid: (await descendant(process.pid, BROWSER)).pid, family: true }],
  ]);
}

/** How many probes are attached. */
async function links(server: Server): Promise<number> {
  const { pid } = await descendant(server.pid, LOADER);
  return bpfObjectsOf(pid).filter(({ kind }) => kind === 'link').length;
}

/** Runs all cells, and waits until every one is attached. */
async function runAll(notebook: NotebookPage, server: Server, cells: number): Promise<void> {
  await notebook.toolbar('Run All').click();
  const attached = async () => (await links(server)) >= cells;
  await until(`${cells} cells to be attached`, attached, PATIENCE_MS);
}

/** Opens a notebook, runs its cells, and types into the first one as long as it takes. */
async function play(scene: Scene, browser: Browser, server: Server): Promise<Played> {
  const generator = new Generator(workload, scene.perSecond);
  const cells = scene.cells(generator.pid);
  const notebook = await openNotebook(browser, server, writeNotebook(notebookText(cells), 'bench.ebpfnb'));
  try {
    await runAll(notebook, server, cells.length);
    const typist = await Typist.at(notebook, 0);
    const frames = await FrameTimes.of(notebook);
    const resources = new Resources(await processesOf(server));
    const from = performance.now();
    generator.start();
    await typist.type(from + Number(minutes) * 60_000);
    const seconds = (performance.now() - from) / 1000;
    const use = resources.stop();
    const [keys, gaps] = [await typist.times(), await frames.times()];
    const made = await generator.stop();
    await notebook.toolbar('Stop All').click();
    // A run has its final figures before its links are closed.
    await until('all runs to be over', async () => (await links(server)) === 0, PATIENCE_MS);
    await notebook.executes(0, false);
    await notebook.save();
    return { seconds, made, runs: savedRuns(notebook.path), keys, frames: gaps, use };
  } finally {
    generator.close();
    await notebook.close();
  }
}

const count = (value: number) => Math.round(value).toLocaleString('en');
const line = (what: string, ...figures: string[]) =>
  console.log(`  ${what.padEnd(18)}${figures.filter(Boolean).join(', ')}`);

/** Were all events received or counted as lost? */
function account({ totals: { events, dropped, missed } }: RunSnapshot, made: number): string {
  const gap = made - events - dropped - missed;
  const parts = `received ${count(events)} + dropped ${count(dropped)} + missed ${count(missed)}`;
  return `${parts} ${gap === 0 ? '= made' : `≠ made by ${count(gap)}`}`;
}

function times(what: string, ms: number[], goal: string): void {
  const [half, most, all] = [0.5, 0.95, 1].map(share => quantile(ms, share).toFixed(1));
  line(
    what,
    `median ${half} ms`,
    `p95 ${most} ms`,
    `longest ${all} ms`,
    `of ${count(ms.length)}`,
    `(${goal})`,
  );
}

function tell({ name, perSecond }: Scene, { seconds, made, runs, keys, frames, use }: Played): void {
  console.log(`\n${name}, ${(seconds / 60).toFixed(1)} minutes`);
  line('events made', count(made), `${count(made / seconds)} a second`, perSecond ? '' : '(goal: 1,000,000)');
  const accounts = runs.filter(({ totals }) => totals.events > 0).map(run => account(run, made));
  for (const one of new Set(accounts)) line('', one);
  times('key to screen', keys, 'goal: 100 ms');
  times('frame of outputs', frames, 'goal: p95 33 ms');
  for (const [process, { peak, growth, cpu }] of use)
    line(
      process,
      `${peak.toFixed(0)} MB at most`,
      `${growth >= 0 ? '+' : ''}${growth.toFixed(1)} MB a minute`,
      `${(cpu * 100).toFixed(0)} % of a CPU`,
      ...(BOUNDED.has(process) && perSecond === undefined ? ['(goal: 250 MB)'] : []),
    );
}

// With others at work, figures tell of them as well.
console.log(`${cpus().length} CPUs, which ${loadavg()[0]!.toFixed(1)} threads wanted before this began`);
const browser = await startBrowser();
const server = await startServer('bench');
try {
  for (const scene of SCENES) tell(scene, await play(scene, browser, server));
} finally {
  await browser.close();
  await server.stop();
}
