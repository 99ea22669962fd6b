/** What can trace the workload, behind one interface: it is asked to start, is attached, sees events, is stopped. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { KernelNotifications, RunTotals } from '../../kernel/protocol.ts';
import { PROTOCOL_VERSION } from '../../kernel/protocol.ts';

/** What to trace, in the forms that the tracers take. */
export interface Program {
  /** In the language of bpftrace. */
  source: string;
  /** Path of the hand-written object that does the same; absent = nobody wrote one. */
  object?: string;
  /** Process traced. */
  target: number;
}

export interface Tracing {
  /** ms from the request until the probes were attached. */
  startMs: number;
  /** The processes that do the work; those they started belong to them. */
  root: number;
  /** Events that have arrived: printed, or counted into the cell's rows. */
  seen(): number;
  /** ms from the request until all output is there. */
  stop(): Promise<number>;
}

export interface Tracer {
  name: string;
  start(program: Program): Promise<Tracing>;
  close(): Promise<void>;
}

const ATTACHED = '__BPFTRACE_NOTIFY_PROBES_ATTACHED';
const EVENT = /^\d/;

/** A program that prints, started anew for each run and stopped by Ctrl-C's signal. */
export class CommandTracer implements Tracer {
  constructor(
    readonly name: string,
    /** Its words for a program. */
    readonly command: (program: Program) => string[],
  ) {}

  async start(program: Program): Promise<Tracing> {
    const [file, ...args] = this.command(program);
    const from = performance.now();
    const child = spawn(file!, args, {
      env: { ...process.env, [ATTACHED]: '1' },
      stdio: 'pipe',
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', text => {
      said += text;
    });
    const closed = new Promise(done => child.once('close', done));
    let seen = 0;
    let rest = '';
    const attached = new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding('latin1').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        for (const line of lines) {
          if (EVENT.test(line)) seen++;
          else if (line === ATTACHED) resolve();
        }
      });
      void closed.then(() => reject(new Error(`${this.name} ended before it was attached:\n${said}`)));
    });
    await attached;
    return {
      startMs: performance.now() - from,
      root: child.pid!,
      seen: () => seen,
      stop: async () => {
        const from = performance.now();
        child.kill('SIGINT');
        await closed;
        return performance.now() - from;
      },
    };
  }

  async close(): Promise<void> {}
}

/** A notebook kernel that stays, with somebody who watches the cell. */
export class NotebookTracer implements Tracer {
  readonly name = 'notebook cell';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #connection;
  #totals: RunTotals | undefined;
  #told: (phase: string) => void = () => {};

  constructor(program: string) {
    this.#child = spawn(process.execPath, [program, 'kernel', '--stdio'], { stdio: 'pipe' });
    this.#child.stderr.pipe(process.stderr);
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.#child.stdout),
      new StreamMessageWriter(this.#child.stdin),
    );
    this.#connection.onNotification('run/phase', ({ phase }: KernelNotifications['run/phase']) =>
      this.#told(phase),
    );
    this.#connection.onNotification('run/ended', ({ diagnostics }: KernelNotifications['run/ended']) => {
      for (const { message } of diagnostics) console.error(`${this.name}: ${message}`);
    });
    this.#connection.onNotification('run/delta', (delta: KernelNotifications['run/delta']) => {
      this.#totals = delta.head.totals;
      const { run, subscriber, sequence } = delta;
      void this.#connection.sendNotification('run/ack', { run, subscriber, sequence });
    });
    this.#connection.listen();
    void this.#connection.sendRequest('initialize', { version: PROTOCOL_VERSION, client: 'bench' });
  }

  async start({ source }: Program): Promise<Tracing> {
    this.#totals = undefined;
    const attached = new Promise<void>((resolve, reject) => {
      this.#told = phase => {
        if (phase === 'stream') resolve();
        if (phase === 'ended') reject(new Error(`${this.name} ended before it was attached`));
      };
    });
    const from = performance.now();
    const { run } = await this.#connection.sendRequest<{ run: string }>('run/start', {
      notebook: 'bench',
      directory: process.cwd(),
      cell: { id: 'cell', language: 'bpftrace', source },
      headers: [],
    });
    await attached;
    const startMs = performance.now() - from;
    await this.#connection.sendRequest('run/subscribe', { run, subscriber: 'bench' });
    return {
      startMs,
      root: this.#child.pid!,
      seen: () => this.#totals?.events ?? 0,
      stop: async () => {
        const from = performance.now();
        await this.#connection.sendRequest('run/stop', { run });
        return performance.now() - from;
      },
    };
  }

  async close(): Promise<void> {
    const closed = new Promise(done => this.#child.once('close', done));
    this.#child.stdin.end();
    await closed;
    this.#connection.dispose();
  }
}
