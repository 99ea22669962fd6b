/** Probes at functions of Linux's own: which functions are meant, and in which way programs reach them. */
import { globPattern } from '../../glob.ts';
import type { AttachSpec } from '../../layout.ts';
import { adviceOn, tracepointsInstead } from '../advice.ts';
import type { FunctionWay, ProbePoint } from '../symbols.ts';
import { reasonToLeaveAlone } from '../tables/untraceable.ts';
import { type AttachContext, hasWildcard, noMatches, point, splitOffset } from './attachPoint.ts';
import { BPF, bpfFunction } from './bpfPrograms.ts';
import { functionArgs, functionResult } from './functionArgs.ts';

const LINUX = 'vmlinux';
/** Module and function. */
const MOST_PARTS = 2;

/** What an attach point names: a function, or all that match. */
interface Wanted {
  /** As written; empty when none is. */
  module: string;
  name: string;
  offset?: number;
}

/** `kprobe`, `kretprobe`, `fentry` and `fexit`. */
export function kernelFunction(context: AttachContext): ProbePoint[] {
  const { parts, row, node, reporter } = context;
  if (!isKprobe(context) && parts[0] === BPF) return bpfFunction(context);
  if (parts.length > MOST_PARTS) {
    const reason = "Only the 'bpf' variant of this probe supports 4 arguments";
    reporter.report('probe-target', { reason, signature: row.signature }, node);
    return [];
  }
  const [written, module = ''] = [...parts].reverse() as [string, string?];
  if (isKprobe(context) && /^(?:0x[0-9a-fA-F]+|[0-9]+)$/.test(written)) return address(context, written);
  const split = splitOffset(context, written);
  if (!split) return [];
  const { name } = split;
  const wanted = { module, ...split };
  const way = chooseWay(context, wanted);
  if (!way) return [];
  return hasWildcard(module + name) ? matching(context, wanted, way) : named(context, wanted, way);
}

const isKprobe = ({ row }: AttachContext) => row.name === 'kprobe' || row.name === 'kretprobe';
const onReturn = ({ row }: AttachContext) => row.name === 'kretprobe' || row.name === 'fexit';

/** Whoever starts the run takes the risk of probes that can do harm. */
const risky = ({ options, row }: AttachContext) =>
  options.unsafe === 'all' || options.unsafe?.includes(row.name) || options.unsafe?.includes('kprobe');

/** What is said against a probe in the way that programs reach the function. */
const objection = (context: AttachContext, name: string, way: FunctionWay) =>
  reasonToLeaveAlone(name, PROBES_OF[way === 'fentry' ? 'fentry' : 'kprobe'][onReturn(context) ? 1 : 0]);

const PROBES_OF = { kprobe: ['kprobe', 'kretprobe'], fentry: ['fentry', 'fexit'] } as const;

/** A place in Linux by its address, which nobody can check. */
function address(context: AttachContext, written: string): ProbePoint[] {
  const { row, options, node, reporter } = context;
  if (!risky(context)) {
    reporter.report('unsafe-address', { name: row.name }, node);
    return [];
  }
  const reason = options.target.obstacle?.('kprobe');
  if (reason && !refused(context, reason, '')) return [];
  const at = BigInt(written);
  const attach: AttachSpec = {
    kind: 'kprobe',
    functions: [],
    address: at.toString(16),
    ret: onReturn(context),
  };
  return [{ ...point(context, `${row.name}:${at}`, attach), way: 'kprobe' }];
}

/** The probe's own way; where Linux lacks it the other one, if that can do what the program asks. */
function chooseWay(context: AttachContext, { name, offset }: Wanted): FunctionWay | undefined {
  const { row, node, options, reporter, mentions } = context;
  const { obstacle } = options.target;
  const [own, other] = isKprobe(context) ? (['kprobe', 'fentry'] as const) : (['fentry', 'kprobe'] as const);
  const missing = obstacle?.(own);
  if (!missing) return own;
  const reason = obstacle?.(other);
  const needs = isKprobe(context)
    ? { 'an offset': offset !== undefined, 'reg()': mentions('reg'), ctx: mentions('ctx') }
    : { args: row.name === 'fexit' && mentions('args'), 'a type': !described(context, name) };
  const [need] = Object.entries(needs).find(([, needed]) => needed) ?? [];
  const why = reason ?? (need && `a ${SUBSTITUTES[row.name]} has no ${need.replace(/^an? /, '')}`);
  if (why)
    return refused(context, `${missing}, and ${why}`, tracepointsInstead(name, options.target))
      ? own
      : undefined;
  reporter.report('substituted', { probe: node.text, by: SUBSTITUTES[row.name]!, reason: missing }, node);
  return other;
}

/** Tells that Linux cannot have the probe. Is its block checked all the same, as that of a probe that is left out is not? */
function refused({ node, config, reporter }: AttachContext, reason: string, remedy: string): boolean {
  const { missing_probes: missing } = config;
  const severity = missing === 'error' ? 'error' : 'warning';
  if (missing !== 'ignore')
    reporter.report('no-function-probes', { probe: node.text, reason, remedy }, node, severity);
  return missing === 'error';
}

const SUBSTITUTES: Readonly<Record<string, string>> = {
  kprobe: 'fentry',
  kretprobe: 'fexit',
  fentry: 'kprobe',
  fexit: 'kretprobe',
};

