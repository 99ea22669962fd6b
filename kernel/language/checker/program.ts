/** Checks a whole program: config, probes, then passes over all blocks until no type changes any more. */
import { placesOf } from '../../layout.ts';
import { Reporter, type Source } from '../diagnostics.ts';
import { nestedImports, resolveImports } from '../imports.ts';
import type { ImportStatement, PreambleItem, ProgramNode, Range } from '../nodes.ts';
import type { CheckedProgram, Config, MapInfo, ProbeInstance, VariableInfo } from '../symbols.ts';
import type { CompileOptions, PreambleText } from '../target.ts';
import { resolveAttachPoint } from './attachPoints.ts';
import { Checker } from './checker.ts';
import { readConfig } from './config.ts';
import { CTypes } from './cTypes.ts';
import { declareMaps } from './declarations.ts';
import { externalFunctions } from './externals.ts';
import { ownFunctions } from './functions.ts';
import { checkMacros } from './macroRules.ts';
import { Macros } from './macros.ts';
import { checkOptions } from './options.ts';
import { pairSessions } from './sessions.ts';
import { borrowMaps } from './sharedMaps.ts';

/** Types only ever widen, so this many passes are never needed; a bound all the same. */
const MOST_PASSES = 12;

/** What to do about a map that is read and that nobody writes. */
const UNDEFINED = {
  alone: 'It is read here, but nothing is ever assigned to it.',
  cell: 'It is read here, and no cell that ran has it: run the cell that fills it first.',
};

export interface Checked {
  program: CheckedProgram;
  /** Names for the parts of map keys, after the expressions first used. */
  keyNames: Map<string, string[]>;
}

export function checkProgram(
  tree: ProgramNode,
  options: CompileOptions,
  source: Source,
  reporter: Reporter,
): Checked {
  const config = readConfig(tree.config, options.config, reporter);
  const unpreprocessed =
    !options.preamble && tree.preamble.some(({ kind }) => kind !== 'definition' && kind !== 'define');
  if (options.preamble) tree.preamble = preprocessed(options.preamble, source.text);
  const whole = { start: 0, end: source.text.length };
  const { sources } = resolveImports(
    tree,
    reporter,
    options.importer,
    importStatements(tree, config, reporter),
  );
  const ctypes = new CTypes(tree.preamble, options.target, reporter);
  checkMacros(tree.macros, reporter);
  checkOptions([tree.probes, tree.macros, tree.functions], reporter);
  const macros = new Macros(tree.macros);
  const probes: ProbeInstance[] = [];
  /** Those that share their block with no other. */
  const alone: ProbeInstance[] = [];
  /** Programs that wildcards stand for. */
  let expanded = 0;
  for (const probe of tree.probes) {
    // The first attach point takes the tree itself, others copies: checking writes into it.
    let { predicate, body } = probe;
    let taken = false;
    const mentions = (name: string) => uses([probe.predicate, probe.body], name);
    const before = probes.length;
    for (const node of probe.attachPoints) {
      const points = resolveAttachPoint(node, options, config, reporter, mentions);
      if (points.length > 1) expanded += points.length;
      if (expanded > config.max_bpf_progs) {
        const limit = config.max_bpf_progs;
        reporter.report('too-many-programs', { count: expanded, limit }, node);
        points.length = 0;
      }
      for (const point of points) {
        if (taken) [predicate, body] = structuredClone([predicate, body]);
        taken = true;
        probes.push({ point, ...(predicate ? { predicate } : {}), body, variables: [] });
      }
    }
    if (probe.attachPoints.length === 1 && probes.length === before + 1 && !mentions('probe'))
      alone.push(probes[before]!);
  }
  pairSessions(alone, options.target);
  const iterators = probes.filter(({ point }) => point.attach.kind === 'iter');
  const others = probes.filter(({ point }) => !['iter', 'begin', 'end'].includes(point.attach.kind));
  if (iterators.length > 1 || (iterators.length > 0 && others.length > 0))
    reporter.report('iterator-alone', {}, iterators[0]!.point.range);
  nameTrialsOnce(probes, reporter);
  limitProbes(probes, config, options.target, reporter);
  if (probes.length === 0 && !reporter.failed)
    reporter.report(tree.probes.length === 0 ? 'no-probes' : 'all-left-out', {}, whole);

  const maps = new Map<string, MapInfo>();
  declareMaps(tree.maps, maps, reporter);
  const keyNames = new Map<string, string[]>();
  const functions = ownFunctions(tree.functions, reporter);
  const externals = externalFunctions(sources, ctypes);
  let last: Reporter;
  for (let pass = 0; ; pass++) {
    last = new Reporter(source);
    const checker = new Checker({
      options,
      config,
      maps,
      keyNames,
      reporter: last,
      source,
      ctypes,
      macros,
      functions,
      externals,
      unread: unpreprocessed || (tree.imports.length > 0 && !options.importer),
      pass,
    });
    for (const [i, node] of tree.functions.entries()) checker.functionBlock(node, functions[i]!);
    for (const probe of probes) checker.probeBlock(probe);
    // The first pass has seen all that is written, macros too, whatever types it did not know yet.
    if (pass === 0 && options.maps) borrowMaps(maps, options.maps, keyNames, reporter);
    if ((!checker.changed && pass > 0) || pass === MOST_PASSES) break;
  }
  if (!last.failed) reportUntyped([...functions, ...probes], last);
  for (const info of maps.values()) {
    if (info.declared && info.key === undefined) {
      last.report('unused-map', { name: info.name }, info.range);
      maps.delete(info.name);
    } else if (info.declared && needsOtherKind(info))
      last.report(
        'map-type',
        { declared: info.declared.kind, needed: info.value.kind === 'aggregation' ? 'percpuhash' : 'hash' },
        info.range,
      );
    else if (info.value.kind === 'unknown' && !info.borrowed && !info.written && !last.failed)
      last.report(
        'undefined-map',
        { name: info.name, remedy: UNDEFINED[options.maps ? 'cell' : 'alone'] },
        info.range,
      );
  }
  // What a mistake in writing left over was not meant to be a value.
  const broken = reporter.diagnostics.some(({ code }) => code === 'syntax-error');
  const told = broken ? last.diagnostics.filter(({ code }) => code !== 'discarded-value') : last.diagnostics;
  reporter.diagnostics.push(...told);
  return { program: { probes, functions, maps, config, sources }, keyNames };
}

