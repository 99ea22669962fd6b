/** What the SEC() texts of a BPF C cell mean on this target: which functions a pattern stands for, and what cannot be. */
import { CellError, type Diagnostic, problem } from '../errors.ts';
import { globPattern } from '../glob.ts';
import {
  adviceOn,
  didYouMean,
  incompleteSection,
  type ProbeName,
  reasonToLeaveAlone,
  sectionProblem,
  sectionRow,
  tracepointsInstead,
} from '../language/index.ts';
import type { AttachSpec, CellLayout, ProgramLayout } from '../layout.ts';
import type { AttachFeature } from '../loader/protocol.ts';
import { contextNotes } from './contexts.ts';
import { goReturns } from './goReturns.ts';
import type { Connection } from './loader.ts';
import { KINDS } from './probeKinds.ts';
import { type Sampling, sampled } from './sampling.ts';
import type { Traceable } from './target.ts';

/**
 * Only what depends on the target is asked for. Throws CellError for what cannot be attached; `allows`: did whoever
 * started the run allow a program to do more than watch?
 */
export async function resolveSections(
  connection: Connection,
  layout: CellLayout,
  allows: (action: string) => boolean,
  sampling: Sampling = {},
): Promise<{ layout: CellLayout; notes: Diagnostic[] }> {
  const { target, loader } = connection;
  const wrong = layout.programs.flatMap(program => mistakeOf(program, layout, allows) ?? []);
  if (wrong.length === 0)
    for (const program of layout.programs) wrong.push(...(await unknownName(connection, program)));
  if (wrong.length > 0) throw new CellError(wrong);
  const notes = await contextNotes({ target, loader }, layout.programs);
  const programs: ProgramLayout[] = [];
  try {
    for (const program of layout.programs) {
      const need = sectionRow(program.probe)?.needs;
      const { attach } = program;
      if (attach.kind === 'tail_call') programs.push(program);
      else if (need) {
        const traceable = await target.traceable(loader);
        notes.push(...obstacleOf(program, need, { ...traceable, tracepoints: target.tracepoints }));
        notes.push(...(await untraceable(program, traceable, { target, loader })));
        programs.push({ ...program, attach: functionsOf(program, traceable) });
      } else if (attach.kind === 'uprobe') {
        const ofGo = attach.ret ? await goReturns(program, attach, { target, loader }) : undefined;
        if (ofGo) notes.push(ofGo.note);
        programs.push({ ...program, attach: ofGo?.attach ?? (await sitesOf(program, attach, loader)) });
      } else if (attach.kind === 'clock') {
        programs.push({ ...program, attach: sampled(sampling, program) });
        if (sampling.event === undefined && sampling.freq === undefined)
          notes.push(problem('perf-event-clock', {}, { span: program.span }));
      } else programs.push(program);
    }
  } catch (error) {
    // What is wrong besides is told at once.
    throw error instanceof CellError ? new CellError([...error.diagnostics, ...notes]) : error;
  }
  return { layout: { ...layout, programs }, notes };
}

/** What is wrong with a program's SEC() on any Linux. */
function mistakeOf(
  { probe, span, symbol, attach }: ProgramLayout,
  { tailCalls = [] }: CellLayout,
  allows: (action: string) => boolean,
): Diagnostic | undefined {
  const { unsafe } = sectionRow(probe) ?? {};
  if (unsafe && !allows(unsafe)) return problem('section-unsafe', { section: probe, name: unsafe }, { span });
  if (attach.kind !== 'tail_call') return sectionProblem(probe, span);
  // Nobody would ever call it.
  return tailCalls.some(({ program }) => program === symbol) ? undefined : incompleteSection(probe, span);
}

/** Kinds of probes whose names are all known. */
const KNOWN = ['tracepoint', 'rawtracepoint', 'iter'];

