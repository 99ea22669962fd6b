/** Names of the code that a run's records and maps hold addresses of, asked of the loader before they are shown. */
import type { AttachSpec, CellLayout } from '../layout.ts';
import type { LoaderClient } from '../loader/client.ts';
import { type CodeSymbol, MOST_ADDRESSES } from '../loader/protocol.ts';
import { AddressFinder, type StreamOptions } from '../views/index.ts';
import { UnnamedCode } from './unnamedCode.ts';

/** Addresses that are remembered; beyond it what was learnt first goes first. */
const MOST = 200_000;
const BYTES = 8;

/** Stacks of these begin where they interrupted Linux or a program. */
const INTERRUPTING = new Set<AttachSpec['kind']>([
  'tracepoint',
  'uprobe',
  'clock',
  'perf_event',
  'watchpoint',
]);

type Known = Map<bigint, CodeSymbol | null>;
/** A process; the places in it that calls return to stand under its negative, Linux's own addresses under 0. */
type Owner = number;
const LINUX: Owner = 0;
const ownerOf = (pid: number, returns: boolean): Owner => (returns ? -pid : pid);

export class CodeSymbols {
  readonly #finder: AddressFinder;
  /** C++ and Rust names are shown as their authors wrote them. */
  readonly #demangle: boolean;
  /** Files and lines are shown, too. */
  readonly #lines: boolean;
  /** Its programs are frames of the stacks that they take. */
  readonly #seesItself: boolean;
  readonly #owners = new Map<Owner, Known>();
  readonly unnamed = new UnnamedCode();
  /** Are there frames that stand for more than one function? */
  inlines = false;
  #count = 0;
  #wanted = new Map<Owner, Set<bigint>>();

  constructor(
    private readonly loader: LoaderClient,
    layout: CellLayout,
    streams: StreamOptions,
  ) {
    this.#finder = new AddressFinder(layout, streams);
    this.#demangle = !layout.mangled;
    this.#lines = !layout.withoutLines;
    this.#seesItself = layout.programs.some(({ attach }) => !INTERRUPTING.has(attach.kind));
  }

  of(address: bigint, pid = LINUX, returns = false): CodeSymbol | undefined {
    return this.#owners.get(ownerOf(pid, returns))?.get(address) ?? undefined;
  }

  /** Addresses of programs will come, which may end before they are asked for. */
  get ofPrograms(): boolean {
    return this.#finder.user;
  }

  /** Has the loader get ready for Linux's own code where the programs of this run are part of it, while they are. */
  prepare(): void {
    if (this.#finder.kernel && this.#seesItself) void this.#ask(LINUX, []);
  }

  /** Learns what a batch needs; undefined when there is nothing to wait for. Never rejects. */
  learnFromBatch(batch: Buffer): Promise<void> | undefined {
    if (this.#finder.some) this.#finder.inBatch(batch, this.#want);
    return this.#wanted.size > 0 ? this.#learn() : undefined;
  }

  /** As {@link learnFromBatch}, for a map's snapshot. */
  learnFromMap(symbol: string, payload: Buffer): Promise<void> | undefined {
    if (this.#finder.some) this.#finder.inSnapshot(symbol, payload, this.#want);
    return this.#wanted.size > 0 ? this.#learn() : undefined;
  }

  readonly #want = (address: bigint, pid = LINUX, returns = false): void => {
    const owner = ownerOf(pid, returns);
    if (this.#owners.get(owner)?.has(address)) return;
    const wanted = this.#wanted.get(owner);
    if (wanted) wanted.add(address);
    else this.#wanted.set(owner, new Set([address]));
  };

  async #learn(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    this.#forget();
    const questions = [...wanted].flatMap(([owner, addresses]) =>
      chunks([...addresses]).map(chunk => this.#ask(owner, chunk)),
    );
    await Promise.all(questions);
  }

  /** What cannot be learnt has no name. */
  async #ask(owner: Owner, addresses: bigint[]): Promise<void> {
    const bytes = Buffer.alloc(addresses.length * BYTES);
    for (const [i, address] of addresses.entries()) bytes.writeBigUInt64LE(address, i * BYTES);
    const params = {
      demangle: this.#demangle,
      ...(owner === LINUX ? {} : { pid: Math.abs(owner), lines: this.#lines, returns: owner < 0 }),
    };
    const reply = await this.loader.request('symbols', params, bytes).catch(() => undefined);
    const known = this.#owners.get(owner) ?? new Map();
    this.#owners.set(owner, known);
    const before = known.size;
    for (const [i, address] of addresses.entries()) {
      const symbol = reply?.result.symbols[i] ?? null;
      known.set(address, symbol);
      if (symbol) this.unnamed.note(symbol);
      this.inlines ||= Boolean(symbol?.inlined);
    }
    this.#count += known.size - before;
  }

  #forget(): void {
    for (const [owner, known] of this.#owners) {
      if (this.#count <= MOST) return;
      this.#count -= known.size;
      this.#owners.delete(owner);
    }
  }
}

function chunks(addresses: bigint[]): bigint[][] {
  const all: bigint[][] = [];
  for (let at = 0; at < addresses.length; at += MOST_ADDRESSES)
    all.push(addresses.slice(at, at + MOST_ADDRESSES));
  return all;
}
