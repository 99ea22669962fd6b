/** One of the threads that try mutants. It attaches nothing. */
import { parentPort, workerData } from 'node:worker_threads';
import { newHolder, type Options, SUBJECTS, type SubjectName, type Tally } from './subject.ts';

export interface Task {
  subject: SubjectName;
  /** Numbers of the mutants: `first`, `first + step`, … below `end`. */
  first: number;
  step: number;
  end: number;
  options: Options;
  /** Where the number of the one in work is written, for whoever watches. */
  current: SharedArrayBuffer;
}

/** Mutants between two reports of how far it is. */
const TOLD_EVERY = 100;

const task = workerData as Task;
const current = new Int32Array(task.current);
const tally: Tally = {};
const holder = newHolder();

const subject = await SUBJECTS[task.subject].open({
  holder,
  options: task.options,
  count: words => {
    tally[words] = (tally[words] ?? 0) + 1;
  },
  found: finding => parentPort!.postMessage({ finding }),
});
let done = 0;
for (let number = task.first; number < task.end; number += task.step) {
  Atomics.store(current, 0, number);
  try {
    await subject.attempt(number);
  } catch (error) {
    const detail = (error as Error).stack ?? String(error);
    parentPort!.postMessage({ finding: { number, what: 'crash', detail, program: subject.show(number) } });
  }
  if (++done % TOLD_EVERY === 0) parentPort!.postMessage({ done, tally });
}
parentPort!.postMessage({ done, tally });
holder.close();
