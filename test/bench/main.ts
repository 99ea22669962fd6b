/**
 * `npm run bench`: ratios to bpftrace and to hand-written libbpf C. All take turns in every round on the same
 * machine; figures are medians, the ratio (in brackets) is to bpftrace. Arguments: folder of the compiled peers,
 * the Debian that
 * bpftrace is in, [rounds].
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuMs } from './cpu.ts';
import { heading, type Rounds, row } from './table.ts';
import { CommandTracer, NotebookTracer, type Program, type Tracer, type Tracing } from './tracer.ts';
import { Workload } from './workload.ts';

const [folder, debian, rounds = '5'] = process.argv.slice(2) as [string, string, string?];
const ROUNDS = Number(rounds);
const COMMAND = fileURLToPath(new URL('../../dist/ebpfnb.mjs', import.meta.url));
const HITS = 1_000_000;
const PRINTS = 200_000;

const workload = new Workload(join(folder, 'workload'));
const PEER = 'bpftrace';
const tracers: Tracer[] = [
  new NotebookTracer(COMMAND),
  new CommandTracer('ebpfnb trace', ({ source }) => [process.execPath, COMMAND, 'trace', '-e', source]),
  new CommandTracer(PEER, ({ source }) => ['chroot', debian, 'bpftrace', '-e', source]),
  new CommandTracer('libbpf C', ({ object, target }) => [join(folder, 'tracer'), object!, String(target)]),
];
const names = tracers.map(({ name }) => name);

/** One tracing program in all languages. `unique` makes a text that no cache has seen. */
type Case = (unique: number) => Program;
const traced =
  (action: string, object?: string, probe = 'tracepoint:syscalls:sys_enter_getppid'): Case =>
  unique => ({
    source: `${probe} /pid == ${workload.pid}/ { ${action.replaceAll('@', `@m${unique}`)} }`,
    target: workload.pid,
    ...(object && { object: join(folder, `${object}.bpf.o`) }),
  });
const COUNT = traced('@ = count();', 'count');
const PRINT = traced('printf("%d %s %d\\n", pid, comm, cpu);', 'print');
const MANY = traced('@[probe] = count();', undefined, 'tracepoint:syscalls:sys_enter_s*');
const HIT_CASES: Record<string, Case> = {
  'count()': COUNT,
  'count() by comm': traced('@[comm] = count();', 'key'),
  'hist()': traced('@ = hist(nsecs & 0xffff);', 'hist'),
};

type Add = (figure: string, value: number) => void;

/** In every round, each tracer that can run the program is started, used and stopped. */
async function inTurns<T>(
  program: () => Program,
  use: (tracing: Tracing, add: Add, before: T) => Promise<void>,
  before: () => Promise<T>,
): Promise<Map<string, Rounds>> {
  const figures = new Map<string, Rounds>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const tracer of tracers) {
      const one = program();
      if (tracer.name === 'libbpf C' && !one.object) continue;
      const untraced = await before();
      const tracing = await tracer.start(one);
      const add: Add = (figure, value) => {
        const all = figures.get(figure) ?? new Map();
        figures.set(figure, all);
        all.set(tracer.name, [...(all.get(tracer.name) ?? []), value]);
      };
      add('start', tracing.startMs);
      await use(tracing, add, untraced);
      add('stop', await tracing.stop());
    }
  }
  return figures;
}

const nothing = async () => {};

/** Waits until all events have come, or none came for 3 s. */
async function drained(tracing: Tracing, expected: number): Promise<number> {
  let seen = tracing.seen();
  for (let quiet = 0; seen < expected && quiet < 30; quiet++) {
    await sleep(100);
    if (tracing.seen() !== seen) quiet = 0;
    seen = tracing.seen();
  }
  return seen;
}

function show(what: string, unit: string, figure: Rounds | undefined): void {
  if (figure) console.log(row(what, unit, names, figure, PEER));
}

let unique = 0;
try {
  console.log(`${ROUNDS} rounds; medians, and in brackets the median of the ratios to ${PEER}\n`);
  console.log(heading(names));

  // What only the first cell of a session pays.
  for (const tracer of tracers) await (await tracer.start(COUNT(++unique))).stop();
  const fresh = await inTurns(() => COUNT(++unique), nothing, nothing);
  show('start to attached, new text', 'ms', fresh.get('start'));
  const again = await inTurns(() => COUNT(0), nothing, nothing);
  show('start to attached, same text again', 'ms', again.get('start'));
  show('stop to final output', 'ms', again.get('stop'));
  const many = await inTurns(() => MANY(0), nothing, nothing);
  show('start, tracepoints sys_enter_s*', 'ms', many.get('start'));
  show('stop, the same', 'ms', many.get('stop'));

  for (const [name, program] of Object.entries(HIT_CASES)) {
    const figures = await inTurns(
      () => program(0),
      async (_, add, untraced: number) => add('added', (await workload.calls(HITS)) - untraced),
      () => workload.calls(HITS),
    );
    show(`added to a call by ${name}`, 'ns', figures.get('added'));
  }

  const prints = await inTurns(
    () => PRINT(0),
    async (tracing, add) => {
      const before = cpuMs(tracing.root);
      await workload.calls(PRINTS);
      const seen = await drained(tracing, PRINTS);
      add('reader', ((cpuMs(tracing.root) - before) / seen) * 1e6);
      add('lost', (1 - seen / PRINTS) * 100);
    },
    nothing,
  );
  show('reader, an event of printf()', 'ns', prints.get('reader'));
  show('lost at full speed', '%', prints.get('lost'));
} finally {
  workload.close();
  await Promise.all(tracers.map(tracer => tracer.close()));
}
