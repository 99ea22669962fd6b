/** Text of bytes that nobody vouches for. */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Keeps every well-formed character; `odd` says what stands for any other byte. */
export function decodeUtf8(bytes: Uint8Array, odd: (byte: number) => string): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    try {
      text += utf8.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      text += odd(lead);
      at++;
    }
  }
  return text;
}
