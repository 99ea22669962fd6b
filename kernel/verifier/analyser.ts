/** From the steps of a log to a diagnosis: what was wrong, where, what was known there, and what to do. */
import type { Fix } from '../errors.ts';
import { lastPath, type Place, type Step, type VerifierLog } from './parser.ts';
import { type Facts, PATTERNS, type Pattern } from './patterns.ts';
import type { Report, ReportPlace } from './report.ts';
import type { Values } from './values.ts';
import { describeValue } from './words.ts';

export interface Diagnosis {
  /** The row of {@link PATTERNS}; missing for a verdict that is not known. */
  pattern?: string;
  /** What is wrong, in plain words. */
  sentence: string;
  /** The verifier's own words. */
  verdict: string;
  remedy: string;
  fix?: Fix;
  /** Where; missing where the verdict is about the whole program, or the log tells no places. */
  place?: Place;
  /** Where what is at fault comes from. */
  origin?: { message: string; place: Place };
  /** What the verifier knew there of what matters. */
  state: { name: string; words: string }[];
}

export interface Source {
  /** What the log calls the program's own file; other files are headers. */
  file?: string;
  text?: string;
  /** The text is bpftrace, and was translated to the C that was refused. */
  translated?: boolean;
  /** Where an instruction comes from, where the object is at hand. */
  placeOf?: (pc: number) => Place | undefined;
}

const UNKNOWN: Pick<Diagnosis, 'verdict' | 'remedy'> = {
  verdict: 'it gave no reason',
  remedy: 'See the whole log for the path that the verifier followed.',
};

/** For a translated program whose refusal nobody foresaw. */
const TRANSLATED =
  'Say it in another way; the C that it became tells more: "Show Generated C", or ebpfnb emit c.';

/** Explains why a program was refused. */
export function diagnoseVerifier(log: VerifierLog, source: Source = {}): Diagnosis {
  const path = lastPath(log).map(step => located(step, source));
  const { pattern, match } = recognise(log.verdict);
  const verdict = match?.input ?? log.verdict.at(-1)?.trim() ?? UNKNOWN.verdict;
  const register = /\bR(\d+)\b/.exec(verdict)?.[0];
  const values = knownAt(path);
  const last = path.at(-1);
  const { report } = log;
  const told = report ? placesTold(report, source) : {};
  const fault = pattern?.whole ? undefined : path.findLast(({ place }) => isOwn(place, source))?.place;
  const place = told.place ?? (fault && withText(fault, source));
  if (!pattern || !match) {
    const sentence = report ? (report.reason ?? report.problem) : verdict;
    const remedy = report?.suggestion ?? (source.translated ? TRANSLATED : UNKNOWN.remedy);
    return {
      sentence,
      verdict,
      remedy,
      ...told,
      ...(place ? { place } : {}),
      state: stateOf(values, register ? [register] : []),
    };
  }
  const origin = originOf(path, register, match);
  const callee = last ? calleeOf(last) : undefined;
  const maker = origin && calleeOf(origin);
  const at = origin?.place && withText(origin.place, source);
  const variable = maker && at ? assigned(at.text, maker) : undefined;
  const size = /(?:value_size|mem_size)=(\d+)/.exec(log.verdict.join('\n'))?.[1];
  const facts: Facts = {
    match,
    subject: subjectOf(variable, maker, register),
    callee: (pattern.blamesOrigin ? maker : callee) ?? '',
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(variable ? { variable } : {}),
    ...(at?.line === undefined ? {} : { originLine: at.line }),
    ...(source.text === undefined ? {} : { source: source.text }),
  };
  const fix = pattern.fix?.(facts);
  const elsewhere = at && maker && (at.line !== place?.line || at.text !== place?.text);
  return {
    pattern: pattern.name,
    sentence: report?.reason ?? pattern.sentence(facts),
    verdict,
    remedy: report?.suggestion ?? remedyOf(pattern, facts, source),
    ...(fix ? { fix } : {}),
    ...told,
    ...(place ? { place } : {}),
    ...(elsewhere ? { origin: { message: `here ${maker}() gave it`, place: at } } : {}),
    state: stateOf(values, registersOf(pattern, match, register), pattern.stack),
  };
}

function remedyOf({ remedy, bpftrace }: Pattern, facts: Facts, { translated }: Source): string {
  if (translated) return bpftrace ?? TRANSLATED;
  return typeof remedy === 'string' ? remedy : remedy(facts);
}

/** Debug information knows better: a log tells a line where it changes only, and old ones tell none. */
function located(step: Step, { placeOf }: Source): Step {
  const place = placeOf?.(step.pc);
  return place ? { ...step, place } : step;
}

