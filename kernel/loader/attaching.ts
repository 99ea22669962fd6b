/** Attaching a session's programs, place after place: how far it is can be seen, and it can be ended half-way. */
import type { BpfObject, NativeAttach } from '../../native/types.ts';
import { failureOf } from './failure.ts';
import type { LoaderFailure, LoaderRequests } from './protocol.ts';

type Plan = LoaderRequests['attach']['params']['programs'][number] & { attach: NativeAttach };
type Result = Pick<LoaderRequests['attach']['result'], 'skipped' | 'refused' | 'interrupted'>;

/** Who wants to know, meanwhile. */
export interface AttachingListener {
  onProgress(done: number, of: number): void;
  /** An iterator has run, and wrote this. */
  onText(program: string, text: Buffer): void;
}

/** What is quicker than this is not told of, ms. */
const TOLD_EVERY_MS = 100;

export class Attaching {
  #interrupted = false;
  #done = 0;
  #told = performance.now();

  constructor(
    private readonly object: BpfObject,
    private readonly listener: AttachingListener,
  ) {}

  /** No place is attached to any more. */
  interrupt(): void {
    this.#interrupted = true;
  }

  /** Throws the failure of a program that is not optional; what was attached stays so. */
  async all(plans: readonly Plan[]): Promise<Result> {
    const atOnce = new Set(
      this.object.programs.filter(program => program.takesAllAtOnce).map(({ name }) => name),
    );
    const work = plans.map(plan => ({
      plan,
      places: atOnce.has(plan.program) ? [plan.attach] : onePlaceEach(plan.attach),
    }));
    const of = work.reduce((sum, { places }) => sum + places.length, 0);
    const skipped: LoaderFailure[] = [];
    let refused = 0;
    for (const { plan, places } of work) {
      const failures = await this.#program(plan.program, places, of);
      if (failures.length < places.length || places.length === 0) {
        refused += failures.length;
        continue;
      }
      const [failure] = failures;
      Object.assign(failure as Error, { program: plan.program });
      if (!plan.optional) throw failure;
      skipped.push(failureOf('attach', failure));
    }
    return { skipped, refused, interrupted: this.#interrupted };
  }

  /** Of many places, those that Linux refuses are left out: nobody knows them before. */
  async #program(program: string, places: readonly NativeAttach[], of: number): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const place of places) {
      if (this.#interrupted) break;
      try {
        const text = await this.object.attach(program, place);
        if (text.length > 0) this.listener.onText(program, text);
      } catch (error) {
        failures.push(error);
      }
      this.#tell(++this.#done, of);
    }
    return failures;
  }

  #tell(done: number, of: number): void {
    const now = performance.now();
    if (done === of || now - this.#told < TOLD_EVERY_MS) return;
    this.#told = now;
    this.listener.onProgress(done, of);
  }
}

function onePlaceEach(attach: NativeAttach): NativeAttach[] {
  if (attach.kind === 'kprobe' && attach.functions.length > 1)
    return attach.functions.map(name => ({ ...attach, functions: [name] }));
  if (attach.kind === 'uprobe' && attach.sites && attach.sites.length > 1)
    return attach.sites.map(site => ({ ...attach, sites: [site] }));
  return [attach];
}
