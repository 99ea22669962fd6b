/** The attach points of a program as they are written, whether or not the rest of it makes sense. */
import type { Diagnostic } from '../errors.ts';
import { Reporter, Source } from './diagnostics.ts';
import { parseProgram } from './parser/program.ts';

export interface AttachPoints {
  /** In source order, positional parameters filled in. */
  points: string[];
  /** What is wrong with the grammar. */
  diagnostics: Diagnostic[];
}

export function attachPoints(source: string, positional: string[] = []): AttachPoints {
  const reporter = new Reporter(new Source(source));
  const nodes = parseProgram(reporter).probes.flatMap(probe => probe.attachPoints);
  return {
    points: nodes.map(({ text }) => withParameters(text, positional)),
    diagnostics: reporter.diagnostics,
  };
}

/** `$1` in a probe's name is the first positional parameter. */
export const withParameters = (text: string, positional: readonly string[] = []): string =>
  text.replaceAll(/\$([0-9]+)/g, (_, index: string) => positional[Number(index) - 1] ?? '');
