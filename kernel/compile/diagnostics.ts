import { type Diagnostic, type Fix, problem, type Severity, type Span } from '../errors.ts';
import { headersFix, vmlinuxFix } from './fixes.ts';
import { CELL_FILE } from './flags.ts';
import { type Include, includesOf, isOfLinux } from './includes.ts';
import { scratchFix } from './scratch.ts';

/** One message of clang's, with the notes that follow it. Lines and columns as clang counts: from 1, in bytes. */
interface Message {
  file?: string;
  line: number;
  column: number;
  ranges: string;
  severity: Severity;
  text: string;
  /** The line of the cell that included `file`. */
  includedAt?: number;
  log: string[];
}

const INCLUDED = /^In file included from (.+):(\d+):$/;
const POSITIONED = /^(.+?):(\d+):(\d+):((?:\{[^}]*\})*):? ?(fatal error|error|warning|note|remark): (.*)$/;
const BARE = /^(?:clang\S*: )?(?:fatal )?error: (.*)$/;

/** What to do about a message; `$1` is the match's first group. The first row that fits counts. */
const REMEDIES: [RegExp, string][] = [
  [
    /^'((?:bits|sys)\/[^']+|std\w+\.h)' file not found/,
    'Use #include "vmlinux.h" instead, or install the headers of Linux (linux-libc-dev, kernel-headers).',
  ],
  [
    /^'([^']+)' file not found/,
    'Put it into a header cell that starts with "//| file: $1", or into a file beside the notebook.',
  ],
  [
    /^unknown type name '(\w+)'/,
    'Define $1, or include the header that does; types of Linux come from #include "vmlinux.h".',
  ],
  [
    /^Looks like the BPF stack limit/,
    'A program has 512 bytes of stack. Keep what is large in a per-CPU array of one element, which each run finds by bpf_map_lookup_elem().',
  ],
  [/^expected ';'/, "Add the missing ';'."],
  [
    /^(?:extraneous closing brace|expected '}'|function definition is not allowed here)/,
    'Check that every { has its }.',
  ],
  [
    /^call to undeclared function '(bpf_\w+)'/,
    'Include <bpf/bpf_helpers.h>, <bpf/bpf_tracing.h> or <bpf/bpf_core_read.h>; or is it misspelt?',
  ],
  [
    /^call to undeclared function 'BPF_\w+'/,
    'Include <bpf/bpf_core_read.h>, which BPF_KSYSCALL and BPF_CORE_READ need, or <bpf/bpf_tracing.h>.',
  ],
  [
    /^call to undeclared (?:library )?function '([^']+)'/,
    'Define $1 in this cell or in a header cell: BPF programs have no C library.',
  ],
  [
    /^use of undeclared identifier '(\w+)'/,
    'Declare $1 first; constants made by #define are not in vmlinux.h.',
  ],
  [
    /incomplete (?:definition of )?type '([^']+)'/,
    'The BTF of this Linux has no definition of $1; include the header that has.',
  ],
  [
    /^no member named '(__data_loc_\w+)' in 'struct pt_regs'/,
    '$1 is a field of a tracepoint. A probe of a function gives its registers: take the argument by name, int BPF_KPROBE(name, …), or attach to SEC("tp/…").',
  ],
  [
    /^no member named '(\w+)' in '([^']+)'/,
    '$2 of this Linux has no such field; in another version it may have had another name.',
  ],
  [
    /^(?:redefinition|redeclaration) of '?(?:enumerator )?'?(\w+)/,
    '$1 is already in vmlinux.h or in another header: remove one of the two.',
  ],
];

/**
 * clang's text output as diagnostics of the cell, errors before warnings. A message about another file stands at
 * the cell's line that includes the file.
 *
 * @param source the cell's text, for turning byte columns into UTF-16 ones
 * @param folders absolute paths that must not show: the compilation's temporary folder, the notebook's
 */
