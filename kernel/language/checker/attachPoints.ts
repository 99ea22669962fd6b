/** Attach points: from what was written to what is attached. */
import { globPattern } from '../../glob.ts';
import type { TrialKind } from '../../layout.ts';
import { Reporter } from '../diagnostics.ts';
import { parseFormat } from '../format.ts';
import type { AttachPointNode } from '../nodes.ts';
import { didYouMean } from '../suggest.ts';
import type { Config, ProbePoint } from '../symbols.ts';
import { onOtherArchitectures } from '../tables/archTracepoints.ts';
import { findProbe, PROBES } from '../tables/probes.ts';
import type { ProbeName, ProbeRow } from '../tables/rows.ts';
import type { CompileOptions } from '../target.ts';
import { DURATION_UNITS } from '../tokens.ts';
import { type AttachContext, hasWildcard, noMatches, point } from './attachPoint.ts';
import { functionArgs } from './functionArgs.ts';
import { iterator } from './iterators.ts';
import { kernelFunction } from './kernelFunctions.ts';
import { perfEvent, watchpoint } from './perfEvents.ts';
import { usdt } from './usdt.ts';
import { userFunction } from './userFunctions.ts';

/** Units that interval and profile count in. */
const CLOCK_UNITS: Readonly<Record<string, (count: number) => number>> = {
  hz: count => Math.round(1e9 / count),
  s: count => count * 1e9,
  ms: count => count * 1e6,
  us: count => count * 1e3,
};

const ON_A_FUNCTION = ['kprobes should be attached to a function or an address'];
const ON_A_PATCHED_FUNCTION = ['fentry/fexit should specify a function'];

/** What is said of parts that are left empty, by their places; the last one stands for all behind it. */
const TARGETLESS: Partial<Record<ProbeName, readonly string[]>> = {
  kprobe: ON_A_FUNCTION,
  kretprobe: ON_A_FUNCTION,
  fentry: ON_A_PATCHED_FUNCTION,
  fexit: ON_A_PATCHED_FUNCTION,
  uprobe: ['uprobe should have a target', 'uprobe should be attached to a function and/or address'],
  uretprobe: ['uretprobe should have a target', 'uretprobe should be attached to a function and/or address'],
  usdt: [
    "usdt probe must specify at least path or pid to probe. To target all paths/pids set the path to '*'.",
    'usdt probe must have a target function or wildcard',
  ],
  tracepoint: ['tracepoint probe must have a target'],
  rawtracepoint: ['rawtracepoint should be attached to a function'],
  profile: ['profile probe must have unit of time'],
  interval: ['interval probe must have unit of time'],
  software: ['software probe must have a software event name'],
  hardware: ['hardware probe must have a hardware event name'],
  watchpoint: [
    'watchpoint must be attached to a non-zero address',
    'watchpoint length must be one of (1,2,4,8)',
    'watchpoint mode must be combination of (r,w,x)',
  ],
  iter: ["iter should specify a iterator's name"],
  test: ['test probes must have a name'],
  bench: ['bench probes must have a name'],
};

type Resolve = (context: AttachContext) => ProbePoint[];

const RESOLVERS: Readonly<Record<ProbeName, Resolve>> = {
  begin: context => [point(context, 'begin', { kind: 'begin' })],
  end: context => [point(context, 'end', { kind: 'end' })],
  tracepoint,
  uprobe: userFunction,
  uretprobe: userFunction,
  interval: clock,
  profile: clock,
  rawtracepoint,
  self,
  test: context => [trial(context, 'test')],
  bench: context => [trial(context, 'bench')],
  usdt,
  software: perfEvent,
  hardware: perfEvent,
  watchpoint,
  iter: iterator,
  kprobe: kernelFunction,
  kretprobe: kernelFunction,
  fentry: kernelFunction,
  fexit: kernelFunction,
};

/** All probes that an attach point stands for: several where it has a wildcard, none where it is wrong. */
export function resolveAttachPoint(
  node: AttachPointNode,
  options: CompileOptions,
  config: Config,
  reporter: Reporter,
  mentions: AttachContext['mentions'],
): ProbePoint[] {
  const split = splitParts(node.text, options.positional ?? []);
  if ('wrong' in split) {
    const reason = `invalid trailing character for positional param: ${split.wrong}. Try quoting this entire part if this is intentional e.g. "$${split.wrong}".`;
    reporter.report('probe-parameter', { reason }, node);
    return [];
  }
  const [provider, ...parts] = split.parts as [string, ...string[]];
  const context = { node, options, config, reporter, mentions };
  const points = hasWildcard(provider)
    ? ofKinds(provider, parts, context)
    : ofKind(findProbe(provider), provider, parts, context);
  return node.name === undefined ? points : points.map(each => ({ ...each, called: node.name! }));
}

