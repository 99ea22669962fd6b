/** Options of the `config` block. */
import type { Expression, Range, RecordNode } from '../nodes.ts';
import type { Config } from '../symbols.ts';
import type { ConfigRow } from './rows.ts';

/** Names of options whose values are of a type. */
type Option<Value> = { [K in keyof Config]-?: Config[K] extends Value ? K : never }[keyof Config] & string;

interface Words {
  docs: string;
  since: string;
}

const example = (text: string) => `config = { ${text} } begin { @m[1] = 1; exit(); }`;

function number(
  name: Option<number>,
  value: number,
  [least, most]: [least: number, most: number],
  { docs, since }: Words,
): ConfigRow {
  return {
    name,
    signature: `${name} = number`,
    docs: `${docs} ${value} unless given.`,
    since,
    example: example(`${name} = ${value}`),
    value,
    set: (config, text) => {
      const given = /^[0-9]+$/.test(text) ? Number(text) : undefined;
      if (given === undefined) return `expecting a number, got ${text}`;
      if (given < least || given > most) return `expecting a number from ${least} to ${most}, got ${text}`;
      config[name] = given;
      return undefined;
    },
  };
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

const boolean = (name: Option<boolean>, value: boolean, { docs, since }: Words): ConfigRow => ({
  name,
  signature: `${name} = true | false`,
  docs: `${docs} ${value ? 'Yes' : 'No'} unless given.`,
  since,
  example: example(`${name} = ${!value}`),
  value,
  set: (config, text) => {
    const given = BOOLEANS[text.toLowerCase()];
    if (given === undefined) return 'Invalid bool value: valid values are true, false, 1 or 0.';
    config[name] = given;
    return undefined;
  },
});

/** The first choice counts unless another is given. `also`: other spellings, and what they stand for. */
function choice<Choice extends string>(
  name: Option<Choice>,
  choices: readonly Choice[],
  { docs, since }: Words,
  also: Readonly<Record<string, Choice>> = {},
): ConfigRow {
  const quoted = (text: string) => (text.includes(' ') ? `"${text}"` : text);
  return {
    name,
    signature: `${name} = ${choices.join(' | ')}`,
    docs: `${docs} ${choices[0]} unless given.`,
    since,
    example: example(`${name} = ${quoted(choices.at(-1)!)}`),
    value: choices[0]!,
    set: (config, text) => {
      const found = choices.find(c => c.toLowerCase() === text.toLowerCase()) ?? also[text.toLowerCase()];
      const unstable = name.startsWith('unstable_');
      // In bpftrace's order: from what is allowed to what is not.
      const order = ['ignore', 'enable', 'warn', 'error'];
      const listed = [...choices].sort((a, b) => order.indexOf(a) - order.indexOf(b));
      if (found === undefined)
        return `Invalid value for ${unstable ? 'unstable config' : name}: valid values are ${listed.slice(0, -1).join(', ')}, and ${listed.at(-1)}.`;
      Object.assign(config, { [name]: found });
      return undefined;
    },
  };
}

const SWITCHES = { '1': 'enable', true: 'enable', '0': 'error', false: 'error' } as const;

const unstable = (
  name: Option<Config['unstable_tseries']>,
  first: 'warn' | 'error',
  what: string,
  since: string,
) =>
  choice(
    name,
    first === 'warn' ? ['warn', 'error', 'enable'] : ['error', 'warn', 'enable'],
    { docs: `Whether ${what} may be used.`, since },
    SWITCHES,
  );

const LICENSES = [
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
];

/** Bytes that a number of this kind may reach. */
const BYTES: [number, number] = [0, 1 << 24];
const COUNT: [number, number] = [1, 1 << 24];

export const CONFIG: readonly ConfigRow[] = [
  number('max_strlen', 1024, [1, 1 << 20], {
    docs: 'Characters that str(), buf() and path() read at most.',
    since: '17',
  }),
  number('max_map_keys', 4096, COUNT, { docs: 'Entries that a map may have.', since: '17' }),
  number('max_cat_bytes', 10240, BYTES, { docs: 'Bytes of a file that cat() prints.', since: '17' }),
  number('on_stack_limit', 32, BYTES, {
    docs: 'Values larger than this many bytes are kept in memory of the CPU instead of the stack.',
    since: '22',
  }),
  number('max_probes', 1024, COUNT, {
    docs: 'Probes that a program may attach, those of wildcards counted.',
    since: '17',
  }),
  number('max_bpf_progs', 1024, COUNT, { docs: 'Programs that the probes may become.', since: '17' }),
  number('log_size', 1_000_000, [0, 2 ** 31], {
    docs: "Bytes of the verifier's log. Here the log grows as it needs to.",
    since: '17',
  }),
  number('perf_rb_pages', 4096, [1, 1 << 18], {
    docs: 'Pages of 4,096 bytes that records wait in until they are read, rounded up to a power of two.',
    since: '17',
  }),
  boolean('print_maps_on_exit', true, { docs: 'Whether maps are printed when the run ends.', since: '22' }),
  choice('missing_probes', ['error', 'warn', 'ignore'], {
    docs: 'What happens when a probe does not exist.',
    since: '21',
  }),
  {
    ...choice('license', LICENSES, {
      docs: 'License of the programs; Linux offers its tracing helpers to GPL-compatible ones only.',
      since: '24',
    }),
    set: (config, text) => {
      if (!LICENSES.includes(text))
        return `Invalid value for license. Found: ${text}. Valid values: ${LICENSES.join(', ')}.`;
      config.license = text;
      return undefined;
    },
  },
  {
    name: 'str_trunc_trailer',
    signature: 'str_trunc_trailer = "text"',
    docs: 'What is shown behind a string that was longer than could be read. ".." unless given.',
    since: '18',
    example:
      'config = { max_strlen = 4; str_trunc_trailer = "…" } tracepoint:syscalls:sys_enter_openat { print(str(args.filename)); exit(); } interval:ms:500 { exit(); }',
    value: '..',
    set: (config, text) => {
      config.str_trunc_trailer = text;
      return undefined;
    },
  },
  choice(
    'cache_user_symbols',
    ['PER_PID', 'PER_PROGRAM', 'NONE'],
    { docs: 'How symbols of programs are cached.', since: '17' },
    { '1': 'PER_PID', '0': 'NONE' },
  ),
  boolean('cpp_demangle', true, { docs: 'Whether C++ names are demangled in stacks.', since: '17' }),
  boolean('lazy_symbolication', true, {
    docs: 'Whether user symbols are resolved only when shown.',
    since: '21',
  }),
  boolean('show_debug_info', true, {
    docs: 'Whether stacks of programs show files and lines, and functions that were inlined, where there is debug information.',
    since: '24',
  }),
  boolean('use_blazesym', true, {
    docs: 'Which library bpftrace takes symbols from. No matter here.',
    since: '23',
  }),
  choice('stack_mode', ['bpftrace', 'perf', 'raw', 'build_id'], {
    docs: 'How stacks are written.',
    since: '18',
  }),
  choice('go_uretprobe', ['instructions', 'trampoline', 'error'], {
    docs: 'How a uretprobe at a function that is written in Go is attached. instructions: by uprobes at its return instructions. trampoline: as elsewhere, by changing return addresses, which Go does not know of: the program may crash. error: not at all. bpftrace has no such option, and crashes such programs.',
    since: '17',
  }),
  {
    name: 'dummy_ts_map',
    signature: 'dummy_ts_map = "@map"',
    docs: 'A map whose value tseries() takes as the time in nanoseconds, so that a test shows the same each time.',
    since: '24',
    example: 'config = { dummy_ts_map = "@t" } begin { @t = 5; @ = tseries(1, 1s, 5); exit(); }',
    value: '',
    set: (config, text) => {
      if (!/^@\w*$/.test(text)) return `expecting the name of a map, got ${text}`;
      config.dummy_ts_map = text;
      return undefined;
    },
  },
  unstable('unstable_tseries', 'warn', 'tseries()', '24'),
  unstable('unstable_dw_ustack', 'warn', 'dw_ustack()', '26'),
  unstable('unstable_typeinfo', 'error', 'typeinfo()', '25'),
  unstable('unstable_import_statement', 'error', 'import in a block', '25'),
];

/** The options as they are unless others are given. */
export const defaultConfig = (): Config =>
  Object.fromEntries(CONFIG.map(row => [row.name, row.value])) as unknown as Config;

/** Names of older versions, and what they are called now. */
export const RENAMED_CONFIG: Readonly<Record<string, string>> = {
  strlen: 'max_strlen',
  no_cpp_demangle: 'cpp_demangle',
  cat_bytes_max: 'max_cat_bytes',
  map_keys_max: 'max_map_keys',
};

/** Options of older versions, without effect since. */
export const IGNORED_CONFIG: ReadonlySet<string> = new Set([
  'symbol_source',
  'max_type_res_iterations',
  'unstable_addr',
  'unstable_import',
  'unstable_macro',
  'unstable_map_decl',
]);

/** What only the environment can say. */
export const ENVIRONMENT_ONLY: ReadonlySet<string> = new Set([
  'btf',
  'kernel_build',
  'kernel_source',
  'vmlinux',
]);

/** The value of an option; undefined when there is no such option. */
export const configValue = (config: Config, name: string): string | boolean | number | undefined =>
  Object.hasOwn(config, name) ? config[name as keyof Config] : undefined;

/** An option's value as a constant. */
export function configConstant(value: string | boolean | number, { start, end }: Range): Expression {
  if (typeof value === 'number') return { kind: 'integer', value: BigInt(value), start, end };
  return typeof value === 'boolean'
    ? { kind: 'boolean', value, start, end }
    : { kind: 'string', value, start, end };
}

/** All options as a record. */
export const configRecord = (config: Config, at: Range): RecordNode => ({
  kind: 'record',
  fields: Object.entries(config).map(([name, value]) => ({ name, value: configConstant(value, at) })),
  start: at.start,
  end: at.end,
});
