import { native } from '../../native/addon.ts';
import type { Btf } from '../../native/types.ts';
import type { BtfFile } from './file.ts';
import type { TypeSource } from './source.ts';

const opened = new WeakMap<BtfFile, Btf>();

/** libbpf's view of the same bytes, opened at the first dump. */
function nativeBtf(file: BtfFile): Btf {
  let btf = opened.get(file);
  if (!btf) {
    btf = native.Btf.fromRaw(file.raw, file.base && nativeBtf(file.base));
    opened.set(file, btf);
  }
  return btf;
}

/** C definitions of these types and of all they hold by value, in an order that compiles. */
export function dumpIds(source: TypeSource, ids: number[]): string {
  return nativeBtf(source.file).dump(ids);
}
