/** The kinds of probes that a target offers: one row a kind, with its names and the arguments of one. */
import type { TypeSource } from '../btf/index.ts';
import { HARDWARE_EVENTS, type LanguageTarget, SOFTWARE_EVENTS, usdtArguments } from '../language/index.ts';
import { type Parameter, parametersOf, returnOf } from './kernelFunctions.ts';
import type { Connection } from './loader.ts';
import { structNames } from './types.ts';
import { userFunctions, userTracepoints } from './userSymbols.ts';

/** What a listing is told besides its pattern. */
export interface ListOptions {
  /** With the arguments of each. */
  verbose: boolean;
  /** Looks into the program and the libraries of this process for user probes. */
  pid?: number;
  /** A name that is none is no part of a name either: what programs mean. */
  exactly?: boolean;
  /** Kernel functions that can be traced, with their modules; without, those that Linux says. */
  functions?: ReadonlyMap<string, string[]>;
}

export interface Kind {
  prefix: string;
  aliases: string[];
  /** Shown by patterns that name no kind: always, or when a process is asked for. */
  common: boolean | 'of a process';
  /** The first part of a name is a file, which a pattern may write in short. */
  ofFiles: boolean;
  /** Patterns may leave out the first part of names. */
  optional: boolean;
  /** Not to be changed. Without the prefix; an empty name stands for the prefix alone. `target` is what the pattern says of files. */
  names(connection: Connection, options: ListOptions, target: string): Promise<string[]>;
  args(connection: Connection, name: string): Promise<Parameter[] | undefined>;
  /** Instead of `args`, where one question about all costs as much as about one; in the order of the names. */
  argsOfAll?(connection: Connection, names: readonly string[]): Promise<(Parameter[] | undefined)[]>;
}

type Row = Pick<Kind, 'names'> & Partial<Kind>;

const kind = (prefix: string, row: Row): Kind => ({
  prefix,
  aliases: [],
  common: false,
  ofFiles: false,
  optional: false,
  args: async () => undefined,
  ...row,
});

/** Probes that every Linux has. */
const fixed = (names: string[]) => async () => names;

const CLOCKS = fixed(['hz:', 'ms:', 's:', 'us:']);
/** Events are listed with the place where their count is written. */
const events = (table: Record<string, { alias?: string }>) =>
  fixed(Object.entries(table).flatMap(([name, { alias }]) => [`${name}:`, ...(alias ? [`${alias}:`] : [])]));

const ITERATOR = 'bpf_iter__';

/** Functions with the modules that have them. */
const modules = async ({ loader, target }: Connection, { functions }: ListOptions) =>
  functions ?? (await target.traceable(loader)).modules;

/** Names of functions in order, by the list they come from: making and sorting 100,000 takes most of a listing. */
class NameLists {
  readonly #kept = new WeakMap<ReadonlyMap<string, string[]>, string[]>();

  constructor(private readonly make: (functions: ReadonlyMap<string, string[]>) => string[]) {}

  of(functions: ReadonlyMap<string, string[]>): string[] {
    const kept = this.#kept.get(functions) ?? this.make(functions).sort();
    this.#kept.set(functions, kept);
    return kept;
  }
}

const BARE = new NameLists(functions => [...functions.keys()]);
const WITH_MODULES = new NameLists(functions =>
  [...functions].flatMap(([name, modules]) => modules.map(module => `${module}:${name}`)),
);

const inModules: Kind['names'] = async (connection, options, target) =>
  target === BPF ? ofPrograms(connection) : WITH_MODULES.of(await modules(connection, options));

/** What stands in the place of a module. */
const BPF = 'bpf';

/** Functions of BPF programs that are loaded. */
async function ofPrograms({ loader }: Connection): Promise<string[]> {
  const { programs } = (await loader.request('bpfPrograms', {})).result;
  return programs.flatMap(({ id, functions }) => functions.map(name => `${BPF}:${id}:${name}`));
}

/** A kernel function may have its module in front, and is listed with it when the pattern has. */
const functions: Kind['names'] = async (connection, options, target) =>
  (target ? WITH_MODULES : BARE).of(await modules(connection, options));

/** What the types of Linux, or of the module that has it, say of a function. */
const ofFunction =
  (say: (types: TypeSource, name: string) => Parameter[] | undefined): Kind['args'] =>
  async ({ loader, target }, name) => {
    const types = await target.describing(loader, bare(name));
    return types && say(types, bare(name));
  };

const bare = (name: string) => name.slice(name.indexOf(':') + 1);

