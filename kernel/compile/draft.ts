/**
 * Drafts of what a program uses and nobody shows: structs by the uses of their members, maps by the calls that they are
 * given to. The types of members are clang's word: the program is compiled with members of a type that fits nothing,
 * and each complaint says what was expected there. Pure.
 */

/** The type that fits nothing: neither a number nor the first member of something else. */
const UNKNOWN = 'struct ebpfnb_unknown';
const UNKNOWN_DEFINITION = `struct ebpfnb_member; ${UNKNOWN} { struct ebpfnb_member *nothing; };`;

const SUPPOSED_LENGTH = 128;

/** A struct with its members, in the order in which they come up. */
export interface UsedStruct {
  name: string;
  /** Variables of it, or pointers to it. */
  variables: string[];
  members: string[];
}

/** How a program uses a struct. */
export function structUses(source: string, name: string): UsedStruct {
  const code = withoutComments(source);
  const declared = code.matchAll(new RegExp(`\\bstruct\\s+${name}\\b([\\s*\\w,=]*)`, 'g'));
  const variables = new Set(
    [...declared].flatMap(([, list]) =>
      (list ?? '').split(',').flatMap(one => /^[\s*]*(\w+)/.exec(one)?.[1] ?? []),
    ),
  );
  const members = new Set<string>();
  for (const variable of variables)
    for (const [, member] of code.matchAll(new RegExp(`\\b${variable}\\s*(?:->|\\.)\\s*(\\w+)`, 'g')))
      members.add(member!);
  const initializers = code.matchAll(new RegExp(`\\bstruct\\s+${name}\\b[^;{}]*\\{([^;{}]*)\\}`, 'g'));
  for (const [, body] of initializers)
    for (const [, member] of body!.matchAll(/\.\s*(\w+)\s*=/g)) members.add(member!);
  return { name, variables: [...variables], members: [...members] };
}

/** Names of structs that a program uses and does not define. */
export function undefinedStructs(source: string): string[] {
  const code = withoutComments(source);
  const names = new Set([...code.matchAll(/\bstruct\s+(\w+)/g)].map(([, name]) => name!));
  return [...names].filter(name => !new RegExp(`\\bstruct\\s+${name}\\s*\\{`).test(code));
}

/** Definitions that clang will complain about, on one line. */
export const provisional = (structs: readonly UsedStruct[]): string =>
  [
    UNKNOWN_DEFINITION,
    ...structs.map(
      ({ name, members }) => `struct ${name} { ${members.map(one => `${UNKNOWN} ${one};`).join(' ')} };`,
    ),
  ].join(' ');

/** The drafts of structs as C. `stderr` is what clang said of the program with {@link provisional} definitions. */
export function draftStructs(structs: readonly UsedStruct[], source: string, stderr: string): string {
  const expected = expectedTypes(source, stderr);
  const code = withoutComments(source);
  return structs
    .map(({ name, members, variables }) => {
      const lines = members.map(member => {
        const filled = filledBy(code, variables, member);
        return `\t${filled ?? declaration(typeOf(code, variables, member, expected.get(member)), member)};`;
      });
      return `/* A draft, by the uses of its members. */\nstruct ${name} {\n${lines.join('\n')}\n};\n`;
    })
    .join('\n');
}

