/** The C in front of a program, for who puts it through a preprocessor. */
import { Reporter, Source } from './diagnostics.ts';
import { parseProgram } from './parser/program.ts';

/**
 * The program as far as its C goes. Undefined when that needs no preprocessor, having neither #include nor
 * conditions, and `always` does not ask for it.
 */
export function preambleOf(source: string, always = false): string | undefined {
  const { preamble } = parseProgram(new Reporter(new Source(source)));
  const needed = always || preamble.some(({ kind }) => kind === 'include' || kind === 'directive');
  return needed ? source.slice(0, preamble.at(-1)?.end ?? 0) : undefined;
}
