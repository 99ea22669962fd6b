/**
 * The loader: the one program of this project that runs as root. It takes compiled objects and attach plans
 * over stdin, never source text, and answers over stdout. Everything it holds lives in its file descriptors,
 * so whatever way it ends, nothing of it stays in Linux.
 */
import { arch, release } from 'node:os';
import { native } from '../../native/addon.ts';
import { binaries } from './binaries.ts';
import { failureOf, refuse } from './failure.ts';
import { encodeFrame, type Frame, FrameDecoder } from './frames.ts';
import { functionFacts } from './functionFacts.ts';
import {
  DEBUG_FOLDER,
  FRAME,
  LOADER_PROTOCOL_VERSION,
  type LoaderEvents,
  type LoaderRequests,
  MOST_ADDRESSES,
  OPTIONAL_FEATURES,
  WITHOUT,
  WRITES,
} from './protocol.ts';
import { Session } from './session.ts';
import { Sources } from './sources.ts';
import { Symbols } from './symbols/symbols.ts';
import { HostFiles } from './target.ts';
import { userCode, userSymbols } from './userCode.ts';
import { writeFully } from './write.ts';

type Method = keyof LoaderRequests;
interface Answer<M extends Method> {
  json: LoaderRequests[M]['result'];
  binary?: Uint8Array;
}
type Handlers = {
  [M in Method]: (params: LoaderRequests[M]['params'], binary: Buffer) => Answer<M> | Promise<Answer<M>>;
};

const DONE = { json: {} };

/**
 * Waits until it is written: a kernel that reads slowly holds up this thread, with it the readers, and then the
 * rings fill and count what they drop. No memory is filled with what nobody takes.
 */
function write(pieces: Uint8Array[]): void {
  try {
    for (const piece of pieces) writeFully(1, piece);
  } catch {
    leave();
  }
}

function send<E extends keyof LoaderEvents>(event: E, { session, ...about }: LoaderEvents[E]): void {
  write(encodeFrame(FRAME.event, session, { event, ...about }));
}

const sessions = new Map<number, Session>();

const symbols = new Symbols(
  process.argv.filter(word => word.startsWith(DEBUG_FOLDER)).map(word => word.slice(DEBUG_FOLDER.length)),
);
const sources = new Sources(symbols.images);

function session(id: number): Session {
  const found = sessions.get(id);
  if (!found) throw refuse(`no session ${id}`, 'ENOENT');
  return found;
}

function handlers(files: HostFiles): Handlers {
  return {
    hello({ version }) {
      if (version !== LOADER_PROTOCOL_VERSION)
        throw refuse(`this loader speaks version ${LOADER_PROTOCOL_VERSION}`, 'EPROTO');
      const host = { linux: release(), arch: arch(), cpus: files.possibleCpus(), tracefs: files.tracefs };
      return { json: { version, ...host, pid: process.pid, libbpf: native.libbpfVersion } };
    },
    btf: ({ module }) => ({ json: {}, binary: files.btf(module) }),
    tracepoint: ({ category, event }) => ({ json: { format: files.format(category, event) } }),
    async symbols({ pid, ...options }, binary) {
      if (binary.length > MOST_ADDRESSES * 8) throw refuse('too many addresses', 'E2BIG');
      const addresses = new BigUint64Array(Uint8Array.from(binary).buffer, 0, binary.length >> 3);
      const named =
        pid === undefined ? symbols.kernel([...addresses]) : await symbols.user(pid, [...addresses], options);
      return { json: { symbols: named } };
    },
    probes: ({ kind }) => ({
      json: { names: kind === 'tracepoint' ? files.tracepoints() : files.rawTracepoints() },
    }),
    functions: () => ({ json: {}, binary: files.functions() }),
    functionFacts: ({ name }) => ({ json: functionFacts(name) }),
    missing: () => ({ json: { missing: { ...native.missingFeatures(), ...files.forbidden() } } }),
    binaries: params => ({ json: { paths: binaries(params) } }),
    userSymbols: params => ({ json: userSymbols(params) }),
    userCode: params => ({ json: {}, binary: userCode(params) }),
    parameters: params => ({ json: sources.parameters(params) }),
    sourceType: params => ({ json: sources.type(params) }),
    sourceLine: params => ({ json: sources.line(params) }),
    inlined: params => ({ json: sources.inlined(params) }),
    usdt: ({ binary }) => ({ json: native.usdtSites(binary) }),
    bpfPrograms: () => ({ json: { programs: native.loadedPrograms() } }),
    function: ({ name, section }) => ({ json: { allowed: native.mayCall(name, section) } }),
    open({ session: id, name, allow, logged }, elf) {
      if (sessions.has(id)) throw refuse(`session ${id} is open already`, 'EBUSY');
      const opened = new Session(name, elf, allow, logged);
      sessions.set(id, opened);
      return { json: opened.describe() };
    },
    async load(params) {
      const loaded = await session(params.session).load(params, session);
      symbols.programsChanged();
      return { json: loaded };
    },
    async attach(params) {
      if (params.followProcesses) symbols.follow(params.session, params.followProcesses.pid);
      const { session: id } = params;
      const { result, text } = await session(id).attach(params, {
        onBatch: batch => write(encodeFrame(FRAME.batch, id, undefined, batch)),
        onProgress: (done, of) => send('attaching', { session: id, done, of }),
      });
      return { json: result, binary: text };
    },
    interrupt({ session: id }) {
      sessions.get(id)?.interrupt();
      return DONE;
    },
    hold({ session: id, on }) {
      sessions.get(id)?.hold(on);
      return DONE;
    },
    run: async params => ({ json: await session(params.session).run(params) }),
    async stop(params) {
      const stopped = session(params.session);
      const counters = await stopped.stop(params);
      symbols.unfollow(params.session);
      setImmediate(() => stopped.detach().then(() => send('detached', { session: params.session })));
      return { json: counters };
    },
    async close({ session: id }) {
      const closed = sessions.get(id);
      sessions.delete(id);
      symbols.unfollow(id);
      await closed?.close();
      return DONE;
    },
    setGlobal({ session: id, ...global }) {
      session(id).setGlobal({ session: id, ...global });
      return DONE;
    },
    readMap: ({ session: id, map }) => ({ json: {}, binary: session(id).readMap(map) }),
    details: ({ session: id }) => ({ json: session(id).details() }),
    counters: ({ session: id, lost }) => ({ json: session(id).counters(lost) }),
    statistics({ on }) {
      native.keepStatistics(on);
      return DONE;
    },
    detach({ session: id, programs }) {
      session(id).detachSome(programs);
      return DONE;
    },
  };
}

