import type { Elf, TypeSource } from '../btf/index.ts';
import { type Diagnostic, problem, type Span } from '../errors.ts';
import type { DataType, MapLayout, RecordLayout } from '../layout.ts';
import { deliveredSize } from '../mapTypes.ts';
import { CELL_FILE } from './flags.ts';
import { fieldsOf } from './maps.ts';

/** Section of the notes that bpf/shadow/bpf/bpf_helpers.h leaves. */
const NOTES = '.ebpfnb';

/** One call that reserves, submits or outputs a record. */
export interface RecordSite {
  /** Number of the call in its translation unit. */
  id: string;
  /** Function that holds the call. */
  func: string;
  line: number;
  /** `<cell>`, or the header that holds the call. */
  file: string;
  /** The ring as it was written; empty where the call does not name it (submit). */
  ring: string;
  /** Size in bytes where it is constant, else 0. */
  size: number;
  /** Bytes behind the record, see EBPFNB_EXTRA_OF. */
  extra: number;
  /** BTF id of the record's type: 0 is void, undefined where the call has no record (reserve). */
  type?: number;
}

/** The notes of an object, in the order of the source. */
export function readSites(elf: Elf, btf: TypeSource): RecordSite[] {
  const bytes = elf.section(NOTES)?.bytes;
  if (!bytes) return [];
  const sites: RecordSite[] = [];
  const types = new Map<string, number[]>();
  for (const { name, typeId, offset } of btf.datasec(NOTES)) {
    // A static variable of a function is called FUNCTION.VARIABLE.
    const [, func = '', kind, id = ''] = /^(?:(.*)\.)?ebpfnb_(site|type|inferred)_(\d+)/.exec(name) ?? [];
    if (kind === 'site') sites.push({ id, func, ...readSite(bytes, btf, typeId, offset) });
    else if (kind) types.set(id, [...(types.get(id) ?? []), pointee(btf, typeId)]);
  }
  return sites
    .flatMap(site => {
      const found = types.get(site.id);
      if (!found) return [site];
      const known = found.filter(type => type !== 0);
      return (known.length > 0 ? known : [0]).map(type => ({ ...site, type }));
    })
    .sort((a, b) => a.line - b.line);
}

function readSite(bytes: Buffer, btf: TypeSource, typeId: number, offset: number) {
  const type = btf.typeOf(typeId);
  const fields = type?.kind === 'struct' ? type.fields : [];
  const text = (name: string) => {
    const field = fields.find(field => field.name === name);
    return field
      ? bytes.toString('utf8', offset + field.offset, offset + field.offset + field.type.size - 1)
      : '';
  };
  const [line, size, extra] = [0, 4, 8].map(at => bytes.readUInt32LE(offset + at)) as [
    number,
    number,
    number,
  ];
  return { line, size, extra, file: text('file'), ring: text('ring') };
}

/** The type that a `const T *const` points to, without qualifiers. */
function pointee(btf: TypeSource, typeId: number): number {
  return btf.file.strip(btf.file.target(btf.file.strip(typeId)));
}

/** Calls whose record is a `void *`: only the program's syntax tree tells what it is. */
export const untyped = (sites: RecordSite[]) => sites.filter(site => site.type === 0);

/** The call that makes room, rather than one that hands a record over. */
export const isReserve = (site: RecordSite) => site.type === undefined;

/**
 * One layout for each type of record of each ring or perf buffer. A view tells the records of one apart by their size; where
 * two types have one size, the first in the source stands for both, and a warning says so; `alike` are the structs that
 * have lost their own.
 */
export function readRecords(
  sites: RecordSite[],
  btf: TypeSource,
  streams: MapLayout[],
): { records: RecordLayout[]; warnings: Diagnostic[]; alike: string[] } {
  const rings = streams.map(({ symbol }) => symbol);
  const typeOf = new Map(streams.map(({ symbol, type }) => [symbol, type]));
  const records: RecordLayout[] = [];
  const warnings: Diagnostic[] = [];
  const alike = new Set<string>();
  for (const site of sites) {
    if (!site.type) continue;
    const ring = ringOf(site, sites, rings, btf.typeOf(site.type)?.size ?? 0);
    const type = ring && recordType(btf, site);
    if (!ring || !type) continue;
    const name = (type.kind === 'struct' || type.kind === 'union' ? type.name : undefined) ?? ring;
    const delivered = (size: number) => deliveredSize(typeOf.get(ring)!, size);
    const clash = records.find(
      ({ ring: other, size, extra = 0 }) =>
        other === ring && delivered(size + extra) === delivered(type.size + site.extra),
    );
    if (clash) {
      if (clash.name !== name) {
        if (type.kind === 'struct') alike.add(name);
        const values = { ring, first: clash.name, second: name, size: type.size };
        warnings.push(problem('records-alike', values, { map: ring, span: spanOf(site) }));
      }
      continue;
    }
    const span = spanOf(site);
    records.push({
      id: records.length,
      ring,
      name,
      size: type.size,
      ...(site.extra > 0 ? { extra: site.extra } : {}),
      ...leastOf(site, type),
      fields: fieldsOf('value', type),
      action: { do: 'row' },
      ...(span ? { span } : {}),
    });
  }
  for (const ring of rings) {
    const used = sites.length > 0 && !records.some(record => record.ring === ring);
    if (used) warnings.push(problem('record-untyped', { ring }, { map: ring }));
  }
  return { records, warnings, alike: [...alike] };
}

/** Where the size is computed, a record may end within its last field. */
function leastOf({ ring, size }: RecordSite, type: DataType): { least?: number } {
  const last = type.kind === 'struct' ? type.fields.at(-1) : undefined;
  const isArray = last && ['array', 'bytes', 'string'].includes(last.type.kind);
  // A call that does not name its ring submits what another reserved.
  return ring && size === 0 && isArray ? { least: last.offset } : {};
}

/**
 * The ring of a call: as written (`&rb`); for a submit, the ring of the last reserve of that size before it, best
 * in the same function; and with only one ring, that one.
 */
function ringOf(site: RecordSite, sites: RecordSite[], rings: string[], size: number): string | undefined {
  const named = ringName(site.ring, rings);
  if (named) return named;
  if (rings.length === 1) return rings[0];
  const reserves = sites.filter(other => other.type === undefined && ringName(other.ring, rings));
  const rank = (other: RecordSite) =>
    (other.func === site.func ? 4 : 0) + (other.size === size ? 2 : 0) + (other.line <= site.line ? 1 : 0);
  const best = reserves.reduce<RecordSite | undefined>(
    (best, other) => (best && rank(best) > rank(other) ? best : other),
    undefined,
  );
  return best && ringName(best.ring, rings);
}

function ringName(text: string, rings: string[]): string | undefined {
  const words: string[] = text.match(/\w+/g) ?? [];
  return rings.find(ring => words.includes(ring));
}

/** The type behind the pointer; a pointer to one of many (a char array) stands for as many as the size says. */
function recordType(btf: TypeSource, site: RecordSite): DataType | undefined {
  const type = btf.typeOf(site.type!);
  if (!type || type.size === 0 || site.size <= type.size || site.size % type.size !== 0) return type;
  if (type.kind === 'int' && type.size === 1) {
    return { kind: type.signed || type.display === 'char' ? 'string' : 'bytes', size: site.size };
  }
  return { kind: 'array', size: site.size, element: type, length: site.size / type.size };
}

export function spanOf({ file, line }: RecordSite): Span | undefined {
  if (file !== CELL_FILE) return undefined;
  return { start: { line: line - 1, column: 0 }, end: { line, column: 0 } };
}
