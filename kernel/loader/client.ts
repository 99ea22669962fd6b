/** The kernel's side of the loader's connection: requests and answers, batches and events, and its death. */
import type { ChildProcess } from 'node:child_process';
import { CellError, problem } from '../errors.ts';
import { encodeFrame, type Frame, FrameDecoder } from './frames.ts';
import { type Elevation, type Launch, noPrivilege, permitted, WAYS } from './launch.ts';
import {
  FRAME,
  LOADER_PROTOCOL_VERSION,
  type LoaderEvents,
  type LoaderFailure,
  type LoaderRequests,
} from './protocol.ts';

type Method = keyof LoaderRequests;

export interface Reply<M extends Method> {
  result: LoaderRequests[M]['result'];
  binary: Buffer;
}

/** An error answer, before it is put into words. */
export class LoaderRefusal extends Error {
  constructor(readonly failure: LoaderFailure) {
    super(failure.message);
    this.name = 'LoaderRefusal';
  }
}

interface Pending {
  resolve(reply: Reply<Method>): void;
  reject(error: Error): void;
}

/** Bytes of stderr kept, to say why the loader ended. */
const STDERR_KEPT = 4096;

export class LoaderClient {
  readonly #child: ChildProcess;
  readonly #decoder = new FrameDecoder();
  readonly #pending = new Map<number, Pending>();
  readonly #batches = new Map<number, (batch: Buffer) => void>();
  readonly #attaching = new Map<number, (done: number, of: number) => void>();
  #lastId = 0;
  #stderr = '';
  #ended = false;
  #closing = false;
  /** What hello answered. */
  host!: LoaderRequests['hello']['result'];
  /** Called once, when the loader ended without being asked to. */
  onDeath: (reason: string) => void = () => {};
  onDetached: (session: number) => void = () => {};

  private constructor({ child }: Launch) {
    this.#child = child;
    child.stdout!.on('data', (chunk: Buffer) => this.#receive(chunk));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    child.stdin!.on('error', () => {});
    child.once('error', error => this.#end(error.message));
    child.once('close', (code, signal) =>
      this.#end(this.#lastWords() ?? (signal ? `killed by ${signal}` : `exit status ${code}`)),
    );
  }

  /** Starts a loader, asking the user where it must. Throws CellError `no-privilege`. */
  static async start(elevation: Elevation): Promise<LoaderClient> {
    await permitted(elevation);
    let refusal = 'there is no way to start it';
    for (const way of WAYS) {
      const launch = await way(elevation);
      if (!launch) continue;
      const client = new LoaderClient(launch);
      try {
        await client.#hello(launch.patience);
        return client;
      } catch (error) {
        refusal = (error as Error).message;
        client.close();
      } finally {
        launch.settled();
      }
    }
    throw noPrivilege(refusal);
  }

  async request<M extends Method>(
    method: M,
    params: LoaderRequests[M]['params'],
    binary?: Uint8Array,
  ): Promise<Reply<M>> {
    if (this.#ended) throw loaderDied('it is not running');
    const id = ++this.#lastId;
    const reply = new Promise<Reply<Method>>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    for (const piece of encodeFrame(FRAME.request, id, { method, params }, binary))
      this.#child.stdin!.write(piece);
    return reply as Promise<Reply<M>>;
  }

  /** Where the batches of a session go; undefined = nowhere. */
  deliver(session: number, onBatch: ((batch: Buffer) => void) | undefined): void {
    if (onBatch) this.#batches.set(session, onBatch);
    else this.#batches.delete(session);
  }

  /** Attaches a session's programs; `onProgress` hears how far it is where it takes long. */
  async attach(
    params: LoaderRequests['attach']['params'],
    onProgress: (done: number, of: number) => void,
  ): Promise<Reply<'attach'>> {
    this.#attaching.set(params.session, onProgress);
    return this.request('attach', params).finally(() => this.#attaching.delete(params.session));
  }

  get alive(): boolean {
    return !this.#ended;
  }

  /** The end of stdin is the loader's end; it detaches everything. */
  close(): void {
    this.#closing = true;
    this.#child.stdin!.end();
  }

  async #hello(patience: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${patience / 1000} s`)), patience);
    });
    try {
      this.host = (
        await Promise.race([this.request('hello', { version: LOADER_PROTOCOL_VERSION }), late])
      ).result;
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handle(frame);
    } catch (error) {
      this.#stderr = `its answer cannot be read: ${(error as Error).message}`;
      this.#child.kill('SIGKILL');
    }
  }

  #handle({ kind, id, json, binary }: Frame): void {
    if (kind === FRAME.batch) this.#batches.get(id)?.(binary);
    else if (kind === FRAME.event) {
      const { event, done, of } = json as { event: keyof LoaderEvents; done: number; of: number };
      if (event === 'detached') this.onDetached(id);
      if (event === 'attaching') this.#attaching.get(id)?.(done, of);
    } else {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (kind === FRAME.response) pending?.resolve({ result: json as Reply<Method>['result'], binary });
      else pending?.reject(new LoaderRefusal(json as LoaderFailure));
    }
  }

  #lastWords(): string | undefined {
    return this.#stderr.trim().split('\n').at(-1)?.trim() || undefined;
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#batches.clear();
    // Before hello is answered this is a failed start, and the reason is all that matters.
    const error = this.host ? loaderDied(reason) : new Error(reason);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    if (this.host && !this.#closing) this.onDeath(reason);
  }
}

export function loaderDied(reason: string): CellError {
  return new CellError([problem('loader-died', { reason })]);
}