const described = ({ options }: AttachContext, name: string) =>
  hasWildcard(name) || options.target.functionType?.(name) !== undefined;

/** The one function of a name, or the place in it. */
function named(context: AttachContext, { module, name, offset }: Wanted, way: FunctionWay): ProbePoint[] {
  const { options, config, node, reporter, row } = context;
  const known = options.target.functions?.();
  const modules = known?.get(name) ?? [];
  const exists = module ? modules.includes(module) : modules.length > 0;
  const whole = `${module ? `${module}:` : ''}${name}`;
  if (module && module !== LINUX && known && ![...known.values()].some(each => each.includes(module))) {
    reporter.report('module-not-loaded', { module, probe: `${row.name}:${whole}` }, node);
    return [];
  }
  if (known && !exists) {
    if (isKprobe(context) && config.missing_probes !== 'ignore')
      reporter.report('not-traceable', { name, remedy: adviceOn(name, row.name, options.target) }, node);
    if (!isKprobe(context) || options.unsafe !== 'all') {
      noMatches(context, row.name, whole, isKprobe(context) ? '' : adviceOn(name, row.name, options.target));
      return [];
    }
  }
  const reason = objection(context, name, way);
  if (reason && !risky(context)) {
    reporter.report('harmful-probe', { probe: `${row.name}:${whole}`, reason, name: row.name }, node);
    return [];
  }
  const place = offset === undefined ? '' : `+${offset}`;
  if (isKprobe(context) && way === 'kprobe')
    return [{ ...point(context, `${row.name}:${whole}${place}`, kprobes(context, [whole], offset)), way }];
  return placed(context, [{ name, module: module || (modules[0] ?? LINUX) }], way);
}

/** All functions that match. */
function matching(context: AttachContext, { module, name }: Wanted, way: FunctionWay): ProbePoint[] {
  const { options, config, node, reporter, mentions } = context;
  const [modules, names] = [globPattern(module || (isKprobe(context) ? '*' : LINUX)), globPattern(name)];
  const known = options.target.functions?.();
  // Nobody knows what matches: something will.
  if (!known) return [{ ...point(context, node.text, kprobes(context, [])), way }];
  const found: Function[] = [];
  const leftAlone: string[] = [];
  for (const [name, holders] of known) {
    if (!names.test(name)) continue;
    if (objection(context, name, way)) {
      leftAlone.push(name);
      continue;
    }
    // Two of a name in one module cannot be told apart.
    for (const module of new Set(holders))
      if (modules.test(module) && holders.filter(each => each === module).length === 1)
        found.push({ name, module });
  }
  if (options.details && leftAlone.length > 0)
    reporter.report('left-alone', { names: leftAlone.join(', ') }, node);
  // Types differ between functions, and so do their names; all others share one program.
  if (!isKprobe(context) || way === 'fentry' || mentions('probe')) {
    // Before each is asked for its type: they may be tens of thousands.
    const limit = config.max_bpf_progs;
    if (found.length > limit) {
      reporter.report('too-many-programs', { count: found.length, limit }, node);
      return [];
    }
    const usable = found.filter(({ name }) => way !== 'fentry' || options.target.functionType?.(name));
    if (usable.length === 0 && !options.target.partial) reporter.report('no-attach-points', {}, node);
    return placed(context, usable, way);
  }
  if (found.length === 0) {
    if (options.target.partial) return [{ ...point(context, node.text, kprobes(context, [])), way }];
    reporter.report('no-attach-points', {}, node);
    return [];
  }
  const multi = !module && !options.target.obstacle?.('kprobe_multi');
  const functions = found.map(each => (multi ? each.name : symbolOf(each)));
  return [
    {
      ...point(
        context,
        node.text.replace(/^[^:]*/, context.row.name),
        kprobes(context, [...new Set(functions)]),
      ),
      way: multi ? 'kprobe.multi' : 'kprobe',
    },
  ];
}

interface Function {
  name: string;
  module: string;
}

/** As Linux's kprobes name it. */
const symbolOf = ({ name, module }: Function) => (module === LINUX ? name : `${module}:${name}`);

const kprobes = (context: AttachContext, functions: string[], offset?: number): AttachSpec => ({
  kind: 'kprobe',
  functions: functions.map(name => name.replace(`${LINUX}:`, '')),
  ...(offset === undefined ? {} : { offset }),
  ret: onReturn(context),
});

/** A program for each function. */
function placed(context: AttachContext, functions: Function[], way: FunctionWay): ProbePoint[] {
  const { row } = context;
  return functions.map(each => {
    const { name, module } = each;
    const attach: AttachSpec = way === 'fentry' ? { kind: 'auto' } : kprobes(context, [symbolOf(each)]);
    const whole = isKprobe(context) ? symbolOf(each) : `${module}:${name}`;
    const made: ProbePoint = { ...point(context, `${row.name}:${whole}`, attach), way };
    if (isKprobe(context)) return made;
    const args = row.name === 'fexit' && way !== 'fentry' ? undefined : functionArgs(context, name);
    const returns = row.name === 'fexit' ? functionResult(context, name) : undefined;
    return { ...made, ...(args ? { args } : {}), ...(returns ? { returns } : {}) };
  });
}
