/**
 * `npm run fuzz [-- --programs N --first N --compile-one N --load-one N --only NUMBER]`: mutated programs through the
 * checker, clang and the verifier. A finding is a crash, a second in the checker, C that clang refuses, or a program
 * that the checker passed and the verifier refuses. The same numbers give the same programs. Exit code 1 on findings.
 */
import { mkdtempSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Corpus } from './corpus.ts';
import { mutant } from './mutate.ts';
import type { Finding, Tally, Task } from './worker.ts';

/** A worker that is at one program for so long hangs, ms. */
const HANG_MS = 60_000;

/** Programs between two lines that say how far it is. */
const TOLD_EVERY = 2000;

/** Threads do not inherit what reads TypeScript. */
const IN_THREAD = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)});
})`;

const number = (name: string, otherwise: number) => Number(values[name] ?? otherwise);
const names = ['programs', 'first', 'compile-one', 'load-one', 'only', 'threads'] as const;
const { values } = parseArgs({
  options: Object.fromEntries(names.map(name => [name, { type: 'string' as const }])),
}) as { values: Record<string, string | undefined> };

const corpus = new Corpus();
const first = number('only', number('first', 0));
const end = values['only'] === undefined ? first + number('programs', 200_000) : first + 1;
if (values['only'] !== undefined) console.log(`${mutant(first, corpus)}\n`);

// What is compiled here is of no use to anybody's cache.
process.env['XDG_CACHE_HOME'] = mkdtempSync(join(tmpdir(), 'ebpfnb-fuzz-'));

const threads = values['only'] === undefined ? number('threads', availableParallelism()) : 1;
const tallies: Tally[] = [];
const findings: Finding[] = [];

const sum = (name: keyof Tally) => tallies.reduce((total, tally) => total + (tally?.[name] ?? 0), 0);

const totals = () =>
  [
    `${sum('checked')} checked, ${sum('passed')} passed, ${sum('compiled')} compiled, ${sum('loaded')} loaded`,
    `${sum('limited')} beyond what Linux loads here, ${findings.length} findings`,
  ].join(', ');

function tell(finding: Finding): void {
  findings.push(finding);
  const { what, detail } = finding;
  console.log(`\n✖ ${finding.number}: ${what}\n${finding.program}\n${detail}`);
}

function work(index: number): Promise<void> {
  const current = new SharedArrayBuffer(4);
  const task: Task = {
    first: first + index,
    step: threads,
    end,
    compileOne: number('compile-one', 1),
    loadOne: number('load-one', 5),
    current,
  };
  const worker = new Worker(IN_THREAD, { eval: true, workerData: task });
  const at = new Int32Array(current);
  let last = -1;
  const watch = setInterval(() => {
    const now = Atomics.load(at, 0);
    if (now === last) {
      tell({ number: now, what: 'slow', detail: 'it hangs', program: mutant(now, corpus) });
      void worker.terminate();
    }
    last = now;
  }, HANG_MS);
  worker.on('message', ({ finding, tally }: { finding?: Finding; tally?: Tally }) => {
    if (finding) tell(finding);
    if (tally) tallies[index] = tally;
    if (sum('checked') % TOLD_EVERY === 0) console.log(totals());
  });
  worker.on('error', error =>
    tell({ number: Atomics.load(at, 0), what: 'crash', detail: error.message, program: '' }),
  );
  return new Promise(done => {
    worker.once('exit', () => {
      clearInterval(watch);
      done();
    });
  });
}

await Promise.all(Array.from({ length: threads }, (_, index) => work(index)));
console.log(`\n${totals()}`);
process.exitCode = findings.length > 0 ? 1 : 0;
