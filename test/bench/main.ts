/**
 * `npm run bench`: ratios to bpftrace and to hand-written libbpf C. All take turns in every round on the same
 * machine; figures are medians, the ratio (in brackets) is to bpftrace. Arguments: folder of the compiled peers,
 * the Debian that bpftrace is in, rounds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMs, tree } from './cpu.ts';
import type { Tracing } from './tracer.ts';
import { type Case, Turns } from './turns.ts';

const [folder, debian, rounds] = process.argv.slice(2) as [string, string, string];
const HITS = 1_000_000;
const PRINTS = 200_000;

const turns = new Turns(folder, debian, Number(rounds));
const { workload } = turns;

const COUNT = turns.traced('@ = count();', 'count');
const PRINT = turns.traced('printf("%d %s %d\\n", pid, comm, cpu);', 'print');
const TRACEPOINTS = turns.traced('@[probe] = count();', undefined, 'tracepoint:syscalls:sys_enter_s*');
const UPROBES = turns.traced('@ = count();', 'uprobes', `uprobe:${folder}/functions:f_*`);
const HIT_CASES: Record<string, Case> = {
  'count()': COUNT,
  'count() by comm': turns.traced('@[comm] = count();', 'key'),
  'hist()': turns.traced('@ = hist(nsecs & 0xffff);', 'hist'),
};

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

try {
  console.log(turns.heading());
  await turns.warmUp(COUNT);
  const fresh = await turns.fresh(COUNT);
  turns.show('start to attached, new text', 'ms', fresh.get('start'));
  const again = await turns.take(() => COUNT(0));
  turns.show('start to attached, same text again', 'ms', again.get('start'));
  turns.show('stop to final output', 'ms', again.get('stop'));
  turns.showLife('tracepoints sys_enter_s*', await turns.take(() => TRACEPOINTS(0)));
  turns.showLife('1,000 uprobes, new text', await turns.fresh(UPROBES));

  for (const [name, program] of Object.entries(HIT_CASES)) {
    const figures = await turns.take(
      () => program(0),
      async (_, add, untraced: number) => add('added', (await workload.calls(HITS)) - untraced),
      () => workload.calls(HITS),
    );
    turns.show(`added to a call by ${name}`, 'ns', figures.get('added'));
  }

  const prints = await turns.take(
    () => PRINT(0),
    async (tracing, add) => {
      const before = cpuMs(tree(tracing.root));
      await workload.calls(PRINTS);
      const seen = await drained(tracing, PRINTS);
      add('reader', ((cpuMs(tree(tracing.root)) - before) / seen) * 1e6);
      add('lost', (1 - seen / PRINTS) * 100);
    },
    async () => {},
  );
  turns.show('reader, an event of printf()', 'ns', prints.get('reader'));
  turns.show('lost at full speed', '%', prints.get('lost'));
} finally {
  await turns.close();
}
