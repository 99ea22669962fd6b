/** One probe by its name: what it is, what it is given, why it cannot be attached, and a first program for it. */
import { PROBE_ERRORS } from '../../errors/probes.ts';
import { CTypes } from '../checker/cTypes.ts';
import { Reporter, Source } from '../diagnostics.ts';
import type { ProbePoint } from '../symbols.ts';
import { findProbe } from '../tables/probes.ts';
import type { ProbeName } from '../tables/rows.ts';
import type { LanguageTarget } from '../target.ts';
import { type ArgsField, type Type, typeName } from '../types.ts';
import { analyse, type Catalogue } from './analysis.ts';
import { code, describeArguments } from './descriptions.ts';

const FUNCTIONS: readonly ProbeName[] = ['kprobe', 'kretprobe', 'fentry', 'fexit'];

/** Markdown. Undefined when the name begins like no kind of probe. */
export function describeProbe(name: string, catalogue: Pick<Catalogue, 'target'>): string | undefined {
  const row = findProbe(name.split(':')[0]!);
  if (!row) return undefined;
  const [point] = examined(name, catalogue.target).points;
  return [code(point?.name ?? name), row.docs, ...probeFacts(name, catalogue)].join('\n\n');
}

/** What Linux knows of it, as paragraphs: prototype, arguments, why it cannot be attached and what can instead. */
export function probeFacts(name: string, { target }: Pick<Catalogue, 'target'>): string[] {
  const { points, problems } = examined(name, target);
  const args = points[0]?.args ?? [];
  const isFunction = FUNCTIONS.some(kind => findProbe(name.split(':')[0]!)?.name === kind);
  const prototype = isFunction ? prototypeOf(lastPart(name), target) : undefined;
  return [
    ...(prototype ? [`\`\`\`c\n${prototype}\n\`\`\``] : []),
    ...(args.length > 0 ? [describeArguments(args)] : []),
    ...problems.map(({ message, remedy = '' }) => `⚠ ${message} ${remedy}`.trim()),
  ];
}

/** A program of one probe that prints what is most telling of it. It ends with a newline. */
export function probeSnippet(name: string, { target }: Pick<Catalogue, 'target'>): string {
  const [point] = examined(name, target).points;
  const shown = point ? shownOf(point) : [];
  const formats = ['%s', ...shown.map(({ format }) => format)].join(' ');
  const values = ['comm', ...shown.map(({ value }) => value)].join(', ');
  return `${name}\n{\n  printf("${formats}\\n", ${values});\n}\n`;
}

const lastPart = (name: string) => name.slice(name.lastIndexOf(':') + 1);

/** What a program of this probe alone would be told of it. */
function examined(name: string, target: LanguageTarget) {
  const { program, diagnostics } = analyse(`${name} { }`, { target, unsafe: 'all' });
  return {
    points: program.probes.map(({ point }) => point),
    problems: diagnostics.filter(({ code }) => Object.hasOwn(PROBE_ERRORS, code)),
  };
}

/** `int64 vfs_read(struct file * file, …)`; undefined where Linux does not describe it. */
function prototypeOf(name: string, target: LanguageTarget): string | undefined {
  const found = target.functionType?.(name);
  if (!found) return undefined;
  const types = new CTypes([], target, new Reporter(new Source('')));
  const spelled = (type: (typeof found.params)[number]['type']) =>
    typeName(types.fromData(type, 'kernel', false));
  const parameters = found.params.map(({ name, type }) => `${spelled(type)} ${name}`.replace('* ', '*'));
  const returns = `${found.returns ? spelled(found.returns) : 'void'} `.replace('* ', '*');
  return `${returns}${name}(${parameters.join(', ')})`;
}

const MOST_SHOWN = 4;
/** Told by comm already, or of no use. */
const SELDOM_WANTED = /^(?:__syscall_nr|comm|pid)$/;

interface Shown {
  format: string;
  value: string;
}

function shownOf({ row, args = [], returns, usdt = [] }: ProbePoint): Shown[] {
  const fields = args
    .filter(({ name }) => !SELDOM_WANTED.test(name))
    .flatMap(field => fieldShown(field, args, row.name))
    .slice(0, MOST_SHOWN);
  const first = usdt[0]?.split(' ').filter(Boolean) ?? [];
  const words = first.slice(0, MOST_SHOWN).map((_, i) => ({ format: '%d', value: `arg${i}` }));
  const result = returns ? valueShown(returns, 'retval') : [{ format: '%d', value: 'retval' }];
  const gives = returns !== undefined || row.name === 'kretprobe' || row.name === 'uretprobe';
  return [...fields, ...words, ...(gives ? result : [])];
}

function fieldShown({ name, type, declaration }: ArgsField, all: ArgsField[], probe: ProbeName): Shown[] {
  const value = `args.${name}`;
  // A system call is handed text by its address; data by that and its length.
  if (probe !== 'tracepoint' || !/^const char \*/.test(declaration)) return valueShown(type, value);
  const isData = name === 'buf' && all.some(({ name }) => name === 'count');
  return [{ format: '%s', value: isData ? `str(${value}, args.count)` : `str(${value})` }];
}

function valueShown(type: Type, value: string): Shown[] {
  if (type.kind === 'int') return [{ format: type.signed ? '%d' : '%u', value }];
  if (type.kind === 'string') return [{ format: '%s', value }];
  if (type.kind === 'pointer') return [{ format: '%p', value }];
  return [];
}