/** What is named behind the kind and is not there. */
async function unknownName(
  connection: Connection,
  { probe, span, attach }: ProgramLayout,
): Promise<Diagnostic[]> {
  const { provider } = sectionRow(probe) ?? {};
  const kind = KINDS.find(({ prefix }) => prefix === provider && KNOWN.includes(prefix));
  if (!kind || attach.kind === 'tail_call') return [];
  const name = probe.slice(probe.indexOf('/') + 1);
  const names = (await kind.names(connection, { verbose: false }, '')).map(one => one.replace(':', '/'));
  // Where nothing may be read, Linux decides; some tracepoints have no event in tracefs.
  const bare = connection.target.btf.file.find(`btf_trace_${name}`).length > 0;
  if (names.length === 0 || names.includes(name) || bare) return [];
  const remedy = didYouMean(name, names) || `List them with: ebpfnb list ${provider}.`;
  return [problem('no-matches', { provider: 'SEC', target: `"${probe}"`, remedy }, { span })];
}

/** The function of a section, without its module and the offset in it. */
const functionIn = (section: string) => /([^/:+]*)(?:\+[^/]*)?$/.exec(section)?.[1] ?? '';

/** What is named and cannot be probed: why, and what can. */
async function untraceable(
  { probe, span }: ProgramLayout,
  { modules }: Traceable,
  { target, loader }: Pick<Connection, 'loader' | 'target'>,
): Promise<Diagnostic[]> {
  const [, kind] = /^(k(?:ret)?probe|fentry|fexit)[./]/.exec(probe) ?? [];
  const name = functionIn(probe);
  if (!kind || isPattern(name) || modules.has(name)) return [];
  const remedy = await target.resolve(loader, target => adviceOn(name, kind as ProbeName, target));
  return [problem('not-traceable', { name, remedy }, { span })];
}

const isPattern = (name: string) => name.includes('*');

/** Throws where there is no way; notes where another one is taken. */
function obstacleOf(
  { probe, span }: ProgramLayout,
  need: AttachFeature,
  { obstacles, tracepoints }: Traceable & { tracepoints: string[] },
): Diagnostic[] {
  const reason = obstacles[need];
  if (reason) {
    const remedy = tracepointsInstead(functionIn(probe), { tracepoints: () => tracepoints });
    throw new CellError([problem('no-function-probes', { probe, reason, remedy }, { span })]);
  }
  const missing = probe.includes('.multi/') ? obstacles.kprobe_multi : undefined;
  return missing ? [problem('substituted', { probe, by: 'one kprobe each', reason: missing }, { span })] : [];
}

function functionsOf({ probe, span, attach }: ProgramLayout, { modules }: Traceable): AttachSpec {
  if (attach.kind !== 'kprobe' || !attach.functions.some(isPattern)) return attach;
  const patterns = attach.functions.map(globPattern);
  const functions = [...modules]
    .filter(([name, holders]) => holders.length === 1 && patterns.some(pattern => pattern.test(name)))
    .map(([name]) => name)
    .filter(name => !reasonToLeaveAlone(name));
  if (functions.length === 0) throw nothingMatches(probe, span);
  return { ...attach, functions };
}

async function sitesOf(
  { probe, span }: ProgramLayout,
  attach: AttachSpec & { kind: 'uprobe' },
  loader: Connection['loader'],
): Promise<AttachSpec> {
  const { symbol = '', ...rest } = attach;
  if (!isPattern(symbol)) return attach;
  const { binary } = rest;
  const found = await loader
    .request('userSymbols', { binary, pattern: symbol, cpp: false })
    .catch(() => undefined);
  const functions = found?.result.symbols.filter(({ kind }) => kind === 'function') ?? [];
  if (functions.length === 0) throw nothingMatches(probe, span);
  const offsets = new Set(functions.map(({ offset }) => offset));
  return { ...rest, sites: [...offsets].map(offset => ({ offset, semaphore: 0, cookie: 0 })) };
}

const nothingMatches = (probe: string, span: ProgramLayout['span']) =>
  new CellError([
    problem(
      'no-matches',
      { provider: 'SEC', target: `"${probe}"`, remedy: 'List functions with: ebpfnb list PATTERN.' },
      { span },
    ),
  ]);
