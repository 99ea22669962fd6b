/** The verifier's log, in the classic form of all kernels so far, as the steps it took and the verdict it ended with. */
import { parseReport, type Report } from './report.ts';
import { parseValues, type Values } from './values.ts';

/** A line of the program's source, as debug information gives it; lines count from 0. */
export interface Place {
  /** Missing before Linux 6.9, which told the text only. */
  file?: string;
  line?: number;
  /** Without its indentation; empty where clang did not find the file. */
  text: string;
}

/** One instruction on a path that the verifier followed. */
export interface Step {
  /** Number of the instruction in the program. */
  pc: number;
  /** As the verifier spells it: `r0 = *(u32 *)(r0 +0)`. */
  instruction: string;
  place?: Place;
  /** The branch that this step was taken up from, when it does not follow the step before it in the log. */
  from?: number;
  /** All that was known before it, where the log tells that: at the start and after branches. */
  before?: Values;
  /** What was known after it of the registers and stack slots that it uses. */
  after?: Values;
}

export interface VerifierLog {
  steps: Step[];
  /** The lines behind the last step that are none of the log's other forms. */
  verdict: string[];
  /** The structured form, which Linux 7.3 appends for some verdicts. */
  report?: Report;
  /** Instructions that the verifier went through, over all paths. */
  processed?: number;
}

const SOURCE = /^;\s?(.*?)(?:\s*@ (.+):(\d+))?$/;
const INSTRUCTION = /^(\d+): \([0-9a-f]{2}\) (.*?)(?:\s+;\s?((?:frame\d+: ?)?(?:R\d|fp-?\d|refs=|cb\b).*))?$/;
/** What libbpf puts in the place of an instruction that it could not make, with the line in front of it. */
const MISSING = /^(\d+): (<(?:invalid|missing) .*>)$/;
const BRANCH = /^from (\d+) to (\d+)(?: \(speculative execution\))?:(?:\s*(.*))?$/;
const STATE = /^(\d+):\s+((?:frame\d+: ?)?R\d.*)$/;
const PROCESSED = /^processed (\d+) insns/;

/**
 * Lines that tell neither steps nor a verdict: progress, functions, how precision was tracked back, totals. What begins
 * with white space continues one of them.
 */
const NOISE = [
  /^\s|^$/,
  /^(?:func|Func|arg)#\d+ (?:@|reference type|is global)/,
  /^(?:Validating|Global function|caller:|callee:|returning from callee:|to caller at)/,
  /^(?:mark_precise|last_idx|regs=|parent |propagating|frame \d|frame\d)/,
  /^\d+: safe$|^(?:\(\w+\) )?(?:cur|old) state:|^Live regs before insn|^subprog#/,
  /^(?:verification time|stack depth|max_states|insns processed|processed )/,
  /^(?:libbpf: |-- (?:BEGIN|END) PROG)/,
  /^R\d+(?:_\w+)?=/,
];

/** Parses the whole text; never throws. */
export function parseVerifierLog(text: string): VerifierLog {
  const { classic, report } = parseReport(text);
  const log: VerifierLog = { steps: [], verdict: [], ...(report ? { report } : {}) };
  let place: Place | undefined;
  let entered: { from?: number; before?: Values } = {};
  // Some messages of Linux lack the end of their line.
  for (const raw of classic.replace(/(?<=[^\n])(?=processed \d+ insns)/, '\n').split('\n')) {
    const line = raw.trimEnd();
    const [, pc, instruction, said] = INSTRUCTION.exec(line) ?? [];
    if (pc !== undefined) {
      const after = said === undefined ? {} : { after: parseValues(said) };
      log.steps.push({
        pc: Number(pc),
        instruction: instruction!,
        ...(place ? { place } : {}),
        ...entered,
        ...after,
      });
      log.verdict = [];
      entered = {};
      continue;
    }
    const missing = MISSING.exec(line);
    if (missing) {
      log.steps.push({ pc: Number(missing[1]), instruction: missing[2]!, ...entered });
      log.verdict = [];
      entered = {};
      continue;
    }
    const source = SOURCE.exec(line);
    if (source) {
      place = placeOf(source);
      continue;
    }
    const branch = BRANCH.exec(line);
    if (branch) {
      entered = { from: Number(branch[1]), ...(branch[3] ? { before: parseValues(branch[3]) } : {}) };
      continue;
    }
    const state = STATE.exec(line);
    if (state) {
      entered = { ...entered, before: parseValues(state[2]!) };
      continue;
    }
    const processed = PROCESSED.exec(line)?.[1];
    if (processed !== undefined) log.processed = Number(processed);
    if (!NOISE.some(pattern => pattern.test(line))) log.verdict.push(line);
  }
  return log;
}

function placeOf([, text = '', file, line]: RegExpExecArray): Place {
  return { text: text.trim(), ...(file === undefined ? {} : { file, line: Number(line) - 1 }) };
}

/** The most steps that are looked at: a path through a loop may have a million. */
const LONGEST_PATH = 10_000;

/**
 * The steps that led to the last one, in order. The verifier follows one side of a branch to its end, then takes up
 * the other: what stands in front of that in the log is another path, down to the branch itself.
 */
export function lastPath({ steps }: VerifierLog): Step[] {
  const path: Step[] = [];
  for (let at = steps.length - 1; at >= 0 && path.length < LONGEST_PATH; ) {
    const step = steps[at]!;
    path.push(step);
    at--;
    if (step.from === undefined) continue;
    while (at >= 0 && steps[at]!.pc !== step.from) at--;
  }
  return path.reverse();
}
