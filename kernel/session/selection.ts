/** Which programs of a cell are used: what a run asks for leaves out others. Pure. */
import { CellError, problem } from '../errors.ts';
import type { AttachSpec, CellLayout, ProgramLayout, TrialKind } from '../layout.ts';

export interface Selection {
  /** Run these, and attach nothing. */
  trials?: TrialKind;
  /** Only probes whose names match, besides `begin` and `end`. */
  probeFilter?: RegExp;
}

/** `begin` and `end`, which no filter leaves out. */
export const runsByItself = ({ kind }: AttachSpec): boolean => kind === 'begin' || kind === 'end';

/** Nothing more comes of it once it is attached. */
export const isOver = (attach: AttachSpec): boolean =>
  runsByItself(attach) || attach.kind === 'iter' || attach.kind === 'tail_call';

/** Throws CellError when nothing is left. */
export function selectPrograms(layout: CellLayout, { trials, probeFilter }: Selection): CellLayout {
  const asked = ({ attach }: ProgramLayout) => (attach.kind === 'trial' ? attach.of === trials : !trials);
  const named = ({ probe }: ProgramLayout) => probeFilter?.test(probe) ?? true;
  const programs = layout.programs.filter(
    program => runsByItself(program.attach) || (asked(program) && named(program)),
  );
  if (programs.length > 0 || layout.programs.length === 0) return { ...layout, programs };
  const trial = layout.programs.flatMap(({ attach }) => (attach.kind === 'trial' ? [attach.of] : []))[0];
  const remedy = trial && !trials ? `use --${trial} to run ${trial} probes.` : 'none is left to attach.';
  throw new CellError([problem('nothing-attached', { remedy })]);
}
