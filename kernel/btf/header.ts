import { native } from '../../native/addon.ts';
import type { Btf } from '../../native/types.ts';
import type { TypeSource } from './source.ts';

const opened = new WeakMap<TypeSource, Btf>();

/** libbpf's view of the same bytes, opened at the first dump. */
function nativeBtf(source: TypeSource): Btf {
  let btf = opened.get(source);
  if (!btf) {
    btf = native.Btf.fromRaw(source.file.raw);
    opened.set(source, btf);
  }
  return btf;
}

/** C definitions of these types and of all they hold by value, in an order that compiles. */
export function dumpIds(source: TypeSource, ids: number[]): string {
  return nativeBtf(source).dump(ids);
}
