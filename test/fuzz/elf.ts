/** Mutations of object files: of their headers, sections, symbols, relocations, types and instructions. */
import { Elf, type ElfSection, SHF_EXECINSTR, SHT } from '../../kernel/btf/elf.ts';
import { Random } from './random.ts';

export interface ObjectMutant {
  bytes: Buffer;
  /** What was changed, a line each. */
  changes: string[];
}

/** Fields of 8, 4, 2 or 1 bytes, by their offsets. */
type Fields = Record<string, [offset: number, size: number]>;

const HEADER: Fields = {
  class: [4, 1],
  data: [5, 1],
  type: [16, 2],
  machine: [18, 2],
  shoff: [40, 8],
  ehsize: [52, 2],
  shentsize: [58, 2],
  shnum: [60, 2],
  shstrndx: [62, 2],
};
const SECTION: Fields = {
  name: [0, 4],
  type: [4, 4],
  flags: [8, 8],
  offset: [24, 8],
  size: [32, 8],
  link: [40, 4],
  info: [44, 4],
  addralign: [48, 8],
  entsize: [56, 8],
};
const SYMBOL: Fields = {
  name: [0, 4],
  info: [4, 1],
  other: [5, 1],
  shndx: [6, 2],
  value: [8, 8],
  size: [16, 8],
};
const RELOCATION: Fields = { offset: [0, 8], type: [8, 4], symbol: [12, 4] };
const INSTRUCTION: Fields = { code: [0, 1], registers: [1, 1], offset: [2, 2], immediate: [4, 4] };
const WORD: Fields = { word: [0, 4] };

/** Calls, jumps, loads and stores of all kinds, and codes that mean nothing. */
const CODES = [
  0x85, 0x95, 0x18, 0x05, 0x06, 0x1d, 0x61, 0x79, 0x63, 0x7b, 0xdb, 0xc3, 0xbf, 0x07, 0x0f, 0xe5, 0x00,
];

const EDGES = [0n, 1n, 2n, 3n, 7n, 8n, 15n, 16n, 127n, 128n, 255n, 4095n, 4096n, 0xffffn, 0x10000n];
const LARGE = [0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n, 0x7fffffffffffffffn, 0xffffffffffffffffn];

/** Writes a value that tends to be at an edge, or is near what is there. */
function mutateField(bytes: Buffer, at: number, [offset, size]: Fields[string], random: Random): string {
  const place = at + offset;
  const was = bytes
    .subarray(place, place + size)
    .reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const value = random.of<() => bigint>([
    () => random.of(EDGES),
    () => random.of(LARGE),
    () => BigInt(bytes.length - random.below(3)),
    () => was + 1n,
    () => was - 1n,
    () => was ^ (1n << BigInt(random.below(size * 8))),
  ])();
  for (let i = 0; i < size; i++) bytes[place + i] = Number(BigInt.asUintN(8, value >> BigInt(i * 8)));
  return `${was} -> ${BigInt.asUintN(size * 8, value)}`;
}

/** What is changed, or nothing where the file has no such part. */
type Mutation = (bytes: Buffer, elf: Elf, random: Random) => string | undefined;

/** A field of one of the entries of a section. */
function inSection(fits: (section: ElfSection) => boolean, entry: number, fields: Fields): Mutation {
  return (bytes, elf, random) => {
    const sections = elf.sections.filter(section => fits(section) && section.bytes.length >= entry);
    if (sections.length === 0) return undefined;
    const section = random.of(sections);
    const index = random.below(Math.floor(section.bytes.length / entry));
    const [name, field] = random.of(Object.entries(fields));
    const at = section.bytes.byteOffset - bytes.byteOffset + index * entry;
    return `${section.name}[${index}].${name} ${mutateField(bytes, at, field, random)}`;
  };
}

const isCode = ({ flags }: ElfSection) => (flags & SHF_EXECINSTR) !== 0;
const named = (pattern: RegExp) => (section: ElfSection) => pattern.test(section.name);

const inHeader: Mutation = (bytes, _, random) => {
  const [name, field] = random.of(Object.entries(HEADER));
  return `header.${name} ${mutateField(bytes, 0, field, random)}`;
};

const inSectionHeader: Mutation = (bytes, elf, random) => {
  const index = random.below(elf.sections.length);
  const at = Number(bytes.readBigUInt64LE(HEADER['shoff']![0])) + index * bytes.readUInt16LE(58);
  const [name, field] = random.of(Object.entries(SECTION));
  return `header of ${elf.sections[index]!.name}.${name} ${mutateField(bytes, at, field, random)}`;
};

const inInstruction: Mutation = (_, elf, random) => {
  const sections = elf.sections.filter(section => isCode(section) && section.bytes.length >= 8);
  if (sections.length === 0) return undefined;
  const { name, bytes: code } = random.of(sections);
  const [at, from] = [random.below(code.length >> 3) * 8, random.below(code.length >> 3) * 8];
  const change = random.of<() => string>([
    () => {
      code[at] = random.of(CODES);
      return `code ${code[at]}`;
    },
    () => {
      code.copy(code, at, from, from + 8);
      return `as ${from / 8}`;
    },
    () => {
      const [field, place] = random.of(Object.entries(INSTRUCTION));
      return `${field} ${mutateField(code, at, place, random)}`;
    },
  ])();
  return `${name}, instruction ${at / 8}: ${change}`;
};

const inBytes: Mutation = (bytes, _, random) => {
  const at = random.below(bytes.length);
  const value = random.of([random.below(256), bytes[at]! ^ (1 << random.below(8))]);
  bytes[at] = value;
  return `byte ${at}: ${value}`;
};

const inRange: Mutation = (bytes, _, random) => {
  const [to, from] = [random.below(bytes.length), random.below(bytes.length)];
  const length = random.below(64);
  bytes.copy(bytes, to, from, from + length);
  return `${length} bytes of ${from} at ${to}`;
};

const MUTATIONS: readonly Mutation[] = [
  inHeader,
  inSectionHeader,
  inSectionHeader,
  inSection(({ type }) => type === SHT.symtab, 24, SYMBOL),
  inSection(({ type }) => type === SHT.rel, 16, RELOCATION),
  inSection(named(/^\.BTF$/), 4, WORD),
  inSection(named(/^\.BTF$/), 4, WORD),
  inSection(named(/^\.BTF\.ext$/), 4, WORD),
  inSection(named(/^(?:\.strtab|\.rodata|\.data|\.maps|license|\.ebpfnb)/), 1, { byte: [0, 1] }),
  inInstruction,
  inInstruction,
  inBytes,
  inRange,
];

/** Object number `number`: one of the originals, changed in one to four places, and sometimes cut short. */
export function objectMutant(number: number, originals: readonly Uint8Array[]): ObjectMutant {
  const random = new Random(number);
  const bytes = Buffer.from(random.of(originals));
  // What is where says the original: a mutant may say anything.
  const elf = new Elf(bytes);
  const changes: string[] = [];
  for (let left = 1 + random.below(4); left > 0; left--) {
    const change = random.of(MUTATIONS)(bytes, elf, random);
    if (change) changes.push(change);
  }
  if (random.below(20) > 0) return { bytes, changes };
  const length = random.below(bytes.length);
  return { bytes: bytes.subarray(0, length), changes: [...changes, `cut to ${length} bytes`] };
}
