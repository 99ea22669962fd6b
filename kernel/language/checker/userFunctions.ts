/** Probes at functions of programs and libraries. */
import type { AttachSpec, UserSymbol } from '../../layout.ts';
import { didYouMean } from '../suggest.ts';
import type { Config, ProbePoint } from '../symbols.ts';
import { type AttachContext, hasWildcard, noMatches, point, splitOffset } from './attachPoint.ts';
import { binariesOf, isPattern } from './binaries.ts';
import { goArgs } from './goArgs.ts';
import { goGlob, isGoFunction, returnSites, tellGoReturns } from './goFunctions.ts';
import { lineInside, sourceLine } from './sourceLines.ts';
import { userArgs } from './userArgs.ts';

const NUMBER = /^(?:0x[0-9a-fA-F]+|[0-9]+)$/;

/** `uprobe` and `uretprobe`: `binary:function[+offset]`, `binary:offset`, `binary:cpp:"function"`, `binary@file:line`. */
export function userFunction(context: AttachContext): ProbePoint[] {
  return sourceLine(context) ?? functionsNamed(context);
}

function functionsNamed(context: AttachContext): ProbePoint[] {
  const { parts, row, options, node, reporter } = context;
  const [target, language, ...before] = [...parts].reverse() as [string, string?, string?];
  const cpp = parts.length === 3;
  // Of a process that is named, the program itself may be left out.
  const binary =
    (cpp ? before[0] : language) ?? (options.pid === undefined ? undefined : `/proc/${options.pid}/exe`);
  if (binary === undefined || binary === '') {
    reporter.report(
      'probe-parts',
      { name: row.name, expected: '2 or 3', found: parts.length, signature: row.signature },
      node,
    );
    return [];
  }
  // Told already: what was meant is not known.
  if (/\s/.test(binary) && !node.text.includes('"')) return [];
  if (cpp && language !== 'cpp') {
    reporter.report('probe-language', { given: language! }, node);
    return [];
  }
  if (NUMBER.test(target)) {
    const offset = Number(target);
    if (isPattern(binary)) {
      reporter.report('probe-offset', { reason: 'Cannot use wildcards with absolute address' }, node);
      return [];
    }
    if (row.name === 'uprobe' || offset === 0)
      return binariesOf(context, binary).map(path =>
        point(context, `${row.name}:${path}:${target}`, at(context, path, { offset })),
      );
    reporter.report('probe-offset', { reason: 'Offset not allowed' }, node);
    return [];
  }
  const split = splitOffset(context, target);
  if (!split) return [];
  const { name, offset } = split;
  const wanted = binariesOf(context, binary).map(path => ({ context, binary: path, name, offset, cpp }));
  if (!isPattern(binary)) return wanted.flatMap(named);
  const holding = wanted.filter(one => symbolsNamed(one)?.symbols.some(({ kind }) => kind === 'function'));
  if (holding.length === 0 && wanted.length > 0) noMatches(context, row.name, `${binary}:${name}`, '');
  return holding.flatMap(named);
}

interface Wanted {
  context: AttachContext;
  binary: string;
  name: string;
  offset: number | undefined;
  cpp: boolean;
}

function named({ context, binary, name, offset, cpp }: Wanted): ProbePoint[] {
  const { row, options, config, node, reporter, mentions } = context;
  const found = symbolsNamed({ context, binary, name, cpp });
  // Names without a slash are searched for: the one that was found says more.
  const path = binary.includes('/') ? binary : (found?.path ?? binary);
  const place = offset === undefined ? '' : `+${offset}`;
  const whole = (symbol: string) => `${row.name}:${path}:${cpp ? 'cpp:' : ''}${symbol}${place}`;
  if (!found && (options.target.partial || !options.target.userSymbols))
    return [
      point(
        context,
        whole(name),
        at(context, path, { symbol: name, ...(offset === undefined ? {} : { offset }) }),
      ),
    ];
  if (!found) {
    reporter.report('no-binary', { provider: row.name, path }, node);
    return [];
  }
  const functions = found.symbols.filter(({ kind }) => kind === 'function');
  if (functions.length === 0) {
    noMatches(context, row.name, `${path}:${name}`, remedyFor(context, binary, name, found));
    return [];
  }
  const outside = functions.find(({ size }) => offset !== undefined && size > 0 && offset >= size);
  if (outside && options.unsafe !== 'all') {
    reporter.report('offset-outside', { name: outside.name, size: outside.size }, node);
    return [];
  }
  const attached = (name: string, functions: UserSymbol[]): Attached => ({
    context,
    path,
    file: found.path,
    name: whole(name),
    functions,
    offset: offset ?? 0,
    go: found.go === true && functions.every(isGoFunction),
  });
  // Programs of their own for those who ask for the name; all others share one.
  const isGlob = hasWildcard(name) && !functions.some(each => each.name === name);
  const groups =
    isGlob && !mentions('probe') && !mentions('args')
      ? [attached(name, functions)]
      : functions.map(each => attached(each.name, [each]));
  if (row.name !== 'uretprobe' || !found.go || !functions.some(isGoFunction)) return pointsOf(groups);
  const points = atGoReturns(groups, config.go_uretprobe);
  tellGoReturns(context, whole(name), points.length > 0);
  return points;
}

