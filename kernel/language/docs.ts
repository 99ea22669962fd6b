/** docs/language.md: the reference of the language, written out from its tables. */
import { BUILTINS } from './tables/builtins.ts';
import { CONFIG, IGNORED_CONFIG } from './tables/config.ts';
import { FUNCTIONS, LATER_FUNCTIONS } from './tables/functions.ts';
import { MAP_FUNCTIONS } from './tables/mapFunctions.ts';
import { PROBES } from './tables/probes.ts';
import type { BuiltinRow, Documented, FunctionRow, ProbeRow } from './tables/rows.ts';
import { SYNTAX } from './tables/syntax.ts';

interface Section<Row extends Documented> {
  title: string;
  about: string;
  rows: readonly Row[];
  /** What a row says beyond its documentation. */
  facts?(row: Row): string[];
}

/** Version 17 is the oldest one that the tables tell apart. */
const since = ({ since: version }: Documented) =>
  version === '17' ? '' : `Since version 0.${version} of bpftrace.`;

const code = (text: string) => `\`${text}\``;
const list = (names: Iterable<string>) => [...names].map(code).join(', ');

const limits = ({ probes }: BuiltinRow | FunctionRow) => (probes ? [`Only in ${list(probes)}.`] : []);

function entry<Row extends Documented>(row: Row, facts: string[]): string {
  const notes = [since(row), ...facts].filter(Boolean).join(' ');
  return [
    `### ${code(row.name)}`,
    code(row.signature),
    row.docs,
    ...(notes ? [notes] : []),
    `\`\`\`bpftrace\n${row.example}\n\`\`\``,
  ].join('\n\n');
}

const section = <Row extends Documented>({ title, about, rows, facts }: Section<Row>) =>
  [`## ${title}`, about, ...rows.map(row => entry(row, facts?.(row) ?? []))].join('\n\n');

const INTRODUCTION = `# The bpftrace language

Generated from the tables in kernel/language/tables by \`npm run docs\`; change those, not this file.

A program is a row of probes. Each names where it attaches, may have a condition between slashes, and has
statements between braces:

\`\`\`bpftrace
tracepoint:syscalls:sys_enter_openat /pid != 1/ {
  printf("%s %s\\n", comm, str(args.filename));
  @opens[comm] = count();
}
\`\`\`

\`$name\` is a variable of one probe, \`@name\` a map that all probes share and that is printed when the run
ends. Every example below is a whole program: paste it into a bpftrace cell, or run it with
\`ebpfnb trace -e\`.

In a notebook, and in \`ebpfnb repl\`, maps stay for the cells that follow. A cell that gives a map a value (\`@x = …\`,
\`@x++\`, \`@x = count()\`, \`let @x = …\`) owns it, and starts it afresh when it is run again. A cell that does not uses the
newest map of that name in the notebook, of a cell that is live or over: it may read, print and iterate it, and
\`delete\`, \`clear\` and \`zero\` empty it.`;

/** The text of docs/language.md. */
export function languageReference(): string {
  const parts = [
    INTRODUCTION,
    section({
      title: 'Syntax',
      about: 'What a program is made of: declarations, statements, expressions.',
      rows: SYNTAX,
    }),
    section<ProbeRow>({
      title: 'Probes',
      about: 'Where a program can attach. `ebpfnb list PATTERN` shows what this machine has.',
      rows: PROBES,
      facts: ({ short, older }) => [
        ...(short ? [`Short: ${code(short)}.`] : []),
        ...(older ? [`Older name: ${code(older)}.`] : []),
      ],
    }),
    section<BuiltinRow>({
      title: 'Builtins',
      about: 'Values that are there without asking. Each may be written as a call, too: `pid` or `pid()`.',
      rows: BUILTINS,
      facts: limits,
    }),
    section<FunctionRow>({
      title: 'Functions',
      about: 'What is worked out in Linux or, for what prints, told to the session in the order of the run.',
      rows: FUNCTIONS,
      facts: limits,
    }),
    section({
      title: 'Map functions',
      about: 'Assigned to a map, they gather values on each CPU by itself; reading the map merges them.',
      rows: MAP_FUNCTIONS,
    }),
    section({
      title: 'Options',
      about: 'Set in a block at the top of the program: `config = { max_strlen = 64 }`.',
      rows: CONFIG,
    }),
    `Taken and without effect, because they tune how bpftrace itself works: ${list(IGNORED_CONFIG)}.`,
    ['## Not built yet', `Functions: ${list(new Set(LATER_FUNCTIONS.keys()))}.`].join('\n\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}
