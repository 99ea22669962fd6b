/** What a SEC("…") of BPF C means, by the table of sections. Pure. */
import { type Diagnostic, problem, type Span } from '../errors.ts';
import { globPattern } from '../glob.ts';
import type { AttachSpec } from '../layout.ts';
import { didYouMean } from './suggest.ts';
import { REFUSED_SECTIONS, type ResolveBinary, SECTIONS, type SectionRow } from './tables/sections.ts';

/** A text in its two parts: `tp` and `sched/sched_switch`. */
function partsOf(text: string): { kind: string; target: string } {
  const slash = text.indexOf('/');
  return slash < 0
    ? { kind: text, target: '' }
    : { kind: text.slice(0, slash), target: text.slice(slash + 1) };
}

/** The row of a text, whatever stands behind its kind. */
export function sectionRow(text: string): SectionRow | undefined {
  const { kind } = partsOf(text);
  return SECTIONS.find(({ names }) => names.includes(kind));
}

/** Where a program attaches: `auto` where libbpf finds it, and where {@link sectionProblem} has something to say. */
export function sectionAttach(text: string, binary: ResolveBinary): AttachSpec {
  const row = sectionRow(text);
  const { kind, target } = partsOf(text);
  // The loaders before libbpf put a program of SEC("kprobe/3") into the array of programs at 3.
  if (row?.bare && /^\d*$/.test(target))
    return { kind: 'tail_call', ...(target ? { index: Number(target) } : {}) };
  return row?.attach?.(target, kind, binary) ?? { kind: 'auto' };
}

/** Why there can be no program of this text. */
export function sectionProblem(text: string, span: Span | undefined): Diagnostic | undefined {
  const { kind, target } = partsOf(text);
  const refused = REFUSED_SECTIONS.find(({ names }) =>
    names.some(name => [kind, text].some(spelling => globPattern(name).test(spelling))),
  );
  if (refused) {
    const { does, instead } = refused;
    return problem('section-refused', { section: text, does, remedy: instead }, { span });
  }
  const row = sectionRow(text);
  if (row) {
    const complete = row.bare && target === '' ? true : row.attach?.(target, kind, path => path);
    return complete || (!row.attach && target !== '') ? undefined : incompleteSection(text, span);
  }
  const names = SECTIONS.flatMap(({ names }) => names);
  return problem('section-unknown', { section: text, remedy: didYouMean(kind, names) }, { span });
}

/** It does not say where to attach, or not in a way that makes sense. */
export function incompleteSection(text: string, span: Span | undefined): Diagnostic {
  const { kind } = partsOf(text);
  const signature = sectionRow(text)?.signature;
  const written = signature ? `${kind}/${signature}` : kind;
  return problem('section-incomplete', { section: text, written }, { span });
}