/** What calls do with a member, and what it is then; LENGTH is what the call says, or a guess. */
const FILLED: [call: (member: string) => string, declaration: string][] = [
  [member => `bpf_get_current_comm\\(\\s*&?${member}\\b`, 'char MEMBER[16]'],
  [
    member =>
      `bpf_(?:probe|core)_read(?:_user|_kernel)?_str\\(\\s*&?${member}\\b(?:\\[0\\])?\\s*,\\s*(\\w+)?`,
    'char MEMBER[LENGTH]',
  ],
  [member => `BPF_(?:CORE|PROBE)_READ(?:_USER)?_STR_INTO\\(\\s*&?${member}\\b`, 'char MEMBER[LENGTH]'],
  [member => `bpf_d_path\\([^,]+,\\s*&?${member}\\b\\s*,\\s*(\\w+)?`, 'char MEMBER[LENGTH]'],
  [member => `mem(?:cpy|set|move)\\(\\s*&?${member}\\b\\s*,[^,]+,\\s*(\\d+)\\s*\\)`, 'char MEMBER[LENGTH]'],
  [member => `bpf_get_stack\\([^,]+,\\s*&?${member}\\b`, '__u64 MEMBER[127]'],
  [member => `${member}\\s*\\[`, 'char MEMBER[LENGTH]'],
];

function filledBy(code: string, variables: readonly string[], member: string): string | undefined {
  const place = `(?:${variables.join('|')})\\s*(?:->|\\.)\\s*${member}`;
  for (const [call, declaration] of FILLED) {
    const match = new RegExp(call(place)).exec(code);
    if (!match) continue;
    const length = match[1] && match[1] !== 'sizeof' ? match[1] : String(SUPPOSED_LENGTH);
    return declaration.replace('MEMBER', member).replace('LENGTH', length);
  }
  return undefined;
}

/** `true` and `false` are numbers in C, which a reader of the program knows better. */
function typeOf(
  code: string,
  variables: readonly string[],
  member: string,
  expected: string | undefined,
): string {
  const assigned = new RegExp(
    `(?:${variables.join('|')})\\s*(?:->|\\.)\\s*${member}\\s*=\\s*(?:true|false)\\b`,
  );
  if (assigned.test(code)) return 'bool';
  return expected ?? '__u64';
}

const declaration = (type: string, member: string) =>
  type.endsWith('*') ? `${type}${member}` : `${type} ${member}`;

const COMPLAINT = /^<cell>:(\d+):(\d+):(?:\{[^}]*\})*:? error: (.*)$/gm;
const TYPE = /'([^']+)'(?: \(aka '([^']+)'\))?/g;
const IN_INITIALIZER = /^incompatible .* conversion initializing '[^']*' with an expression of type (.*)$/;

/** The type that stands against each member, by clang's complaints; the first one counts. */
function expectedTypes(source: string, stderr: string): Map<string, string> {
  const lines = source.split('\n');
  const found = new Map<string, string>();
  for (const [, line, column, message] of stderr.matchAll(COMPLAINT)) {
    const initializer = IN_INITIALIZER.exec(message!)?.[1];
    if (!initializer && !message!.includes(`'${UNKNOWN}'`)) continue;
    const [, spelled, meant] =
      [...(initializer ?? message!).matchAll(TYPE)].find(([, type]) => type !== UNKNOWN) ?? [];
    const text = Buffer.from(lines[Number(line) - 1] ?? '');
    const at = text.subarray(0, Number(column) - 1).toString();
    const member = memberAt(
      at,
      text.subarray(Number(column) - 1).toString(),
      message!.startsWith('assigning'),
    );
    if (!spelled || !member || found.has(member)) continue;
    // What a macro made up is spelt by what it is.
    found.set(member, (/\btypeof\b|\(/.test(spelled) ? meant : undefined) ?? spelled);
  }
  return found;
}

/** A member is assigned to before the operator; else what is wrong begins at the place of the complaint. */
function memberAt(before: string, after: string, assigned: boolean): string | undefined {
  const last = /(?:->|\.)\s*(\w+)\s*(?:\[[^\]]*\]\s*)?=?\s*$/.exec(before)?.[1];
  if (assigned) return last;
  return last ?? /(?:->|\.)\s*(\w+)/.exec(after)?.[1];
}

/** Constants of a header that is missing, by clang's complaints: what seems to be a length is supposed to be one. */
export const draftConstants = (names: Iterable<string>): string =>
  [...names]
    .filter(name => /^[A-Z][A-Z\d_]*$/.test(name))
    .map(name => `#define ${name} ${/LEN|SIZE|SZ|MAX|BUF/.test(name) ? SUPPOSED_LENGTH : 1} /* a guess */\n`)
    .join('');

