/** Arguments by name of what Linux describes as a function: they are words of the context, in order. */
import type { ArgsField, Type } from '../types.ts';
import type { AttachContext } from './attachPoint.ts';
import { CTypes } from './cTypes.ts';

/** `skipped`: parameters at the front that are no arguments of the probe. Undefined when there is no such function. */
export function functionArgs(
  { options, reporter }: AttachContext,
  name: string,
  skipped = 0,
): ArgsField[] | undefined {
  const types = new CTypes([], options.target, reporter);
  let words = 0;
  return options.target
    .functionType?.(name)
    ?.params.slice(skipped)
    .map(({ name, type }) => {
      const word = words;
      // A struct that is handed over itself takes as many as it fills.
      words += Math.max(1, Math.ceil(type.size / WORD));
      return {
        name,
        declaration: name,
        offset: word * WORD,
        size: WORD,
        type: anywhere(types.fromData(type, 'kernel', false)),
        word,
      };
    });
}

/** Text and numbers that a function is handed a pointer to may be the program's: BTF seldom tells whose. */
const anywhere = (type: Type): Type =>
  type.kind === 'pointer' && type.to.kind === 'int' ? { ...type, space: 'none' } : type;

/** What a function gives back; undefined when that is nothing, or not known. */
export function functionResult({ options, reporter }: AttachContext, name: string): Type | undefined {
  const returns = options.target.functionType?.(name)?.returns;
  return returns && new CTypes([], options.target, reporter).fromData(returns, 'kernel', false);
}

const WORD = 8;
