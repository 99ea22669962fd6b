/**
 * `npm run fuzz [-- --cells | --objects] [--mutants N --first N --compile-one N --load-one N --only NUMBER]`: mutants
 * of bpftrace programs through the checker, clang and the verifier; or of BPF C cells through clang and the loader; or
 * of object files through the loader. A finding is a crash of any process, a hang, an error that says nothing, and of
 * bpftrace also a second in the checker, C that clang refuses, and what the verifier refuses of what the checker
 * passed. Nothing is attached, and nothing may be left. The same numbers give the same mutants. Exit code 1 on findings.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bpfObjects, leftovers } from '../../scripts/test/leftovers.mjs';
import { type Finding, newHolder, SUBJECTS, type SubjectName, type Tally } from './subject.ts';
import type { Task } from './worker.ts';

/** A worker that is at one mutant for so long hangs, ms. */
const HANG_MS = 120_000;

/** The number of the mutant in work while a worker prepares itself. */
const NONE = -1;

/** Mutants between two lines that say how far it is. */
const TOLD_EVERY = 2000;

/** Threads do not inherit what reads TypeScript. */
const IN_THREAD = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)});
})`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({
  options: {
    cells: flag,
    objects: flag,
    mutants: text,
    first: text,
    'compile-one': text,
    'load-one': text,
    only: text,
    threads: text,
  },
});
const name: SubjectName = values.cells ? 'cells' : values.objects ? 'objects' : 'programs';
const only = values.only === undefined ? undefined : Number(values.only);
const first = only ?? Number(values.first ?? 0);
const count = only === undefined ? Number(values.mutants ?? SUBJECTS[name].mutants) : 1;
const threads = only === undefined ? Number(values.threads ?? availableParallelism()) : 1;
const options = { compileOne: Number(values['compile-one'] ?? 1), loadOne: Number(values['load-one'] ?? 5) };

// What is compiled here is of no use to anybody's cache.
const cache = mkdtempSync(join(tmpdir(), 'ebpfnb-fuzz-'));
process.env['XDG_CACHE_HOME'] = cache;
// Where a thread was interrupted, its clang may still write.
process.on('exit', () => rmSync(cache, { recursive: true, force: true, maxRetries: 10 }));

const tallies: Tally[] = [];
const progress: number[] = [];
const findings: Finding[] = [];

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

function totals(): string {
  const words = [...new Set(tallies.flatMap(tally => Object.keys(tally)))];
  const counts = words.map(word => `${sum(tallies.map(tally => tally[word] ?? 0))} ${word}`);
  return [`${sum(progress)} tried`, ...counts, `${findings.length} findings`].join(', ');
}

function tell(finding: Finding): void {
  findings.push(finding);
  const { number, what, detail, program } = finding;
  console.log(`\n✖ ${number}: ${what}\n${program}\n${detail}`);
}

async function show(number: number): Promise<string> {
  const holder = newHolder();
  const nobody = { holder, options, count: () => {}, found: () => {} };
  return SUBJECTS[name]
    .open(nobody)
    .then(subject => subject.show(number))
    .finally(() => holder.close());
}

/** Tries what is left for one thread from a mutant on; behind one that hangs it goes on with another thread. */
async function work(from: number): Promise<void> {
  const current = new SharedArrayBuffer(4);
  const task: Task = { subject: name, first: from, step: threads, end: first + count, options, current };
  const at = new Int32Array(current);
  at[0] = NONE;
  const worker = new Worker(IN_THREAD, { eval: true, workerData: task });
  const slot = tallies.push({}) - 1;
  let last = NONE;
  let hanging: number | undefined;
  const watch = setInterval(() => {
    const now = Atomics.load(at, 0);
    if (now === last && now !== NONE) {
      hanging = now;
      void worker.terminate();
    }
    last = now;
  }, HANG_MS);
  worker.on('message', ({ finding, done, tally }: { finding?: Finding; done?: number; tally?: Tally }) => {
    if (finding) tell(finding);
    if (!tally) return;
    const before = Math.floor(sum(progress) / TOLD_EVERY);
    tallies[slot] = tally;
    progress[slot] = done ?? 0;
    if (Math.floor(sum(progress) / TOLD_EVERY) > before) console.log(totals());
  });
  worker.on('error', error =>
    tell({ number: Atomics.load(at, 0), what: 'crash', detail: error.message, program: '' }),
  );
  await new Promise(done => worker.once('exit', done));
  clearInterval(watch);
  if (hanging === undefined) return;
  tell({ number: hanging, what: 'slow', detail: 'it hangs', program: await show(hanging) });
  await work(hanging + threads);
}

process.once('SIGINT', () => {
  console.log(`\n${totals()}`);
  process.exit(1);
});

if (only !== undefined) console.log(`${await show(only)}\n`);
const before = bpfObjects([]);
await Promise.all(Array.from({ length: threads }, (_, index) => work(first + index)));
const left = await leftovers(before, []);
for (const object of left) console.log(`✖ left behind: ${object}`);
console.log(`\n${totals()}`);
process.exitCode = findings.length + left.length > 0 ? 1 : 0;
