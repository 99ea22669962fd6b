/**
 * Text of bytes that nobody vouches for: strings of programs and of traced processes are bytes, texts in here are
 * characters. A byte that belongs to no UTF-8 character is stood for by half a surrogate pair, which no text has; it is
 * the same byte again where the text is written.
 */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const HALF = 0xdc00;
const LONE = /((?<![\ud800-\udbff])[\udc80-\udcff])/;
const EACH_LONE = new RegExp(LONE, 'g');

/** What stands for the byte of an escape; {@link joined} makes characters of those that are some. */
export const byteCharacter = (byte: number) => String.fromCharCode(byte < 0x80 ? byte : HALF + byte);

export const joined = (text: string) => (LONE.test(text) ? textOf(bytesOf(text)) : text);

/** Bytes that are no text become visible, as `\xff`. */
export const visibleBytes = (text: string) =>
  text.replace(EACH_LONE, half => `\\x${(half.charCodeAt(0) - HALF).toString(16)}`);

/** The bytes of a text, without a NUL of their own. */
export function bytesOf(text: string): Uint8Array {
  const encoder = new TextEncoder();
  if (!LONE.test(text)) return encoder.encode(text);
  const parts = text
    .split(LONE)
    .map((part, i) => (i % 2 ? [part.charCodeAt(0) - HALF] : [...encoder.encode(part)]));
  return Uint8Array.from(parts.flat());
}

/** The text of bytes. */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return pieces(bytes);
  }
}

/** Keeps every well-formed character. */
function pieces(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    try {
      text += utf8.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      text += byteCharacter(lead);
      at++;
    }
  }
  return text;
}
