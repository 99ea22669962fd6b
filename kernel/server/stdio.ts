/**
 * The kernel behind JSON-RPC over stdin and stdout. It ends, and with it all that it runs, when its client
 * closes stdin. Nothing but messages is ever written to stdout.
 */
import { release } from 'node:os';
import {
  createMessageConnection,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { CellError } from '../errors.ts';
import { parseNotebook } from '../notebook/index.ts';
import {
  type ClientNotifications,
  type KernelNotifications,
  type KernelRequests,
  PROTOCOL_VERSION,
  type Requests,
} from '../protocol.ts';
import { NotebookKernel } from '../session/kernel.ts';

/** Minutes after which a run that nobody watches ends: `EBPFNB_UNWATCHED_MINUTES`, else 5; 0 = never. */
function unwatchedMs(): number | undefined {
  const minutes = Number(process.env['EBPFNB_UNWATCHED_MINUTES'] || 5);
  return minutes > 0 ? minutes * 60_000 : undefined;
}

type Handlers = {
  [M in keyof Requests]: (
    params: Requests[M]['params'],
  ) => Requests[M]['result'] | Promise<Requests[M]['result']>;
};

/** Serves one client. Resolves when it has gone and everything is stopped. */
export async function serve(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  const connection = createMessageConnection(input, output);
  const kernel = kernelOf(connection);
  let initialized = false;
  for (const [method, handler] of Object.entries(handlers(kernel))) {
    const handle = handler as (params: unknown) => unknown;
    connection.onRequest(method, async (params: unknown) => {
      if (method === 'initialize') initialized = true;
      else if (!initialized)
        throw new ResponseError(ErrorCodes.ServerNotInitialized, '"initialize" must come first');
      try {
        return await handle(params);
      } catch (error) {
        throw answerOf(error);
      }
    });
  }
  connection.onNotification('run/ack', ({ run, subscriber, sequence }: ClientNotifications['run/ack']) =>
    kernel.acknowledge(run, subscriber, sequence),
  );
  connection.onNotification('run/look', ({ run, subscriber, text }: ClientNotifications['run/look']) =>
    kernel.look(run, subscriber, { text }),
  );
  const gone = new Promise<void>(done => {
    connection.onClose(() => done());
    input.once('end', done).once('error', done);
    output.once('error', () => done());
  });
  connection.onError(() => {});
  connection.listen();
  await gone;
  await kernel.close();
}

function kernelOf(connection: MessageConnection): NotebookKernel {
  let gone = false;
  connection.onClose(() => {
    gone = true;
  });
  const notify = <M extends keyof KernelNotifications>(method: M, params: KernelNotifications[M]) => {
    // Runs still end after the client has gone; there is nobody to tell.
    if (!gone) connection.sendNotification(method as string, params).catch(() => {});
  };
  const ask = <M extends keyof KernelRequests>(method: M, params: KernelRequests[M]['params']) =>
    connection.sendRequest<KernelRequests[M]['result']>(method, params);
  const unwatched = unwatchedMs();
  return new NotebookKernel(
    {
      consent: async command => (await ask('loader/consent', { command })).allow,
      password: async prompt => (await ask('loader/password', { prompt })).password,
    },
    {
      phase: run => notify('run/phase', { run: run.id, phase: run.phase, head: run.head() }),
      ended: (_, snapshot) => notify('run/ended', snapshot),
      delta: delta => notify('run/delta', delta),
      loaderEnded: problem => notify('loader/ended', { problem }),
    },
    unwatched === undefined ? {} : { unwatchedMs: unwatched },
  );
}

function handlers(kernel: NotebookKernel): Handlers {
  return {
    initialize({ version }) {
      if (version !== PROTOCOL_VERSION) {
        throw new RangeError(`this kernel speaks protocol version ${PROTOCOL_VERSION}, not ${version}`);
      }
      return { version: PROTOCOL_VERSION, linux: release() };
    },
    'target/info': () => kernel.targetInfo(),
    'run/start': request => ({ run: kernel.start(request).id }),
    'run/stop': async ({ run }) => {
      await kernel.stop(run);
      return {};
    },
    'run/snapshot': ({ run }) => kernel.snapshot(run),
    'run/panel': ({ run, panel }) => kernel.panel(run, panel),
    'run/details': ({ run }) => kernel.details(run),
    'run/contents': ({ run, symbol }) => kernel.contents(run, symbol),
    'run/subscribe': ({ run, subscriber }) => kernel.subscribe(run, subscriber),
    'run/unsubscribe': ({ run, subscriber }) => {
      kernel.unsubscribe(run, subscriber);
      return {};
    },
    'run/variables': async ({ run }) => ({ variables: await kernel.variables(run) }),
    'run/set': async ({ run, name, value }) => {
      await kernel.setVariable(run, name, value);
      return {};
    },
    'cell/parameters': request => kernel.parameters(request),
    'cell/close': async ({ notebook, cell }) => {
      await kernel.closeCell(notebook, cell);
      return {};
    },
    'notebook/close': async ({ notebook }) => {
      await kernel.closeNotebook(notebook);
      return {};
    },
    'notebook/export': async ({ text, format, ...context }) => {
      const { exportNotebook } = await import('../export/index.ts');
      return { text: exportNotebook(parseNotebook(text), format, context) };
    },
    'probes/list': ({ pattern, verbose }) => kernel.listProbes(pattern, { verbose }),
    'probes/notes': async ({ pattern }) => {
      const found = await kernel.listProbes(pattern, { verbose: false });
      return { notes: await kernel.probeNotes(pattern, found) };
    },
    'target/outline': () => kernel.knowledge.outline(),
    'target/names': async ({ provider, of }) => ({ names: await kernel.knowledge.names(provider, of) }),
    'target/ask': async ({ questions }) => ({ answers: await kernel.knowledge.answer(questions) }),
    'emit/c': request => kernel.emitC(request),
  };
}

/** A message for the other side, with the diagnostics as data; never a stack trace. */
function answerOf(error: unknown): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  const data = error instanceof CellError ? error.diagnostics : undefined;
  const code = error instanceof RangeError ? ErrorCodes.InvalidParams : ErrorCodes.InternalError;
  return new ResponseError(code, error instanceof Error ? error.message : String(error), data);
}