/** Those that are attached as the option says; functions without a return are left out. */
function atGoReturns(groups: Attached[], way: Config['go_uretprobe']): ProbePoint[] {
  if (way === 'error') return [];
  if (way === 'trampoline') return pointsOf(groups);
  return groups.flatMap(group => {
    const parts = [true, false].map(go => ({
      ...group,
      functions: group.functions.filter(each => isGoFunction(each) === go),
      go,
    }));
    return parts
      .filter(({ functions }) => functions.length > 0)
      .flatMap(part => (part.go ? pointAtReturns(part) : pointsOf([part])));
  });
}

/** Names of Go are globs only where no function has them as they are. */
function symbolsNamed({ context, binary, name, cpp }: Omit<Wanted, 'offset'>) {
  const { target } = context.options;
  const found = target.userSymbols?.(binary, name, cpp);
  const glob = goGlob(name);
  const isOther = found?.go && glob !== name && !found.symbols.some(symbol => symbol.name === name);
  return isOther ? target.userSymbols?.(binary, glob, cpp) : found;
}

/** Functions that share a program. */
interface Attached {
  context: AttachContext;
  path: string;
  /** Where the path leads, from wherever it is asked. */
  file: string;
  /** The probe's full name. */
  name: string;
  functions: UserSymbol[];
  /** From the start of each. */
  offset: number;
  /** All are written in Go. */
  go: boolean;
}

/** Undefined where its arguments are asked for and not known, which is reported. */
function pointOf({ context, path, file, name, functions, offset, go }: Attached): ProbePoint | undefined {
  const sites = [...new Set(functions.map(each => each.offset + offset))].map(offset => ({
    offset,
    semaphore: 0,
    cookie: 0,
  }));
  const [first] = functions;
  // Where Go keeps arguments is known at its entries only.
  const isKnown = !go || offset === 0;
  const isTyped = first && isKnown && context.row.name === 'uprobe' && context.mentions('args');
  const read = go ? goArgs : userArgs;
  const args = isTyped ? read(context, { ...first, probe: name, path: file }) : undefined;
  if (isTyped && !args && !context.options.target.partial) return undefined;
  return {
    ...point(context, name, at(context, path, { sites })),
    binary: file,
    ...(args ? { args } : {}),
    ...(functions.length === 1 ? { place: functions[0]!.address + offset } : {}),
    ...(go && offset === 0 ? { go } : {}),
  };
}

/** A uretprobe that is made of probes at the return instructions. */
function pointAtReturns(attached: Attached): ProbePoint[] {
  const { context, path, file, functions } = attached;
  const sites = returnSites(context, file, functions);
  if (sites?.length === 0) return [];
  const attach = { ...at(context, path, { sites: sites ?? [] }), ret: false };
  return pointsOf([attached]).map(point => ({ ...point, attach, returnInstructions: true }));
}

/** All of them, or none: what one function's file does not tell, it tells of no other. */
function pointsOf(groups: Attached[]): ProbePoint[] {
  const points: ProbePoint[] = [];
  for (const group of groups) {
    const made = pointOf(group);
    if (!made) return [];
    points.push(made);
  }
  return points;
}

type Place =
  | { offset: number }
  | { symbol: string; offset?: number }
  | Pick<AttachSpec & { kind: 'uprobe' }, 'sites'>;

const at = ({ row, options }: AttachContext, binary: string, place: Place): AttachSpec => ({
  kind: 'uprobe',
  binary,
  ...place,
  ret: row.name === 'uretprobe',
  ...(options.pid === undefined ? {} : { pid: options.pid }),
});

/** Names that begin alike are looked for: all of a library's would be many. */
function remedyFor(
  { options }: AttachContext,
  binary: string,
  name: string,
  found: { path: string; go?: boolean },
): string {
  const { go = false } = found;
  if (hasWildcard(name)) return `List functions with: ebpfnb list 'uprobe:${binary}:*'.`;
  const inside = lineInside(options.target, found.path, name);
  if (inside)
    return `It was inlined into its callers. A line of it can be probed: uprobe:${binary}@${inside}.`;
  const near = options.target.userSymbols?.(binary, `${name.slice(0, 2)}*`, false)?.symbols ?? [];
  const meant = didYouMean(
    name,
    near.filter(({ kind }) => kind === 'function').map(symbol => symbol.name),
  );
  const inlined = 'One that was inlined is not there';
  // Every program of Go has this one.
  const nameless = go && options.target.userSymbols?.(binary, 'main.main', false)?.symbols.length === 0;
  if (nameless) return 'It has no names of functions: build it without -ldflags=-s.';
  if (go) return `${meant} ${inlined}: build the program with go build -gcflags=-l.`.trim();
  return meant || `List functions with: ebpfnb list 'uprobe:${binary}:*${name}*'. ${inlined}.`;
}