interface MapUse {
  call: RegExp;
  type: string;
  /** More attributes; KEY and VALUE are what the call's arguments are. */
  attributes: string[];
}

const KEYED = ['__uint(max_entries, 10240)', '__type(key, KEY)', '__type(value, VALUE)'];

/** What a map is, by the call that it is given to; the first row that fits counts. */
const MAP_USES: MapUse[] = [
  {
    call: /bpf_ringbuf_(?:reserve|output)\(\s*&MAP\b/,
    type: 'RINGBUF',
    attributes: ['__uint(max_entries, 256 * 1024)'],
  },
  {
    call: /bpf_perf_event_output\([^,]+,\s*&MAP\b/,
    type: 'PERF_EVENT_ARRAY',
    attributes: ['__uint(key_size, sizeof(int))', '__uint(value_size, sizeof(int))'],
  },
  {
    call: /bpf_get_stackid\([^,]+,\s*&MAP\b/,
    type: 'STACK_TRACE',
    attributes: ['__uint(max_entries, 1024)', '__uint(key_size, 4)', '__uint(value_size, 127 * 8)'],
  },
  {
    call: /bpf_map_(?:lookup|update|delete)_elem\(\s*&MAP\s*,\s*&(?<key>\w+)/,
    type: 'HASH',
    attributes: KEYED,
  },
];

/** The definition of a map that a program uses and does not show; undefined where it is used as no map. */
export function draftMap(source: string, name: string): string | undefined {
  const code = withoutComments(source);
  for (const { call, type, attributes } of MAP_USES) {
    const match = new RegExp(call.source.replace('MAP', name)).exec(code);
    if (!match) continue;
    const key = declaredType(code, match.groups?.['key'] ?? '') ?? '__u32';
    const value = valueType(code, name) ?? '__u64';
    const members = [`__uint(type, BPF_MAP_TYPE_${type})`, ...attributes].map(
      text => `\t${text.replace('KEY', key).replace('VALUE', value)};`,
    );
    return `/* A draft, by the uses of the map. */\nstruct {\n${members.join('\n')}\n} ${name} SEC(".maps");\n`;
  }
  return undefined;
}

function valueType(code: string, map: string): string | undefined {
  const put = new RegExp(`bpf_map_update_elem\\(\\s*&${map}\\s*,[^,]+,\\s*&(\\w+)`).exec(code)?.[1];
  const got = new RegExp(`\\b(\\w+)\\s*=\\s*(?:\\([^()]*\\)\\s*)?bpf_map_lookup_elem\\(\\s*&${map}\\b`).exec(
    code,
  )?.[1];
  return declaredType(code, put ?? '') ?? declaredType(code, got ?? '');
}

const BASE =
  '(?:struct|union|enum)\\s+\\w+|(?:unsigned|signed|long|short|int|char)(?:\\s+(?:long|short|int|char))*|\\w+';

/** The type that a variable is declared with, without its pointer. */
function declaredType(code: string, variable: string): string | undefined {
  if (!variable) return undefined;
  const declared = new RegExp(
    `(?:^|[;{}(,])\\s*(?:static\\s+|const\\s+|volatile\\s+)*(${BASE})[\\s*]+(?:\\w+\\s*(?:=[^,;]*)?,[\\s*]*)*${variable}\\b(?!\\s*\\()`,
    'gm',
  );
  const types = [...code.matchAll(declared)]
    .map(([, type]) => type!)
    .filter(type => !/^(?:return|else|sizeof)$/.test(type));
  return types[0];
}

/** The same text with blanks where comments are: places stay. */
const withoutComments = (source: string) =>
  source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, text => text.replace(/[^\n]/g, ' '));
