/** One running kernel, spoken to in the typed messages of kernel/protocol.ts. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import {
  type ClientNotifications,
  type KernelNotifications,
  type KernelRequests,
  PROTOCOL_VERSION,
  type Requests,
} from '../../kernel/protocol.ts';
import { describeExit, type KernelCommand, spawnKernel } from './process.ts';

export type NotificationHandlers = {
  [M in keyof KernelNotifications]: (params: KernelNotifications[M]) => void;
};
export type RequestHandlers = {
  [M in keyof KernelRequests]: (params: KernelRequests[M]['params']) => Promise<KernelRequests[M]['result']>;
};

export interface KernelHandlers {
  notifications: NotificationHandlers;
  requests: RequestHandlers;
}

/** Milliseconds a kernel has to leave by itself once its input is closed. */
const GRACE_MS = 2000;

export class KernelConnection {
  /** Settles when the process is gone, with how it ended. */
  readonly exited: Promise<string>;
  #child: ChildProcessWithoutNullStreams;
  #rpc: MessageConnection;
  #closing = false;

  private constructor(command: KernelCommand, handlers: KernelHandlers) {
    this.#child = spawnKernel(command);
    this.exited = new Promise(resolve => {
      this.#child.once('error', error => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(describeExit(code, signal)));
    });
    this.#rpc = createMessageConnection(
      new StreamMessageReader(this.#child.stdout),
      new StreamMessageWriter(this.#child.stdin),
    );
    // A write to a kernel that has just died; `exited` tells of it.
    this.#rpc.onError(([error]) => command.log(`connection: ${error.message}`));
    this.#child.stdin.on('error', () => {});
    for (const [method, handler] of Object.entries(handlers.notifications))
      this.#rpc.onNotification(method, handler);
    for (const [method, handler] of Object.entries(handlers.requests))
      this.#rpc.onRequest(method, handler as (params: unknown) => Promise<unknown>);
    this.#rpc.listen();
    void this.exited.then(() => this.#rpc.dispose());
  }

  /** Starts a kernel and greets it. Rejects when it does not come up or speaks another version. */
  static async open(command: KernelCommand, handlers: KernelHandlers): Promise<KernelConnection> {
    const kernel = new KernelConnection(command, handlers);
    const gone = kernel.exited.then(how => {
      throw new Error(`the notebook kernel did not start (${how})`);
    });
    // Once it has started, an exit is the holder's to see.
    gone.catch(() => {});
    const hello = kernel.request('initialize', { version: PROTOCOL_VERSION, client: 'vscode' });
    try {
      const { version } = await Promise.race([hello, gone]);
      if (version !== PROTOCOL_VERSION)
        throw new Error(
          `the notebook kernel speaks protocol version ${version}, this extension ${PROTOCOL_VERSION}`,
        );
    } catch (error) {
      kernel.close();
      throw error;
    }
    return kernel;
  }

  /** True once {@link close} was called: its exit is no accident. */
  get closing(): boolean {
    return this.#closing;
  }

  request<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
  ): Promise<Requests[M]['result']> {
    return this.#rpc.sendRequest(method, params);
  }

  notify<M extends keyof ClientNotifications>(method: M, params: ClientNotifications[M]): void {
    // Rejects only when the pipe is gone, which `exited` reports.
    this.#rpc.sendNotification(method, params).catch(() => {});
  }

  /** Closes the kernel's input, which ends it and detaches all it runs. */
  close(): void {
    this.#closing = true;
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    void this.exited.then(() => clearTimeout(timer));
  }
}
