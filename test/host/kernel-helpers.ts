/** What tests of the kernel, its loader and the command share. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CellLanguage, RunDelta, RunSnapshot } from '../../kernel/protocol.ts';
import { NotebookKernel } from '../../kernel/session/kernel.ts';
import type { Run, RunInput } from '../../kernel/session/run.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
export const COMMAND = path('../../dist/ebpfnb.mjs');
export const LOADER = path('../../dist/loader.mjs');
export const fixture = (name: string) => path(`fixtures/${name}`);

/** Tests that load programs are skipped, with this reason, where that is not possible. */
export const skip = process.getuid?.() === 0 ? false : 'loading BPF programs needs root';

/** What a command or a run may take on a busy machine, ms; where processors are emulated, it is ten times slower. */
const PATIENCE = process.env['EBPFNB_EMULATED'] ? 180_000 : 30_000;

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

export function ebpfnb(
  args: string[],
  options: { env?: Record<string, string>; input?: string } = {},
  command = COMMAND,
): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: PATIENCE,
    maxBuffer: 64 * 1024 * 1024,
    ...(options.input === undefined ? {} : { input: options.input }),
    env: { ...process.env, ...options.env },
  });
  return { status, stdout, stderr };
}

/** The command in the background, with what it has written so far. */
export class Background {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;

  constructor(args: string[], program = COMMAND) {
    this.child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout!.setEncoding('utf8').on('data', text => {
      this.stdout += text;
    });
    this.child.stderr!.setEncoding('utf8').on('data', text => {
      this.stderr += text;
    });
    this.ended = new Promise(done => this.child.once('close', done));
  }
}

/** Looks every 20 ms until `look` gives something true. */
export async function until<T>(look: () => T | Promise<T>, what: string, limit = PATIENCE): Promise<T> {
  for (const deadline = Date.now() + limit; Date.now() < deadline; await sleep(20)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`no ${what} within ${limit} ms`);
}

interface BpfObject {
  id: number;
  name?: string;
  map_ids?: number[];
  prog_id?: number;
}

function bpftool(kind: 'prog' | 'map' | 'link'): BpfObject[] {
  const { stdout } = spawnSync('bpftool', ['-j', kind, 'show'], { encoding: 'utf8' });
  return JSON.parse(stdout || '[]');
}

/** Everything in Linux that belongs to programs with a map of this name (at most 15 characters). */
export function heldBy(map: string): { maps: number[]; programs: number[]; links: number[] } {
  const maps = bpftool('map')
    .filter(({ name }) => name === map)
    .map(({ id }) => id);
  const programs = bpftool('prog').filter(({ map_ids = [] }) => map_ids.some(id => maps.includes(id)));
  const ids = programs.map(({ id }) => id);
  const links = bpftool('link').filter(({ prog_id }) => ids.includes(prog_id ?? -1));
  return { maps, programs: ids, links: links.map(({ id }) => id) };
}

/** Those of these that are still there. */
export function survivors(held: ReturnType<typeof heldBy>): ReturnType<typeof heldBy> {
  const left = (kind: 'prog' | 'map' | 'link', ids: number[]) => {
    const now = new Set(bpftool(kind).map(({ id }) => id));
    return ids.filter(id => now.has(id));
  };
  return {
    maps: left('map', held.maps),
    programs: left('prog', held.programs),
    links: left('link', held.links),
  };
}

/** A kernel in this process, with what it told. */
export class TestKernel {
  readonly phases: string[] = [];
  readonly deltas: RunDelta[] = [];
  readonly problems: string[] = [];
  readonly kernel = new NotebookKernel(
    { consent: async () => true },
    {
      phase: run => this.phases.push(`${run.input.cell.id} ${run.phase}`),
      ended: () => {},
      delta: delta => {
        this.deltas.push(delta);
      },
      loaderEnded: ({ code }) => {
        this.problems.push(code);
      },
    },
  );

  start(source: string, about: Partial<RunInput> & { language?: CellLanguage; id?: string } = {}): Run {
    const { language = 'bpftrace', id = 'cell', ...rest } = about;
    return this.kernel.start({
      notebook: 'test',
      directory: fixture('session'),
      cell: { id, language, source },
      headers: [],
      ...rest,
    });
  }

  run(source: string, about: Parameters<TestKernel['start']>[1] = {}): Promise<RunSnapshot> {
    return this.start(source, about).ended;
  }

  live(run: Run): Promise<unknown> {
    return until(() => run.phase === 'stream' || run.phase === 'ended', 'attached run');
  }
}

/** The lines of a run's text panel. */
export const textOf = ({ panels }: RunSnapshot): string[] =>
  panels.flatMap(panel => (panel.kind === 'text' ? panel.lines : []));
