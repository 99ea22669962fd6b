/** Arguments by name of what Linux describes as a function: they are words of the context, in order. */
import type { ArgsField } from '../types.ts';
import type { AttachContext } from './attachPoint.ts';
import { CTypes } from './cTypes.ts';

/** `skipped`: parameters at the front that are no arguments of the probe. Undefined when there is no such function. */
export function functionArgs(
  { options, reporter }: AttachContext,
  name: string,
  skipped = 0,
): ArgsField[] | undefined {
  const types = new CTypes([], options.target, reporter);
  return options.target
    .functionType?.(name)
    ?.params.slice(skipped)
    .map(({ name, type }, word) => ({
      name,
      declaration: name,
      offset: word * WORD,
      size: WORD,
      type: types.fromData(type, 'kernel', false),
      word,
    }));
}

const WORD = 8;