export function clangDiagnostics(output: string, source: string, folders: string[]): Diagnostic[] {
  const lines = source.split('\n');
  const plain = folders.reduce((text, folder) => text.replaceAll(`${folder}/`, ''), output);
  const messages = parse(plain.replace(/(^|[\s"'])\.\//gm, '$1'));
  const worlds = headerWorlds(source);
  const isClash = ({ file, text }: Message) => worlds && file !== CELL_FILE && CLASH.test(text);
  // Two worlds of headers clash in hundreds of places; one of them tells it all.
  const clash = messages.find(isClash);
  const told = messages
    .filter(message => !isClash(message))
    .sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
    .map((message, i) => {
      const { file = CELL_FILE, line, column } = message;
      const elsewhere = file === CELL_FILE ? '' : `${file}:${line}: `;
      const fix = fixFor(message, i === 0, source);
      return {
        ...problem(
          'clang-error',
          { message: elsewhere + message.text, remedy: remedyFor(message) || (fix ? `${fix.title}.` : '') },
          { severity: message.severity, span: spanOf(message, lines), log: message.log.join('\n') },
        ),
        ...(elsewhere ? { inHeader: { file, ...pointAt(line, column) } } : {}),
        ...(fix ? { fix } : {}),
      };
    });
  return clash && worlds ? [clashOf(worlds, clash, source), ...told] : told;
}

/** One character, by clang's counting. */
const pointAt = (line: number, column: number): Span => ({
  start: { line: line - 1, column: column - 1 },
  end: { line: line - 1, column },
});

const CLASH = /redefinition|redeclaration|different types/;

/** The includes of Linux's own headers beside vmlinux.h, if a program has both. */
function headerWorlds(source: string): Include[] | undefined {
  const includes = includesOf(source);
  const others = includes.filter(({ header }) => isOfLinux(header));
  return others.length > 0 && includes.some(({ header }) => header === 'vmlinux.h') ? others : undefined;
}

function clashOf(others: Include[], { log }: Message, source: string): Diagnostic {
  const headers = others.map(({ header }) => `<${header}>`).join(', ');
  const fix = vmlinuxFix(source);
  const details = { span: others[0]!.span, log: log.join('\n') };
  return { ...problem('headers-clash', { headers }, details), ...(fix ? { fix } : {}) };
}

/** What is a header of Linux's own sources, and missing. */
function missingOfLinux({ text }: Message): string | undefined {
  const header = /^'([^']+)' file not found/.exec(text)?.[1];
  return header && isOfLinux(header) ? header : undefined;
}

/** The first message is about what else is missing, where a program has come without its headers. */
function fixFor(message: Message, isFirst: boolean, source: string): Fix | undefined {
  if (missingOfLinux(message)) return vmlinuxFix(source);
  if (STACK.test(message.text)) return scratchFix(source, message.line - 1);
  const bare = isFirst && message.severity === 'error' && USES.test(source) && !HELPERS.test(source);
  return bare ? headersFix(source) : undefined;
}

const STACK = /^Looks like the BPF stack limit is exceeded/;
const USES = /\b(?:SEC|bpf_\w+)\s*\(/;
const HELPERS = /^\s*#\s*include\s*[<"](?:.*\/)?bpf_helpers\.h[>"]/m;

function remedyFor(message: Message): string {
  const header = missingOfLinux(message);
  if (header)
    return `${header} belongs to Linux's own sources. #include "vmlinux.h" instead has its types, as this Linux has them; macros that it lacks are supplied.`;
  for (const [pattern, remedy] of REMEDIES) {
    const match = pattern.exec(message.text);
    if (match) return remedy.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
  }
  return '';
}

function parse(output: string): Message[] {
  const messages: Message[] = [];
  /** Where each file was included from the cell; clang names the way only once. */
  const includes = new Map<string, number>();
  let way: number | undefined;
  for (const line of output.split('\n')) {
    const included = INCLUDED.exec(line);
    if (included) {
      if (included[1] === CELL_FILE) way = Number(included[2]);
      continue;
    }
    const [, file, row, column, ranges, kind, text] = POSITIONED.exec(line) ?? [];
    const last = messages.at(-1);
    const again = last?.file === file && last?.line === Number(row) && last?.column === Number(column);
    // A second complaint at one place is about how clang went on after the first.
    if (file !== undefined && kind !== 'note' && kind !== 'remark' && !again) {
      if (way !== undefined) includes.set(file, way);
      way = undefined;
      const includedAt = includes.get(file);
      messages.push({
        file,
        line: Number(row),
        column: Number(column),
        ranges: ranges!,
        severity: kind === 'warning' ? 'warning' : 'error',
        text: sentence(text!),
        ...(includedAt === undefined ? {} : { includedAt }),
        log: [line],
      });
    } else if (BARE.test(line)) {
      const text = sentence(BARE.exec(line)![1]!);
      messages.push({ line: 0, column: 0, ranges: '', severity: 'error', text, log: [line] });
    } else if (line.trim() && !/^\d+ (?:error|warning)s?\b.* generated\.$/.test(line)) {
      way = undefined;
      last?.log.push(line);
    }
  }
  return messages;
}

/** Without the name of the warning's switch, which nobody can set here, and without history. */
const sentence = (text: string) =>
  text
    .replace(/ \[-W[\w+,=-]+\]$/, '')
    .replace(/; ISO C99 and later do not support implicit .*$/, '')
    .replace(/ Please move large on stack variables .*$/, '');

function spanOf(message: Message, lines: string[]): Span | undefined {
  if (message.file === CELL_FILE) return pointSpan(message, lines);
  const row = (message.includedAt ?? 0) - 1;
  return row < 0
    ? undefined
    : { start: { line: row, column: 0 }, end: { line: row, column: lines[row]?.length ?? 0 } };
}

/**
 * The range that starts at the message's column, else the word there. Ranges count lines of clang's input, where
 * a line marker stands before the cell. What is amiss behind the last line stands at its end.
 */
function pointSpan(message: Message, lines: string[]): Span {
  const row = Math.min(message.line, lines.length) - 1;
  const text = lines[row]!;
  if (message.line > lines.length) {
    return {
      start: { line: row, column: Math.max(0, text.length - 1) },
      end: { line: row, column: text.length },
    };
  }
  const bytes = Buffer.from(text);
  const column = (byte: number) => bytes.subarray(0, Math.max(0, byte - 1)).toString().length;
  const start = column(message.column);
  const range = [...message.ranges.matchAll(/\{(\d+):(\d+)-(\d+):(\d+)\}/g)].find(
    ([, from, fromByte, to]) =>
      Number(from) === message.line + 1 && to === from && Number(fromByte) === message.column,
  );
  const word = /^[\p{L}\p{N}_]+/u.exec(text.slice(start))?.[0].length ?? 1;
  const end = range ? column(Number(range[4])) : start + word;
  return { start: { line: row, column: start }, end: { line: row, column: end } };
}