const isOwn = (place: Place | undefined, { file }: Source): place is Place =>
  place !== undefined && (!file || place.file === file);

/** Where the structured form says that it happened, and where what is at fault comes from. */
function placesTold({ at, path }: Report, source: Source): Pick<Diagnosis, 'place' | 'origin'> {
  const placeOf = ({ pc, file, line }: ReportPlace) => {
    const place =
      pc === undefined
        ? { ...(file ? { file } : {}), ...(line === undefined ? {} : { line }), text: '' }
        : source.placeOf?.(pc);
    return isOwn(place, source) ? withText(place, source) : undefined;
  };
  const place = at && placeOf(at);
  // Branches tell how it came there; the first of what remains made the value.
  const maker = path.find(({ note }) => !note.startsWith('branch: '));
  const from = maker && placeOf(maker);
  return {
    ...(place ? { place } : {}),
    ...(maker && from && from.line !== place?.line ? { origin: { message: maker.note, place: from } } : {}),
  };
}

function recognise(verdict: string[]): { pattern?: Pattern; match?: RegExpExecArray } {
  for (const pattern of PATTERNS)
    for (const line of verdict) {
      const match = pattern.verdict.exec(line);
      if (match) return { pattern, match };
    }
  return {};
}

const registersOf = ({ state }: Pattern, match: RegExpExecArray, register: string | undefined) =>
  state ? [...(register ? [register] : []), ...state(match)] : register ? [register] : [];

/** What is known when the last step is taken. */
function knownAt(path: Step[]): Values {
  let values: Values = new Map();
  for (const { before, after, instruction } of path) {
    if (before) values = new Map(before);
    // A call leaves nothing in the registers of its arguments; the last step's has not happened.
    if (after && instruction.startsWith('call ')) for (let n = 1; n <= 5; n++) values.delete(`R${n}`);
    for (const [name, value] of after ?? []) values.set(name, value);
  }
  return values;
}

function stateOf(values: Values, names: string[], stack = false): Diagnosis['state'] {
  const wanted = [
    ...new Set([...names, ...(stack ? [...values.keys()].filter(name => name.startsWith('fp')) : [])]),
  ];
  return wanted.flatMap(name => {
    const value = values.get(name);
    if (!value) return [];
    return [{ name, words: name.startsWith('R') ? describeValue(value) : value.text }];
  });
}

const calleeOf = ({ instruction }: Step) => /^call (\w+)#/.exec(instruction)?.[1];

/** `w` is the low half of the same register. */
const WRITES = /^[rw](\d+) (\S*=) (.*)$/;
const SLOT = /^\*\(u64 \*\)\(r10 ([+-]\d+)\)$/;

/** The step that made what a register holds when the last one is taken, through copies and the stack. */
function originOf(path: Step[], register: string | undefined, match: RegExpExecArray): Step | undefined {
  const allocated = /alloc_insn=(\d+)/.exec(match.input)?.[1];
  if (allocated !== undefined) return path.findLast(({ pc }) => pc === Number(allocated));
  if (register === undefined) return undefined;
  let wanted = register.slice(1);
  for (const step of path.slice(0, -1).reverse()) {
    const { instruction } = step;
    if (instruction.startsWith('call ') && wanted === '0') return step;
    const spilled = /^(\*\(u64 \*\)\(r10 [+-]\d+\)) = r(\d+)$/.exec(instruction);
    if (spilled && spilled[1] === wanted) wanted = spilled[2]!;
    const [, target, operator, value = ''] = WRITES.exec(instruction) ?? [];
    if (target !== wanted || operator !== '=') continue;
    const [, copied] = /^[rw](\d+)$/.exec(value) ?? [];
    if (copied !== undefined) wanted = copied;
    else if (SLOT.test(value)) wanted = value;
    else return step;
  }
  return undefined;
}

/** The variable that a line gives a function's result to. */
const assigned = (line: string, callee: string) =>
  new RegExp(`\\b(\\w+)\\s*=(?!=)[^=;]*\\b${callee}\\s*\\(`).exec(line)?.[1];

function subjectOf(
  variable: string | undefined,
  maker: string | undefined,
  register: string | undefined,
): string {
  if (variable) return `${variable}, the result of ${maker}(),`;
  if (maker) return `the result of ${maker}()`;
  return register ? `the value in ${register}` : 'it';
}

/** Where clang could not read the file, the log has no text; the source has. */
function withText(place: Place, { file, text }: Source): Place {
  if (place.text || text === undefined || place.line === undefined || place.file !== file) return place;
  return { ...place, text: (text.split('\n')[place.line] ?? '').trim() };
}
