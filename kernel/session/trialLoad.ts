/** Does Linux take a program? It is loaded, attached to nothing, and let go. */
import type { CompiledObject } from '../compile/index.ts';
import { UNSAFE_ACTIONS } from '../loader/protocol.ts';
import { LoadedObject } from './loadedObject.ts';
import type { LoaderHolder } from './loader.ts';
import type { RefusedCell } from './remedies.ts';
import { resolveSections } from './sections.ts';

/** Throws CellError with the reason where it does not. What never runs may do anything. */
export async function tryToLoad(
  holder: LoaderHolder,
  { elf, layout }: Pick<CompiledObject, 'elf' | 'layout'>,
  cell: Pick<RefusedCell, 'language' | 'source'>,
): Promise<void> {
  const connection = await holder.connect();
  // Sections are words of C; in bpftrace the checker has chosen them.
  const resolved =
    cell.language === 'bpf-c' ? (await resolveSections(connection, layout, () => true)).layout : layout;
  const object = new LoadedObject(connection.loader, holder.newSession(), resolved, cell);
  try {
    await object.open(elf, { allow: [...UNSAFE_ACTIONS], logged: false });
    await object.load([], []);
  } finally {
    await object.close();
  }
}