type Outer = Omit<AttachContext, 'row' | 'parts'>;

/** The probes of one kind. */
function ofKind(row: ProbeRow | undefined, provider: string, parts: string[], context: Outer): ProbePoint[] {
  const { node, reporter } = context;
  if (!row) {
    const names = PROBES.map(row => row.name);
    reporter.report('unknown-probe-type', { name: provider, remedy: didYouMean(provider, names) }, node);
    return [];
  }
  const [least, most] = row.parts;
  const { signature } = row;
  const empty = parts.indexOf('');
  const reasons = TARGETLESS[row.name];
  const reason = empty < 0 || parts.length < least ? undefined : (reasons?.[empty] ?? reasons?.at(-1));
  if (reason) {
    reporter.report('probe-target', { reason, signature }, node);
    return [];
  }
  if (parts.length < least || parts.length > most || parts.includes('')) {
    reporter.report(
      'probe-parts',
      {
        name: row.name,
        expected: least === most ? `${least}` : `${least} or ${most}`,
        found: parts.filter(Boolean).length,
        signature,
      },
      node,
    );
    return [];
  }
  return RESOLVERS[row.name]({ ...context, row, parts });
}

/** Kinds that a wildcard in their place stands for: where a path is named, those of programs, else those of Linux. */
const BROAD: Readonly<Record<'program' | 'linux', readonly ProbeName[]>> = {
  program: ['uprobe', 'usdt'],
  linux: ['kprobe', 'tracepoint', 'software', 'hardware', 'fentry', 'iter', 'rawtracepoint'],
};

/** `*:sched*:*` and `*vfs_read*`: the probes of all kinds that have some, and of one alone what it says. */
function ofKinds(provider: string, parts: string[], context: Outer): ProbePoint[] {
  const { node, reporter, options } = context;
  const kinds = BROAD[options.pid !== undefined || parts[0]?.includes('/') ? 'program' : 'linux'];
  const pattern = globPattern(parts.length === 0 ? '*' : provider);
  const meant = kinds.filter(name => pattern.test(name));
  const rest = parts.length === 0 ? [provider] : parts;
  if (meant.length === 1) return ofKind(findProbe(meant[0]!), provider, rest, context);
  const quiet = { ...context, reporter: new Reporter(reporter.source) };
  const points = meant.flatMap(name => ofKind(findProbe(name), provider, rest, quiet));
  if (points.length === 0) reporter.report('no-provider', { name: provider }, node);
  return points;
}

/**
 * Splits at colons outside of quotes, with parameters of the command line put in, whose colons split, too. `wrong` is
 * what stands behind a `$` in place of a number.
 */
function splitParts(text: string, positional: readonly string[]): { parts: string[] } | { wrong: string } {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  // As much of the rest is the program's own; in front of it stands what a parameter holds.
  let own = text.length;
  for (let rest = text; rest !== ''; ) {
    const parameter = quoted || rest.length > own ? null : /^\$(?:([1-9][0-9]*)|(.))/.exec(rest);
    const escaped = quoted ? /^\\(.)/.exec(rest) : null;
    const [c] = rest;
    rest = rest.slice(escaped ? 2 : 1);
    if (parameter?.[2] !== undefined) return { wrong: parameter[2] };
    if (parameter) {
      own = rest.length - parameter[1]!.length;
      rest = (positional[Number(parameter[1]) - 1] ?? '') + rest.slice(parameter[1]!.length);
    } else if (escaped) part += escaped[1];
    else if (c === '"') quoted = !quoted;
    else if (c === ':' && !quoted) {
      parts.push(part);
      part = '';
    } else part += c;
  }
  parts.push(part);
  return { parts };
}

