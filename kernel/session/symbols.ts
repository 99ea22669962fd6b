/** Names of code, asked of the loader before the records that hold the addresses are shown. */
import type { LoaderClient } from '../loader/client.ts';
import { type CodeSymbol, MOST_ADDRESSES } from '../loader/protocol.ts';

/** Addresses that are remembered; beyond it what was learnt first goes first. */
const MOST = 200_000;
const BYTES = 8;

type Known = Map<bigint, CodeSymbol | null>;
/** Linux's own addresses stand under 0, which is no process. */
type Owner = number;
const LINUX: Owner = 0;

export class CodeSymbols {
  readonly #owners = new Map<Owner, Known>();
  #count = 0;
  #wanted = new Map<Owner, Set<bigint>>();

  constructor(
    private readonly loader: LoaderClient,
    /** C++ and Rust names are shown as their authors wrote them. */
    private readonly demangle: boolean,
  ) {}

  of(address: bigint, pid = LINUX): CodeSymbol | undefined {
    return this.#owners.get(pid)?.get(address) ?? undefined;
  }

  /** Notes an address whose name will be asked for by {@link learn}. */
  want = (address: bigint, pid = LINUX): void => {
    if (this.#owners.get(pid)?.has(address)) return;
    const wanted = this.#wanted.get(pid);
    if (wanted) wanted.add(address);
    else this.#wanted.set(pid, new Set([address]));
  };

  /** Are there addresses to be learnt? */
  get wants(): boolean {
    return this.#wanted.size > 0;
  }

  /** Has the loader get ready to name Linux's own code, while the programs of this run are part of it. */
  prepare(): void {
    void this.#ask(LINUX, []);
  }

  /** Asks for what is wanted. Never rejects: what cannot be learnt has no name. */
  async learn(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    this.#forget();
    const questions = [...wanted].flatMap(([owner, addresses]) =>
      chunks([...addresses]).map(chunk => this.#ask(owner, chunk)),
    );
    await Promise.all(questions);
  }

  async #ask(owner: Owner, addresses: bigint[]): Promise<void> {
    const bytes = Buffer.alloc(addresses.length * BYTES);
    for (const [i, address] of addresses.entries()) bytes.writeBigUInt64LE(address, i * BYTES);
    const params = { demangle: this.demangle, ...(owner === LINUX ? {} : { pid: owner }) };
    const reply = await this.loader.request('symbols', params, bytes).catch(() => undefined);
    const known = this.#owners.get(owner) ?? new Map();
    this.#owners.set(owner, known);
    for (const [i, address] of addresses.entries()) known.set(address, reply?.result.symbols[i] ?? null);
    this.#count += addresses.length;
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
