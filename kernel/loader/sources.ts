/** What debug information tells of a program that shall be probed: parameters, types, and where lines have their code. */
import { inlinedFunction } from './dwarf/inlined.ts';
import { lineAddresses } from './dwarf/lineAddresses.ts';
import { DebugTypes } from './dwarf/types.ts';
import type { LoaderRequests } from './protocol.ts';
import type { Images } from './symbols/images.ts';

type Params<M extends keyof LoaderRequests> = LoaderRequests[M]['params'];
type Result<M extends keyof LoaderRequests> = LoaderRequests[M]['result'];

export class Sources {
  constructor(private readonly images: Images) {}

  parameters({ path, addresses }: Params<'parameters'>): Result<'parameters'> {
    const types = this.#types(path);
    return { functions: addresses.map(address => types?.parametersAt(address) ?? null) };
  }

  type({ path, name }: Params<'sourceType'>): Result<'sourceType'> {
    return { type: this.#types(path)?.named(name) ?? null };
  }

  line({ path, file, line, column }: Params<'sourceLine'>): Result<'sourceLine'> {
    const source = this.images.source([{ path }]);
    if (!source?.info) return { wrong: 'no debug information' };
    const found = lineAddresses(source.info, file, line, column);
    if (!found) return { wrong: 'no file' };
    if ('files' in found) return { wrong: 'several files', files: found.files };
    if ('file' in found) return { wrong: 'no code' };
    const offsets = found.addresses.flatMap(address => source.offsetOf(address) ?? []);
    return { sites: offsets.map((offset, i) => ({ offset, address: found.addresses[i]! })) };
  }

  inlined({ path, name }: Params<'inlined'>): Result<'inlined'> {
    const info = this.images.source([{ path }])?.info;
    return { place: (info && inlinedFunction(info, name)) ?? null };
  }

  #types(path: string): DebugTypes | undefined {
    const info = this.images.source([{ path }])?.info;
    return info && new DebugTypes(info);
  }
}