/** Variables that are read and never get a value: nothing says what they are. */
function reportUntyped(blocks: readonly { variables: VariableInfo[] }[], reporter: Reporter): void {
  for (const { type, name, readEarly } of blocks.flatMap(({ variables }) => variables))
    if (type.kind === 'unknown' && readEarly) reporter.report('variable-untyped', { name }, readEarly);
}

/** Aggregations are kept per CPU, and other values once. */
const needsOtherKind = ({ declared, value }: MapInfo): boolean =>
  value.kind !== 'unknown' && declared!.kind.startsWith('percpu') !== (value.kind === 'aggregation');

/** What one link reaches is one, however many places it has; each link beyond takes Linux its time. */
function limitProbes(
  probes: ProbeInstance[],
  config: Config,
  target: CompileOptions['target'],
  reporter: Reporter,
): void {
  const limit = config.max_probes;
  const places = ({ point: { name, attach } }: ProbeInstance) => placesOf(name, attach);
  const links = (probe: ProbeInstance) => (atOnce(probe, target) ? 1 : places(probe));
  const sum = (count: (probe: ProbeInstance) => number) =>
    probes.reduce((sum, probe) => sum + count(probe), 0);
  // Asking what Linux can do takes a while.
  if (sum(places) <= limit) return;
  const count = sum(links);
  if (count > limit) reporter.report('too-many-probes', { count, limit }, { start: 0, end: 0 });
}

function atOnce({ point: { attach, way } }: ProbeInstance, target: CompileOptions['target']): boolean {
  if (attach.kind === 'uprobe') return !target.obstacle?.('uprobe_multi');
  return way === 'kprobe.multi' || way === 'kprobe.session';
}

/** Does a builtin or a function of this name stand somewhere in it? */
function uses(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { kind, name: own } = node as { kind?: string; name?: string };
  if ((kind === 'identifier' || kind === 'call') && own === name) return true;
  return Object.values(node).some(part => uses(part, name));
}

/** Imports in blocks: those that the program's options allow. */
function importStatements(tree: ProgramNode, config: Config, reporter: Reporter): ImportStatement[] {
  // Looking for them takes as long as checking them, and hardly any program has one.
  const any = reporter.source.text.includes('import');
  const found = any ? nestedImports([tree.probes, tree.macros, tree.functions]) : [];
  const { unstable_import_statement: gate } = config;
  if (gate === 'enable') return found;
  for (const statement of found)
    reporter.report('import-statement', {}, statement, gate === 'warn' ? 'warning' : 'error');
  return gate === 'warn' ? found : [];
}

/** Tests are told apart by their names, and so are benches. */
function nameTrialsOnce(probes: readonly ProbeInstance[], reporter: Reporter): void {
  const seen = new Map<string, Range>();
  for (const { point } of probes) {
    if (point.attach.kind !== 'trial') continue;
    const name = point.name.slice(point.attach.of.length + 1);
    const other = seen.get(point.name);
    if (!other) seen.set(point.name, point.range);
    else {
      const related = [{ message: 'this is the other instance', at: other }];
      const values = { name, kind: point.attach.of.toUpperCase() };
      reporter.report('trial-name', values, point.range, undefined, { related });
    }
  }
}

/** The preamble as the preprocessor left it. */
function preprocessed(items: readonly PreambleText[], text: string): PreambleItem[] {
  const lines = text.split('\n');
  return items.map(({ text, line }) => {
    const start = lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0);
    return {
      kind: text.startsWith('#') ? 'define' : 'definition',
      text,
      ...(line === undefined
        ? { start: 0, end: 0, foreign: true }
        : { start, end: start + (lines[line]?.length ?? 0) }),
    };
  });
}
