/** Which lines of source the instructions of a loaded program come from, by the debug information of its object. */
import { type Elf, type ElfSection, type ElfSymbol, SHF_EXECINSTR, STT } from './elf.ts';
import { BtfFile } from './file.ts';

export interface SourceLine {
  /** As clang was given it, without folders. */
  file: string;
  /** From 0. */
  line: number;
  /** Empty where clang did not find the file. */
  text: string;
}

const INSTRUCTION = 8;
const CALL = 0x85;
const LOAD_ADDRESS = 0x18;
/** Source registers of an instruction that names a function: of a call, and of taking its address. */
const PSEUDO_CALL = 1;
const PSEUDO_FUNC = 4;

/** In .BTF.ext: where its header says that lines are, and how large a record is at least. */
const LINES_AT = 16;
const RECORD = 16;

/** A piece of a section with code that became part of a program. */
interface Piece {
  section: ElfSection;
  /** Bytes from the section's start. */
  start: number;
  size: number;
}

/**
 * The line of each instruction of a program, by the instruction's number as Linux counts: libbpf puts behind a program
 * the functions that it calls, each where it is met first. Undefined for what has no line.
 * @throws RangeError for a damaged object
 */
export function programLines(elf: Elf, program: string): (instruction: number) => SourceLine | undefined {
  const pieces = piecesOf(elf, program);
  const lines = readLines(elf);
  return instruction => {
    let at = instruction * INSTRUCTION;
    for (const { section, start, size } of pieces) {
      if (at < size)
        return lines.get(section.name)?.findLast(({ offset }) => offset >= start && offset <= start + at)
          ?.place;
      at -= size;
    }
    return undefined;
  };
}

function piecesOf(elf: Elf, program: string): Piece[] {
  const functions = elf.symbols.filter(
    ({ type, section }) => type === STT.func && isCode(elf.sections[section]),
  );
  const pieceOf = ({ section, value, size }: ElfSymbol): Piece => ({
    section: elf.sections[section]!,
    start: value,
    size,
  });
  const pieces: Piece[] = [];
  const add = (piece: Piece): void => {
    if (pieces.some(({ section, start }) => section === piece.section && start === piece.start)) return;
    pieces.push(piece);
    for (const { section, at } of calledBy(elf, piece)) {
      const called = functions.find(
        symbol => elf.sections[symbol.section] === section && symbol.value === at,
      );
      if (called) add(pieceOf(called));
    }
  };
  const main = functions.find(({ name }) => name === program);
  if (main) add(pieceOf(main));
  return pieces;
}

const isCode = (section: ElfSection | undefined) => ((section?.flags ?? 0) & SHF_EXECINSTR) !== 0;

/** Functions that a piece of code names, in its order. */
function* calledBy(
  elf: Elf,
  { section, start, size }: Piece,
): Generator<{ section: ElfSection; at: number }> {
  const relocations = new Map(elf.relocations(section.name).map(one => [one.offset, one]));
  for (let at = start; at < start + size; at += INSTRUCTION) {
    const code = section.bytes[at];
    const source = (section.bytes[at + 1] ?? 0) >> 4;
    const immediate = section.bytes.readInt32LE(at + 4);
    const symbol = elf.symbols[relocations.get(at)?.symbol ?? -1];
    const target = symbol && elf.sections[symbol.section];
    if (code === CALL && source === PSEUDO_CALL)
      yield target
        ? { section: target, at: symbol.value + (immediate + 1) * INSTRUCTION }
        : { section, at: at + (immediate + 1) * INSTRUCTION };
    // Taking an address is told by what is relocated: libbpf marks the instruction later.
    else if (code === LOAD_ADDRESS && (source === PSEUDO_FUNC || isCode(target)) && target)
      yield { section: target, at: symbol.value + immediate };
    if (code === LOAD_ADDRESS) at += INSTRUCTION;
  }
}

/** By section, in the order of its instructions. */
function readLines(elf: Elf): Map<string, { offset: number; place: SourceLine }[]> {
  const lines = new Map<string, { offset: number; place: SourceLine }[]>();
  const types = elf.section('.BTF');
  const bytes = elf.relocated('.BTF.ext');
  if (!types || !bytes) return lines;
  const btf = new BtfFile(types.bytes);
  let at = bytes.readUInt32LE(4) + bytes.readUInt32LE(LINES_AT);
  const end = at + bytes.readUInt32LE(LINES_AT + 4);
  const size = bytes.readUInt32LE(at);
  if (size < RECORD) throw new RangeError('damaged .BTF.ext');
  at += 4;
  while (at < end) {
    const name = btf.string(bytes.readUInt32LE(at));
    const count = bytes.readUInt32LE(at + 4);
    at += 8;
    const found = lines.get(name) ?? [];
    lines.set(name, found);
    for (let i = 0; i < count; i++, at += size) {
      const file = btf.string(bytes.readUInt32LE(at + 4));
      const text = btf.string(bytes.readUInt32LE(at + 8)).trim();
      // The lower ten bits are the column.
      const line = (bytes.readUInt32LE(at + 12) >>> 10) - 1;
      found.push({
        offset: bytes.readUInt32LE(at),
        place: { file: file.slice(file.lastIndexOf('/') + 1), line, text },
      });
    }
    found.sort((a, b) => a.offset - b.offset);
  }
  return lines;
}
