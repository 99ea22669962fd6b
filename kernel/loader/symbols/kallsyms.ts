/** Linux's own code: functions and those of its modules and BPF programs, from /proc/kallsyms. */
import { readFileSync } from 'node:fs';
import type { CodeSymbol } from '../protocol.ts';
import { type Entry, SymbolTable } from './table.ts';

const NEWLINE = 0x0a;
const DIGIT_0 = 0x30;
const LETTER_A = 0x61;
const PATH = '/proc/kallsyms';
/** Text symbols, weak ones too; data has addresses as well, but no code. */
const CODE = new Set(Buffer.from('tTwW'));
const HEX_DIGITS = 16;
/** Linux's addresses begin with sixteen ones: the other 48 bits tell them apart, and fit a double. */
const LOW_BITS = 48;
const SAME_DIGITS = (64 - LOW_BITS) / 4;
/** A module's last symbol has no next one to end it. */
const FARTHEST = 1 << 20;

/** What the lines of modules and BPF programs end with. */
const BRACKET = 0x5d;

interface Read {
  table: SymbolTable;
  /** Between which addresses nothing ever changes: Linux itself, without what is loaded. */
  fixed: { start: number; end: number };
}

export class Kallsyms {
  #read: Read | undefined;
  #stale = false;

  /** Modules and BPF programs come and go: the table is read again when one of theirs is next asked for. */
  invalidate(): void {
    this.#stale = true;
  }

  /** Reads the table, if it has to be read. */
  prepare(): Read {
    if (this.#read && !this.#stale) return this.#read;
    this.#stale = false;
    this.#read = readTable();
    return this.#read;
  }

  /** Without the right to know addresses (CAP_SYSLOG) nothing is found. */
  find(address: bigint): CodeSymbol | undefined {
    if (address >> BigInt(LOW_BITS) !== 0xffffn) return undefined;
    const low = Number(BigInt.asUintN(LOW_BITS, address));
    const read = this.#read ?? this.prepare();
    const isFixed = low >= read.fixed.start && low < read.fixed.end;
    const found = (isFixed ? read : this.prepare()).table.find(low);
    if (!found || found.offset > FARTHEST) return undefined;
    const [name, module] = found.name.split('\t') as [string, string?];
    return { name, offset: found.offset, ...(module ? { module } : {}) };
  }
}

function readTable(): Read {
  const text = readFileSync(PATH);
  const entries: Entry[] = [];
  const fixed = { start: Number.POSITIVE_INFINITY, end: 0 };
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf(NEWLINE, at);
    if (end < 0) end = text.length;
    if (CODE.has(text[at + HEX_DIGITS + 1]!)) {
      const address = hexadecimal(text, at + SAME_DIGITS, at + HEX_DIGITS);
      // Aliases: Linux itself calls the first one by its name.
      if (address > 0) entries.push({ address, size: 0, name: at + HEX_DIGITS + 3, rank: 0 });
      if (address > 0 && text[end - 1] !== BRACKET) {
        fixed.start = Math.min(fixed.start, address);
        fixed.end = Math.max(fixed.end, address);
      }
    }
    at = end + 1;
  }
  return { table: new SymbolTable(entries, text, NEWLINE), fixed };
}

/** The digits of a number below 2^53; lower case, as Linux writes them. */
function hexadecimal(text: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text[at]!;
    value = value * 16 + (digit < LETTER_A ? digit - DIGIT_0 : digit - LETTER_A + 10);
  }
  return value;
}
