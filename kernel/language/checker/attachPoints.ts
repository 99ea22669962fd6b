/** Attach points: from what was written to what is attached. */
import type { TrialKind } from '../../layout.ts';
import type { Reporter } from '../diagnostics.ts';
import { parseFormat } from '../format.ts';
import type { AttachPointNode } from '../nodes.ts';
import { didYouMean } from '../suggest.ts';
import type { Config, ProbePoint } from '../symbols.ts';
import { findProbe, PROBES } from '../tables/probes.ts';
import type { ProbeName } from '../tables/rows.ts';
import type { CompileOptions } from '../target.ts';
import { DURATION_UNITS } from '../tokens.ts';
import { type AttachContext, globPattern, hasWildcard, noMatches, point } from './attachPoint.ts';
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
  const text = node.text.replaceAll(
    /\$([0-9]+)/g,
    (_, index: string) => options.positional?.[Number(index) - 1] ?? '',
  );
  const [provider, ...parts] = split(text);
  const row = findProbe(provider!);
  if (!row) {
    const names = PROBES.map(row => row.name);
    reporter.report('unknown-probe-type', { name: provider!, remedy: didYouMean(provider!, names) }, node);
    return [];
  }
  const [least, most] = row.parts;
  if (parts.length < least || parts.length > most || parts.some(part => part === '')) {
    reporter.report(
      'probe-parts',
      {
        name: row.name,
        expected: least === most ? `${least}` : `${least} or ${most}`,
        signature: row.signature,
      },
      node,
    );
    return [];
  }
  return RESOLVERS[row.name]({ node, row, parts, options, config, reporter, mentions });
}

/** Splits at colons outside of quotes. */
function split(text: string): string[] {
  const parts: string[] = [];
  for (const [, quoted, plain] of `${text}:`.matchAll(/(?:"([^"]*)"|([^":]*)):/g))
    parts.push(quoted ?? plain ?? '');
  return parts;
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
  if (points.length === 0)
    noMatches(context, 'tracepoint', pattern, didYouMean(pattern, options.target.tracepoints()));
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
  if (period === undefined || !(period > 0) || !Number.isFinite(period)) {
    reporter.report('probe-clock', { name: row.name, given: parts.join(':') }, node);
    return [];
  }
  return [point(context, name, { kind: 'clock', period, everyCpu: row.name === 'profile' })];
}

/** Nanoseconds of `10ms`, or of a bare number. */
function duration(text: string): number | undefined {
  const found = /^([0-9]+)([a-z]*)$/.exec(text);
  if (!found) return undefined;
  const unit = found[2] === '' ? 1n : DURATION_UNITS[found[2]!];
  return unit === undefined ? undefined : Number(BigInt(found[1]!) * unit);
}
