/** What the loader refused, in words for the user: a reason in one line, and what to do. Pure. */
import { CellError, type Diagnostic, type ErrorCode, problem, type Span } from '../errors.ts';
import type { AttachSpec, CellLayout } from '../layout.ts';
import type { LoaderFailure } from '../loader/protocol.ts';
import type { CellLanguage } from '../protocol.ts';
import { callOf, explainBan } from './bans.ts';
import { missingField } from './relocation.ts';
import { explainRefusal } from './verifier.ts';

/** By errno; the first row whose codes, kinds of attach points and names of probes (none = any) fit counts. */
const REMEDIES: {
  errno: string;
  codes?: ErrorCode[];
  attach?: AttachSpec['kind'][];
  probe?: RegExp;
  remedy: string;
}[] = [
  {
    errno: 'EPERM',
    codes: ['perf-buffer-refused'],
    remedy:
      'It is more memory than Linux lets this process share (ulimit -l). Write fewer with //| perf-pages.',
  },
  {
    errno: 'ENOMEM',
    codes: ['perf-buffer-refused'],
    remedy: 'Each CPU has so many. Write fewer with //| perf-pages.',
  },
  {
    errno: 'ENOENT',
    attach: ['perf_event'],
    remedy:
      'This machine has no counter of such events: virtual machines often have none of the processor. Use a software event, or profile.',
  },
  {
    errno: 'EILSEQ',
    attach: ['kprobe'],
    remedy: 'Possible attachment attempt in the middle of an instruction, try a different offset.',
  },
  {
    errno: 'EADDRNOTAVAIL',
    attach: ['kprobe'],
    remedy:
      'Linux has several functions of this name and cannot tell which is meant: name its module, or use another function.',
  },
  {
    errno: 'ENOSPC',
    attach: ['watchpoint'],
    remedy: 'The processor watches only a few places at a time, and all are taken. Use fewer watchpoints.',
  },
  {
    errno: 'ENOENT',
    codes: ['attach-failed'],
    remedy:
      'Check the name: "ebpfnb list PATTERN" shows what this host offers; for user probes, that the file exists and has the symbol.',
  },
  {
    errno: 'ESRCH',
    codes: ['attach-failed'],
    remedy: 'No such function or process on this host. Check the name and the pid.',
  },
  {
    errno: 'EPERM',
    remedy:
      'Linux does not allow this here. "ebpfnb doctor" shows what is missing; kprobe, fentry and LSM programs may be switched off on this host.',
  },
  {
    errno: 'EACCES',
    codes: ['attach-failed'],
    probe: /^(tp|tracepoint)[/:]/,
    remedy:
      'The program reads behind the end of this event\'s record. Compare the struct that it reads with the fields that "ebpfnb list -v" shows of the tracepoint.',
  },
  { errno: 'EACCES', remedy: 'The loader lacks the right for this; "ebpfnb doctor" shows what is missing.' },
  {
    errno: 'EINVAL',
    codes: ['attach-failed'],
    remedy: 'This host does not support this attach point, or its SEC() name is malformed.',
  },
  { errno: 'EOPNOTSUPP', remedy: 'This host does not support it. Use a tracepoint or a user probe instead.' },
  { errno: 'ENOTSUP', remedy: 'This host does not support it. Use a tracepoint or a user probe instead.' },
  { errno: 'ENODEV', remedy: 'Mount tracefs: mount -t tracefs tracefs /sys/kernel/tracing' },
  { errno: 'ENOMEM', remedy: 'Make the maps smaller, or stop other cells.' },
  { errno: 'E2BIG', remedy: 'Make the program or its maps smaller.' },
  { errno: 'EMFILE', remedy: 'Too many probes are open. Stop other cells, or match fewer probes.' },
];

/** What the verifier's log calls the cell's own text. Generated C names it by `#line`. */
export const CELL_FILE: Record<CellLanguage, string> = {
  'bpf-c': '<cell>',
  bpftrace: 'cell.bt',
  shellscript: '',
};

/** How the addon begins: the program is named by our own message. */
const ALREADY_SAID =
  /^(?:(?:program \S+|the object) could not be (?:attached|loaded)|not a BPF object file|the perf buffer cannot be opened)(?:: |$)/;

