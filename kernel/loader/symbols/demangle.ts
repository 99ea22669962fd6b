/** Names as their authors wrote them, from those that C++ and Rust compilers gave the linker. */
import { native } from '../../../native/addon.ts';
import { rustName } from './rust.ts';

/** Longer names are shown as they are: taking them apart could take long. */
const MOST = 2048;
/** What Rust's older names end with: a hash of the crate. */
const RUST_HASH = /^(.*)::h[0-9a-f]{16}$/s;
const RUST_ESCAPES: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

export function demangled(name: string): string {
  if (name.length > MOST) return name;
  if (name.startsWith('_R')) return rustName(name) ?? name;
  if (!name.startsWith('_Z')) return name;
  const text = native.demangle(name);
  if (text === undefined) return name;
  const rust = RUST_HASH.exec(text);
  return rust ? rustPath(rust[1]!) : text;
}

/** Characters that no linker takes stand between dollar signs; `..` is a path's separator. */
function rustPath(path: string): string {
  return path
    .replaceAll(/(^|::)_(?=\$)/g, '$1')
    .replaceAll(/\$(?:u([0-9a-f]{1,6})|([A-Z]{1,2}))\$/g, (whole, code?: string, word?: string) => {
      const point = Number.parseInt(code ?? '', 16);
      return code
        ? point <= 0x10ffff
          ? String.fromCodePoint(point)
          : whole
        : (RUST_ESCAPES[word!] ?? whole);
    })
    .replaceAll('..', '::');
}
