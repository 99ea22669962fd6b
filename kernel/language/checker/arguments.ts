/** Reports arguments that a function does not take, in the words that scripts look for. */
import type { Expression } from '../nodes.ts';
import { baseName } from '../types.ts';
import type { CheckContext } from './context.ts';

/** An argument that must be known while compiling, and is not; `what` it is. */
export function literalNeeded(
  context: CheckContext,
  name: string,
  argument: Expression,
  type: 'int' | 'string' | 'bool',
  what: string,
): void {
  const given = baseName(context.typeOf(argument));
  // A parameter of the command line is text only when it is asked for as text.
  if (argument.kind === 'positional' && type === 'string')
    context.report('parameter-text', { name, given, index: argument.index }, argument);
  else context.report('literal-needed', { name, type, given, what }, argument);
}
