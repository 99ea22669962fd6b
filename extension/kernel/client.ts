/** The window's notebook kernel: started when first needed, started again after it was restarted or died. */
import * as vscode from 'vscode';
import type { ClientNotifications, KernelNotifications, Requests } from '../../kernel/protocol.ts';
import { KernelConnection, type NotificationHandlers } from './connection.ts';
import { Privilege } from './privilege.ts';

export class KernelClient implements vscode.Disposable {
  #phase = new vscode.EventEmitter<KernelNotifications['run/phase']>();
  #delta = new vscode.EventEmitter<KernelNotifications['run/delta']>();
  #ended = new vscode.EventEmitter<KernelNotifications['run/ended']>();
  #gone = new vscode.EventEmitter<{ reason: string; expected: boolean }>();
  readonly onPhase = this.#phase.event;
  readonly onDelta = this.#delta.event;
  readonly onEnded = this.#ended.event;
  /** The process is gone, with everything it ran. */
  readonly onGone = this.#gone.event;

  #privilege = new Privilege();
  #connection: Promise<KernelConnection> | undefined;

  constructor(
    private readonly program: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Sends a request, starting the kernel if there is none. */
  async request<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
  ): Promise<Requests[M]['result']> {
    this.#connection ??= this.#open();
    return (await this.#connection).request(method, params);
  }

  /** As {@link request}, but undefined when no kernel runs or it does not answer: for what must not start one. */
  async ask<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
  ): Promise<Requests[M]['result'] | undefined> {
    try {
      return await (await this.#connection)?.request(method, params);
    } catch {
      return undefined;
    }
  }

  notify<M extends keyof ClientNotifications>(method: M, params: ClientNotifications[M]): void {
    void this.#connection?.then(
      kernel => kernel.notify(method, params),
      () => {},
    );
  }

  /** Ends the kernel; the next request starts a new one. */
  async stop(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
    await connection?.exited;
  }

  dispose(): void {
    void this.stop();
    for (const emitter of [this.#phase, this.#delta, this.#ended, this.#gone]) emitter.dispose();
  }

  async #open(): Promise<KernelConnection> {
    const notifications: NotificationHandlers = {
      'run/phase': params => this.#phase.fire(params),
      'run/delta': params => this.#delta.fire(params),
      'run/ended': params => this.#ended.fire(params),
      // The runs it held have ended as failed, each with this problem.
      'loader/ended': ({ problem }) => this.log.error(problem.message),
    };
    const command = {
      program: this.program,
      env: environment(),
      log: (line: string) => this.log.info(line),
    };
    try {
      const kernel = await KernelConnection.open(command, { notifications, requests: this.#privilege });
      void kernel.exited.then(reason => {
        this.#connection = undefined;
        this.log.info(`the kernel ended: ${reason}`);
        this.#gone.fire({ reason, expected: kernel.closing });
      });
      return kernel;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }
}

/** The settings that the kernel reads once, when it starts. */
function environment(): Record<string, string> {
  const settings = vscode.workspace.getConfiguration('ebpfnb');
  const clang = settings.get('clang', '');
  return {
    ...(clang ? { EBPFNB_CLANG: clang } : {}),
    EBPFNB_UNWATCHED_MINUTES: String(settings.get('unwatchedMinutes', 5)),
  };
}
