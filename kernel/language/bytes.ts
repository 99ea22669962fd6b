/**
 * Strings of programs are bytes, texts in here are characters: a byte that belongs to no UTF-8 character, which a
 * program can write as `\xNN`, is stood for by half a surrogate pair, which no text has.
 */
import { decodeUtf8 } from '../utf8.ts';

const HALF = 0xdc00;
const LONE = /((?<![\ud800-\udbff])[\udc80-\udcff])/;

/** What stands for the byte of an escape; {@link joined} makes characters of those that are some. */
export const byteCharacter = (byte: number) => String.fromCharCode(byte < 0x80 ? byte : HALF + byte);

export const joined = (text: string) => (LONE.test(text) ? textOf(bytesOf(text)) : text);

/** The bytes of a text, without a NUL of their own. */
export function bytesOf(text: string): Uint8Array {
  if (!LONE.test(text)) return new TextEncoder().encode(text);
  const parts = text
    .split(LONE)
    .map((part, i) => (i % 2 ? [part.charCodeAt(0) - HALF] : [...new TextEncoder().encode(part)]));
  return Uint8Array.from(parts.flat());
}

/** The text of bytes. */
export const textOf = (bytes: Uint8Array): string => decodeUtf8(bytes, byteCharacter);