function tracepoint(context: AttachContext): ProbePoint[] {
  const { parts, options } = context;
  const [category, event] = parts as [string, string];
  const pattern = `${category}:${event}`;
  const known = hasWildcard(pattern)
    ? options.target.tracepoints().filter(name => globPattern(pattern).test(name))
    : [pattern];
  const names = known.length === 0 && options.target.partial ? [pattern] : known;
  const points: ProbePoint[] = [];
  for (const name of names) {
    const [cat, ev] = name.split(':') as [string, string];
    const text = options.target.tracepointFormat(cat, ev);
    if (text === undefined && !options.target.partial) continue;
    const made = point(context, `tracepoint:${name}`, { kind: 'tracepoint', category: cat, event: ev });
    const args = text === undefined ? undefined : parseFormat(text, cat === 'syscalls');
    points.push({ ...made, ...(args ? { args } : {}) });
  }
  const reason = points.length === 0 && options.target.obstacle?.('tracepoint');
  if (reason) {
    const values = { probe: context.node.text, reason, remedy: '' };
    context.reporter.report('no-function-probes', values, context.node);
  } else if (points.length === 0) {
    const meant = () => didYouMean(pattern, options.target.tracepoints());
    noMatches(context, 'tracepoint', pattern, onOtherArchitectures(pattern) || meant());
  }
  return points;
}

const trial = (context: AttachContext, of: TrialKind): ProbePoint =>
  point(context, `${of}:${context.parts[0]}`, { kind: 'trial', of });

function self(context: AttachContext): ProbePoint[] {
  const [what, signal] = context.parts as [string, string];
  if (what === 'signal' && signal === 'SIGUSR1')
    return [point(context, 'self:signal:SIGUSR1', { kind: 'signal', signal })];
  const wrong = what === 'signal' ? { given: signal, kind: 'signal' } : { given: what, kind: 'trigger' };
  context.reporter.report('self-signal', wrong, context.node);
  return [];
}

/** A module's name may stand before the event's. */
function rawtracepoint(context: AttachContext): ProbePoint[] {
  const { parts, options } = context;
  const event = parts.at(-1)!;
  const exists = (name: string) => options.target.type(`btf_trace_${name}`) !== undefined;
  const events = hasWildcard(event)
    ? options.target.tracepoints().map(name => name.slice(name.indexOf(':') + 1))
    : [event];
  const pattern = globPattern(event);
  const names = [...new Set(events)].filter(name => pattern.test(name) && exists(name));
  if (names.length === 0)
    noMatches(context, 'rawtracepoint', event, 'Its name is that of the tracepoint, without the category.');
  return names.map(name => {
    const made = point(context, `rawtracepoint:${name}`, { kind: 'raw_tracepoint', event: name });
    // The first parameter is the tracer's own.
    const args =
      functionArgs(context, `__traceiter_${name}`, 1) ?? functionArgs(context, `__bpf_trace_${name}`, 1);
    return { ...made, ...(args ? { args } : {}) };
  });
}

function clock(context: AttachContext): ProbePoint[] {
  const { parts, row, node, reporter } = context;
  const name = `${row.name}:${parts.join(':')}`;
  const period = parts.length === 1 ? duration(parts[0]!) : CLOCK_UNITS[parts[0]!]?.(Number(parts[1]));
  const reason = wrongClock(row.name, parts, period);
  if (reason || period === undefined) {
    reporter.report('probe-clock', { name: row.name, reason: reason ?? '' }, node);
    return [];
  }
  return [point(context, name, { kind: 'clock', period, everyCpu: row.name === 'profile' })];
}

const SHORTEST_PERIOD = 1000;

/** What is wrong with the time of an interval or a profile. */
function wrongClock(name: string, parts: string[], period: number | undefined): string | undefined {
  const [unit, count] = parts as [string, string?];
  const rate = `Invalid rate of ${name} probe`;
  if (count === undefined) {
    if (period === undefined) return `${rate}: ${unit}`;
    if (period >= SHORTEST_PERIOD) return undefined;
    return `${rate}. Minimum is 1000 or 1us. Found: ${period} nanoseconds`;
  }
  if (!CLOCK_UNITS[unit]) return `${unit} is not an accepted unit of time`;
  if (!/^(0x[0-9a-fA-F]+|[0-9_]+)$/.test(count)) return `${rate}: ${count}`;
  return period && Number.isFinite(period) ? undefined : `${name} frequency should be a positive integer`;
}

/** Nanoseconds of `10ms`, or of a bare number. */
function duration(text: string): number | undefined {
  const found = /^([0-9]+)([a-z]*)$/.exec(text);
  if (!found) return undefined;
  const unit = found[2] === '' ? 1n : DURATION_UNITS[found[2]!];
  return unit === undefined ? undefined : Number(BigInt(found[1]!) * unit);
}
