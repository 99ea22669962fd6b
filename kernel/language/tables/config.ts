/** Options of the `config` block. */
import type { Config } from '../symbols.ts';
import type { ConfigRow } from './rows.ts';

export const defaultConfig = (): Config => ({
  max_strlen: 1024,
  max_map_keys: 4096,
  max_cat_bytes: 10240,
  on_stack_limit: 32,
  print_maps_on_exit: true,
  missing_probes: 'error',
  license: 'GPL',
  others: {},
});

const LICENSES = [
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
];

type NumberOption = 'max_strlen' | 'max_map_keys' | 'max_cat_bytes' | 'on_stack_limit';

const example = (text: string) => `config = { ${text} } begin { @m[1] = 1; exit(); }`;

function number(name: NumberOption, least: number, most: number, since: string, docs: string): ConfigRow {
  return {
    name,
    signature: `${name} = number`,
    docs,
    since,
    example: example(`${name} = ${Math.max(least, 64)}`),
    set: (config, value) => {
      const given = Number(value);
      if (!Number.isInteger(given) || given < least || given > most)
        return `a number from ${least} to ${most}`;
      config[name] = given;
      return undefined;
    },
  };
}

function choice(
  name: string,
  choices: readonly string[],
  since: string,
  docs: string,
  put: (config: Config, value: string) => void,
): ConfigRow {
  return {
    name,
    signature: `${name} = ${choices.join(' | ')}`,
    docs,
    since,
    example: example(`${name} = ${choices[0]!.includes(' ') ? `"${choices[0]}"` : choices[0]}`),
    set: (config, value) => {
      const found = choices.find(c => c.toLowerCase() === value.toLowerCase());
      if (found === undefined) return choices.join(', ');
      put(config, found);
      return undefined;
    },
  };
}

const BOOLEANS = ['true', 'false', '1', '0'];
const isTrue = (value: string) => value === 'true' || value === '1';

/** Options that only change how results are shown or found: kept for user space. */
const other = (name: string, choices: readonly string[], since: string, docs: string) =>
  choice(name, choices, since, docs, (config, value) => {
    config.others[name] = value;
  });

export const CONFIG: readonly ConfigRow[] = [
  number('max_strlen', 1, 1024, '17', 'Bytes that str() and other strings may have, with the NUL.'),
  number('max_map_keys', 1, 1 << 24, '17', 'Entries that a map may have.'),
  number('max_cat_bytes', 1, 1 << 24, '17', 'Bytes of a file that cat() prints.'),
  number(
    'on_stack_limit',
    0,
    512,
    '22',
    'Values larger than this many bytes are kept in per-CPU memory instead of the stack.',
  ),
  choice(
    'print_maps_on_exit',
    BOOLEANS,
    '22',
    'Whether maps are printed when the run ends.',
    (config, value) => {
      config.print_maps_on_exit = isTrue(value);
    },
  ),
  choice(
    'missing_probes',
    ['error', 'warn', 'ignore'],
    '21',
    'What happens when a probe does not exist.',
    (config, value) => {
      config.missing_probes = value as Config['missing_probes'];
    },
  ),
  choice(
    'license',
    LICENSES,
    '24',
    'License of the programs; Linux offers its tracing helpers to GPL-compatible ones only.',
    (config, value) => {
      config.license = value;
    },
  ),
  other(
    'cache_user_symbols',
    ['PER_PID', 'PER_PROGRAM', 'NONE'],
    '17',
    'How symbols of programs are cached.',
  ),
  other('cpp_demangle', BOOLEANS, '17', 'Whether C++ names are demangled in stacks.'),
  other('lazy_symbolication', BOOLEANS, '21', 'Whether user symbols are resolved only when shown.'),
  other('show_debug_info', BOOLEANS, '24', 'Whether stacks show files and lines.'),
  other('stack_mode', ['bpftrace', 'perf', 'raw', 'build_id'], '18', 'How stacks are written.'),
  {
    name: 'dummy_ts_map',
    signature: 'dummy_ts_map = "@map"',
    docs: 'A map whose value tseries() takes as the time in nanoseconds, so that a test shows the same each time.',
    since: '24',
    example: 'config = { dummy_ts_map = "@t" } begin { @t = 5; @ = tseries(1, 1s, 5); exit(); }',
    set: (config, value) => {
      if (!/^@\w*$/.test(value)) return 'the name of a map';
      config.others['dummy_ts_map'] = value;
      return undefined;
    },
  },
  other('unstable_tseries', ['warn', 'error', 'enable'], '24', 'Whether tseries() may be used.'),
  other('unstable_typeinfo', ['error', 'warn', 'enable'], '25', 'Whether typeinfo() may be used.'),
];

/** Accepted and without effect here: they tune how bpftrace itself works. */
export const IGNORED_CONFIG: ReadonlySet<string> = new Set([
  'log_size',
  'max_bpf_progs',
  'max_probes',
  'perf_rb_pages',
  'str_trunc_trailer',
  'use_blazesym',
  'symbol_source',
  'max_type_res_iterations',
  'unstable_addr',
  'unstable_import',
  'unstable_macro',
  'unstable_map_decl',
  'unstable_dw_ustack',
  'unstable_import_statement',
]);

/** What options are that nobody set, as the builtin `config` gives them. */
const UNSET: Readonly<Record<string, string | boolean | number>> = {
  cache_user_symbols: 'PER_PID',
  cpp_demangle: true,
  lazy_symbolication: true,
  show_debug_info: true,
  stack_mode: 'bpftrace',
  unstable_tseries: 'warn',
  unstable_typeinfo: 'error',
  log_size: 1000000,
  max_bpf_progs: 1024,
  max_probes: 1024,
  str_trunc_trailer: '..',
};

/** The value of an option; undefined when there is no such option. */
export function configValue(config: Config, name: string): string | boolean | number | undefined {
  const own = (config as unknown as Record<string, string | boolean | number>)[name];
  if (own !== undefined && name !== 'others') return own;
  const given = config.others[name];
  if (given === undefined) return UNSET[name];
  return typeof UNSET[name] === 'boolean' ? isTrue(given) : given;
}
