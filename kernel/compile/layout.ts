import { Elf, TypeSource } from '../btf/index.ts';
import type { Diagnostic } from '../errors.ts';
import type { CellLayout, LostLayout } from '../layout.ts';
import { isStream } from '../mapTypes.ts';
import { withContexts } from './contexts.ts';
import { refuseCounters } from './counters.ts';
import { noLicense } from './fixes.ts';
import { readGlobals } from './globals.ts';
import { readMaps, withoutScratch } from './maps.ts';
import { joined, joinedType, stackMaps } from './neighbours.ts';
import { PRINTK_RING, printkRecords } from './printk.ts';
import { readPrograms, strayFunctions } from './programs.ts';
import { type RecordSite, readRecords, readSites } from './records.ts';
import type { Showing } from './showing.ts';
import { withStacksInPlace } from './stackMaps.ts';
import { readTailCalls } from './tailCalls.ts';

/** The array that bpf/shadow/bpf/bpf_helpers.h defines, and what it counts. */
const LOST: LostLayout = { array: 'ebpfnb_lost', counts: [{ kind: 'record' }, { kind: 'perf-record' }] };

/** What a BPF C object says of itself. */
export interface ObjectContents {
  layout: CellLayout;
  warnings: Diagnostic[];
  sites: RecordSite[];
  /** Structs whose records look like another's of the same ring. */
  alike: string[];
}

/** Reads programs, maps, records and globals out of an object that clang made; `showing` says how they are shown. */
export function readObject(
  bytes: Uint8Array,
  source: string,
  directory: string,
  showing?: Showing,
): ObjectContents {
  const elf = new Elf(bytes);
  const { programs, notes } = readPrograms(elf, source, directory);
  const warnings = [...notes, ...strayFunctions(elf, source)];
  if (!elf.section('license')) warnings.push(noLicense(source));
  if (!elf.section('.BTF')) {
    const layout = { programs, maps: [], records: [], globals: [], taggedRings: [] };
    return { layout, warnings, sites: [], alike: [] };
  }
  const btf = TypeSource.fromElf(elf, showing?.refine);
  showing?.use(btf);
  const { maps, notes: mapNotes } = readMaps(btf, source);
  refuseCounters(maps, source);
  const rings = maps.filter(({ type, symbol }) => isStream(type) && symbol !== PRINTK_RING);
  const lines = printkRecords(maps);
  const sites = readSites(elf, btf);
  const { records, warnings: recordWarnings, alike } = readRecords(sites, btf, rings);
  const stacks = stackMaps(maps);
  const tailCalls = readTailCalls(elf, btf, maps, programs);
  const layout: CellLayout = {
    programs: withContexts(tailCalls.programs, btf, source),
    maps: withoutScratch(maps, records).map(map => ({
      ...map,
      ...(map.key ? { key: joined(map.key, stacks) } : {}),
      value: joinedType(map.value, stacks),
    })),
    records: [...records.map(record => ({ ...record, fields: joined(record.fields, stacks) })), ...lines],
    globals: readGlobals(btf),
    taggedRings: lines.length > 0 ? [PRINTK_RING] : [],
    ...(tailCalls.calls.length > 0 ? { tailCalls: tailCalls.calls } : {}),
    ...(maps.some(map => map.symbol === LOST.array) ? { lost: LOST } : {}),
  };
  const shown = showing?.finish(layout, btf);
  return {
    layout: withStacksInPlace(shown?.layout ?? layout),
    warnings: [...warnings, ...mapNotes, ...tailCalls.notes, ...recordWarnings, ...(shown?.warnings ?? [])],
    sites,
    alike,
  };
}
