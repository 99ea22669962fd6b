/** Loading mutants, attached to nothing, and what an answer to them may be. */
import type { CompiledObject } from '../../kernel/compile/index.ts';
import { CellError, type Diagnostic } from '../../kernel/errors.ts';
import type { MapInfo } from '../../kernel/loader/protocol.ts';
import { UNSAFE_ACTIONS } from '../../kernel/loader/protocol.ts';
import { LoadedObject } from '../../kernel/session/loadedObject.ts';
import type { LoaderHolder } from '../../kernel/session/loader.ts';
import type { Finding, Watch } from './subject.ts';

/** Others need this machine's memory, too. Bytes of all maps of an object; what is larger is opened only. */
const MOST_BYTES = 256 << 20;

/** About; entries of rings are bytes. */
const sizeOf = ({ type, keySize, valueSize, maxEntries }: MapInfo) =>
  maxEntries * (type.endsWith('ringbuf') ? 1 : keySize + valueSize + 64);

/** Throws CellError where the object is refused; answers whether it was small enough to be loaded. */
export async function tryToLoad(
  holder: LoaderHolder,
  { elf, layout }: Pick<CompiledObject, 'elf' | 'layout'>,
): Promise<boolean> {
  const { loader } = await holder.connect();
  const cell = { language: 'bpf-c', source: '' } as const;
  const object = new LoadedObject(loader, holder.newSession(), layout, cell);
  try {
    await object.open(elf, { allow: [...UNSAFE_ACTIONS], logged: false });
    if (object.maps.reduce((sum, map) => sum + sizeOf(map), 0) > MOST_BYTES) return false;
    await object.load([], []);
    return true;
  } finally {
    await object.close();
  }
}

/** Errors that are nobody's but ours. */
const OURS: readonly Diagnostic['code'][] = ['internal', 'loader-died', 'no-privilege', 'no-clang'];

/** Does the work, and counts how it ended. A refusal has to be one that its user can do something with. */
export async function judged(
  { count, found }: Watch,
  mutant: { number: number; show: () => string },
  work: () => Promise<string>,
): Promise<void> {
  try {
    count(await work());
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    const [first] = error.diagnostics;
    count(`refused (${first?.phase})`);
    const what = objectionTo(first);
    if (what) found({ number: mutant.number, what, detail: textOf(first), program: mutant.show() });
  }
}

function objectionTo(told: Diagnostic | undefined): Finding['what'] | undefined {
  if (told?.code === 'loader-died') return 'crash';
  if (!told || OURS.includes(told.code) || /undefined|\[object|NaN|: *$/.test(told.message)) return 'unclear';
  return undefined;
}

const textOf = ({ code, message, log = '' }: Partial<Diagnostic> = {}) =>
  `${code}: ${message}\n${log.split('\n').slice(-12).join('\n')}`;
