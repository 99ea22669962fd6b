import { Elf, TypeSource } from '../btf/index.ts';
import { type Diagnostic, problem } from '../errors.ts';
import type { CellLayout, LostLayout } from '../layout.ts';
import { readGlobals } from './globals.ts';
import { readMaps } from './maps.ts';
import { readPrograms, strayFunctions } from './programs.ts';
import { type RecordSite, readRecords, readSites } from './records.ts';

/** The array that bpf/shadow/bpf/bpf_helpers.h defines, and what it counts. */
const LOST: LostLayout = { array: 'ebpfnb_lost', counts: [{ kind: 'record' }] };

/** What a BPF C object says of itself. */
export interface ObjectContents {
  layout: CellLayout;
  warnings: Diagnostic[];
  sites: RecordSite[];
}

/** Reads programs, maps, records and globals out of an object that clang made. */
export function readObject(bytes: Uint8Array, source: string, directory: string): ObjectContents {
  const elf = new Elf(bytes);
  const programs = readPrograms(elf, source, directory);
  const warnings = strayFunctions(elf, source);
  if (!elf.section('license')) warnings.push(problem('no-license'));
  if (!elf.section('.BTF')) {
    const layout = { programs, maps: [], records: [], globals: [], taggedRings: [] };
    return { layout, warnings, sites: [] };
  }
  const btf = TypeSource.fromElf(elf);
  const maps = readMaps(btf, source);
  const rings = maps.filter(map => map.type === 'ringbuf').map(map => map.symbol);
  const sites = readSites(elf, btf);
  const { records, warnings: recordWarnings } = readRecords(sites, btf, rings);
  return {
    layout: {
      programs,
      maps,
      records,
      globals: readGlobals(btf),
      taggedRings: [],
      ...(maps.some(map => map.symbol === LOST.array) ? { lost: LOST } : {}),
    },
    warnings: [...warnings, ...recordWarnings],
    sites,
  };
}