/** Requests of one session run one after another; those of different sessions do not wait for each other. */
const queues = new Map<number, Promise<void>>();
/** But for those that others, which have their turn, may be waiting for. */
const AT_ONCE: ReadonlySet<Method> = new Set<Method>(['interrupt', 'hold', 'readMap']);

function serve(table: Handlers, frame: Frame): void {
  const { method, params } = (frame.json ?? {}) as { method?: string; params?: { session?: number } };
  if (frame.kind !== FRAME.request || !method || !Object.hasOwn(table, method))
    throw new RangeError('not a request');
  const handler = table[method as Method] as (params: unknown, binary: Buffer) => Promise<Answer<Method>>;
  const answer = async () => {
    try {
      const { json, binary } = await handler(params ?? {}, frame.binary);
      write(encodeFrame(FRAME.response, frame.id, json, binary));
    } catch (error) {
      write(encodeFrame(FRAME.error, frame.id, failureOf(method, error)));
    }
  };
  if (AT_ONCE.has(method as Method)) return void answer();
  const queue = params?.session ?? -1;
  const before = queues.get(queue) ?? Promise.resolve();
  const mine = before.then(answer);
  queues.set(queue, mine);
  mine.then(() => queues.get(queue) === mine && queues.delete(queue));
}

/** The end of the connection is the end of everything: Linux closes what this process held. */
const leave = (): never => process.exit(0);

/** From SIGTERM to the end, for a kernel that was told to end, too. */
const LAST_WISH_MS = 2000;

native.dieWithParent();
const { tracefs } = native.prepareFilesystems();
for (const feature of OPTIONAL_FEATURES)
  if (process.argv.includes(WITHOUT + feature)) native.disableFeature(feature);
native.prepareDescriptors();
native.dropCapabilities({ writes: process.argv.includes(WRITES) });

const table = handlers(new HostFiles(tracefs));
const decoder = new FrameDecoder();
process.stdin.on('data', chunk => {
  try {
    for (const frame of decoder.push(chunk)) serve(table, frame);
  } catch (error) {
    process.stderr.write(`ebpfnb loader: ${(error as Error).message}\n`);
    process.exit(2);
  }
});
process.stdin.on('end', leave);
process.stdin.on('error', leave);
// Ctrl-C at a terminal reaches the whole group, as what timeout(1) and systemd send does; the kernel decides what it
// means, and the connection ends when it has what it wants.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {});
process.on('SIGTERM', () => setTimeout(leave, LAST_WISH_MS).unref());