export const KINDS: Kind[] = [
  kind('begin', { names: fixed(['']) }),
  kind('end', { names: fixed(['']) }),
  kind('fentry', {
    aliases: ['f', 'kfunc'],
    common: true,
    optional: true,
    names: inModules,
    args: ofFunction(parametersOf),
  }),
  kind('fexit', {
    aliases: ['fr', 'kretfunc'],
    optional: true,
    names: inModules,
    args: ofFunction((types, name) => {
      const parameters = parametersOf(types, name);
      const result = returnOf(types, name);
      return parameters && result ? [...parameters, result] : parameters;
    }),
  }),
  kind('hardware', {
    aliases: ['h'],
    common: true,
    names: events(HARDWARE_EVENTS),
  }),
  kind('interval', { aliases: ['i'], names: CLOCKS }),
  kind('iter', {
    aliases: ['it'],
    common: true,
    // Linux describes the context of each iterator by a struct named after it.
    names: async ({ target }) =>
      structNames(target.btf, ITERATOR)
        .map(name => name.slice(ITERATOR.length))
        .filter(name => target.btf.func(`bpf_iter_${name}`)),
    args: async ({ target }, name) =>
      parametersOf(target.btf, `bpf_iter_${name}`)?.filter(({ name }) => name !== 'meta'),
  }),
  kind('kprobe', {
    aliases: ['k'],
    common: true,
    names: functions,
    args: ofFunction(parametersOf),
  }),
  kind('kretprobe', {
    aliases: ['kr'],
    names: functions,
    args: ofFunction((types, name) => {
      const result = returnOf(types, name);
      return result ? [result] : [];
    }),
  }),
  kind('profile', { aliases: ['p'], names: CLOCKS }),
  kind('rawtracepoint', {
    aliases: ['rt'],
    common: true,
    names: async ({ loader }) => (await loader.request('probes', { kind: 'raw_tracepoint' })).result.names,
    // The first parameter is the tracer's own.
    args: async ({ target }, name) =>
      (
        parametersOf(target.btf, `__bpf_trace_${name}`) ?? parametersOf(target.btf, `__traceiter_${name}`)
      )?.slice(1),
  }),
  kind('self', { names: fixed(['signal:SIGUSR1']) }),
  kind('software', {
    aliases: ['s'],
    common: true,
    names: events(SOFTWARE_EVENTS),
  }),
  kind('tracepoint', {
    aliases: ['t'],
    common: true,
    optional: true,
    names: async ({ target }) => target.tracepoints,
    args: async ({ loader, target }, name) => formatArguments(await target.format(loader, name)),
  }),
  kind('uprobe', {
    aliases: ['u'],
    common: 'of a process',
    ofFiles: true,
    names: async (_, { pid }, target) => userFunctions(target, pid),
    argsOfAll: sourceParameters,
  }),
  kind('uretprobe', {
    aliases: ['ur'],
    ofFiles: true,
    names: async (_, { pid }, target) => userFunctions(target, pid),
  }),
  kind('usdt', {
    aliases: ['U'],
    common: 'of a process',
    ofFiles: true,
    names: async (_, { pid }, target) => userTracepoints(target, pid),
    args: staticArguments,
  }),
];

/** By debug information; undefined where there is none. */
function sourceParameters({ loader, target }: Connection, names: readonly string[]) {
  return target.resolve(loader, target => {
    const addresses = new Map<string, Map<string, number>>();
    return names.map(whole => {
      const [, path = '', name = ''] = /^(.*):([^:]*)$/.exec(whole) ?? [];
      const known = addresses.get(path) ?? functionAddresses(target, path);
      addresses.set(path, known);
      const address = known.get(name);
      const parameters = address === undefined ? undefined : target.parameters?.(path, address);
      return parameters?.map(({ name, declaration }) => ({ name, type: declaration }));
    });
  });
}

const functionAddresses = (target: LanguageTarget, path: string) =>
  new Map(target.userSymbols?.(path, '*', false)?.symbols.map(({ name, address }) => [name, address]));

/** By position, as programs read them: what a USDT probe's note tells is where each lies, its size and its sign. */
async function staticArguments({ loader, target }: Connection, whole: string) {
  const [, path = '', provider, name] = /^(.*):([^:]*):([^:]*)$/.exec(whole) ?? [];
  const found = await target.resolve(loader, target => target.usdt?.(path));
  const site = found?.sites.find(site => site.provider === provider && site.name === name);
  return usdtArguments(site?.arguments ?? '', target.arch).map((argument, i) => ({
    name: `arg${i}`,
    type: argument ? `${argument.signed ? '' : 'u'}int${argument.size * 8}` : 'unreadable',
  }));
}

/** Lines such as `field:const char * filename; offset:24; size:8; signed:0;`. Fields all events share are left out. */
function formatArguments(format: string | undefined): Parameter[] | undefined {
  if (format === undefined) return undefined;
  return [...format.matchAll(/^\s*field:(.+?);/gm)].flatMap(([, declaration]) => {
    const [, type, name, array = ''] = /^(.*?)(\w+)(\[[^\]]*\])?$/.exec(declaration!.trim()) ?? [];
    if (!name || name.startsWith('common_')) return [];
    return [{ name, type: type!.trim() + array }];
  });
}