/** Lines of libbpf's log that say nothing new. */
const NOISE =
  /^(libbpf: )?(failed to load object|failed to load BPF skeleton|failed to perform CO-RE relocations: -|-- (BEGIN|END) PROG|prog '.*': (BPF program load failed|failed to (load|relocate calls): -|relo #\d+: failed to relocate: -))/;

/** How libbpf, and Linux itself, say that a symbol of Linux's own is not there. */
const UNRESOLVED =
  /extern '(\S+)' \(strong\): not resolved|extern \(func ksym\) '(\S+)': not found|failed to find the address for kernel symbol '(\S+)'/;

/** What was refused: a cell's source, and what it became once that is known. */
export interface RefusedCell {
  language: CellLanguage;
  source: string;
  elf?: Uint8Array | undefined;
}

/** The diagnostic of a refusal. `layout` gives probe names and spans; undefined before the layout is known. */
export function diagnose(
  failure: LoaderFailure,
  cell: RefusedCell,
  layout: CellLayout | undefined,
): Diagnostic {
  const { language } = cell;
  const code = failure.code as ErrorCode;
  const program = layout?.programs.find(({ symbol }) => symbol === failure.program);
  const name = program?.probe ?? failure.program ?? 'of this cell';
  const details = {
    span: program?.span,
    ...(failure.program ? { program: failure.program } : {}),
    ...(failure.map ? { map: failure.map } : {}),
    ...(failure.errno ? { errno: failure.errno } : {}),
    ...(failure.log ? { log: failure.log } : {}),
  };
  const symbol = UNRESOLVED.exec(failure.log ?? '')
    ?.slice(1)
    .find(Boolean);
  if (symbol) {
    const span = layout?.symbols?.[symbol] ?? callOf(symbol, cell.source) ?? details.span;
    return problem('unknown-symbol', { name: symbol }, { ...details, phase: 'load', span });
  }
  if (code === 'verifier-refused') {
    const missing = missingField(cell.source, details);
    if (missing) return missing;
    return explainRefusal(name, { ...cell, file: CELL_FILE[language] }, details);
  }
  if (code === 'not-allowed') return explainBan(failure.message, cell.source, details);
  const remedy =
    REMEDIES.find(
      ({ errno, codes, attach, probe }) =>
        errno === failure.errno &&
        (!codes || codes.includes(code)) &&
        (!attach || (program && attach.includes(program.attach.kind))) &&
        (!probe || (program && probe.test(program.probe))),
    )?.remedy ?? '';
  // Of libbpf's log the last line counts, but where the errno has said it all.
  const clear = failure.errno && failure.errno !== 'EINVAL' && code !== 'not-an-object';
  const said = clear ? undefined : lastWords(failure.log);
  const words = [failure.message.replace(ALREADY_SAID, ''), said].filter(Boolean).join(': ');
  // Of some damage libbpf says nothing.
  const reason = words || 'it is damaged';
  // Who gave source, and no object, is told of the part that libbpf does not understand.
  if (code === 'not-an-object' && cell.source)
    return problem('not-opened', { reason }, { ...details, span: mapIn(reason, cell.source) });
  return problem(
    // A generated function's name means nothing to who wrote bpftrace.
    language === 'bpftrace' && code === 'attach-failed' ? 'probe-unattached' : code,
    {
      program: language === 'bpftrace' ? 'the probe' : (failure.program ?? name),
      map: failure.map ?? '',
      target: program?.probe ?? 'its attach point',
      reason,
      message: reason,
      remedy,
    },
    details,
  );
}

/** Where the map that a message names is defined. */
function mapIn(message: string, source: string): Span | undefined {
  const [, name] = /map '(\w+)'/.exec(message) ?? [];
  const lines = source.split('\n');
  const line = lines.findIndex(text => new RegExp(`\\b${name}\\b.*SEC\\(`).test(text));
  if (name === undefined || line < 0) return undefined;
  const column = lines[line]!.search(new RegExp(`\\b${name}\\b`));
  return { start: { line, column }, end: { line, column: column + name.length } };
}

/** A warning for an optional program that could not be attached, unless the cell asked for silence. */
export function skippedProbe(failure: LoaderFailure, layout: CellLayout): Diagnostic[] {
  const program = layout.programs.find(({ symbol }) => symbol === failure.program);
  if (program?.optional !== 'warn') return [];
  return [problem('probe-skipped', { target: program.probe }, { span: program.span })];
}

/** What programs of SEC("syscall") returned, where it is not 0. */
export const answersOf = (
  returned: readonly { program: string; result: number }[],
  { programs }: CellLayout,
): Diagnostic[] =>
  returned
    .filter(({ result }) => result !== 0)
    .map(({ program, result }) => {
      const { span } = programs.find(({ symbol }) => symbol === program) ?? {};
      return problem('program-answered', { program, result: result | 0 }, { span, program });
    });

export const refusal = (failure: LoaderFailure, cell: RefusedCell, layout?: CellLayout) =>
  new CellError([diagnose(failure, cell, layout)]);

function lastWords(log: string | undefined): string | undefined {
  const lines = (log ?? '').split('\n').map(line => line.trim());
  return lines
    .filter(line => line && !NOISE.test(line))
    .at(-1)
    ?.replace(/^libbpf: /, '');
}
