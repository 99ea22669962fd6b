/** Packets in the file format of libpcap (nanosecond times, Ethernet). Pure. */

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const LINK_ETHERNET = 1;
const LONGEST = 0x7fffffff;
const SECOND = 1_000_000_000n;

/** What a file begins with. */
export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(MAGIC_NANOSECONDS, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(LONGEST, 16);
  header.writeUInt32LE(LINK_ETHERNET, 20);
  return header;
}

/** One packet: `nsecs` since the epoch, the bytes there are, and how many it had on the wire. */
export function packetRecord(packet: { nsecs: bigint; length: number; bytes: Uint8Array }): Buffer {
  const { nsecs, length, bytes } = packet;
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Number((nsecs / SECOND) & 0xffffffffn), 0);
  header.writeUInt32LE(Number(nsecs % SECOND), 4);
  header.writeUInt32LE(bytes.length, 8);
  header.writeUInt32LE(Math.max(length, bytes.length), 12);
  return Buffer.concat([header, bytes]);
}
