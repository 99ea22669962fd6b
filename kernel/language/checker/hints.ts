/** What is legal, but seldom meant: the calls that a person should look at twice. */
import type { CallNode, Expression } from '../nodes.ts';
import { conversions } from '../printf.ts';
import type { Type } from '../types.ts';
import type { CheckContext } from './context.ts';

type Hint = (call: CallNode, context: CheckContext) => void;

const HINTS: Readonly<Record<string, Hint>> = {
  printf: ({ arguments: [format, ...values] }, context) => {
    const letters = conversions((format && context.text(format)) ?? '').flatMap(each => [
      ...Array<string>(each.stars).fill('d'),
      each.letter,
    ]);
    for (const [i, value] of values.entries()) if (letters[i] === 's') addressOfText(value, context);
  },
  print: ({ arguments: [value] }, context) => addressOfText(value, context),
  str: unterminated,
};

export const hint: Hint = (call, context) => {
  if (Object.hasOwn(HINTS, call.name)) HINTS[call.name]!(call, context);
};

/** A `char *` is printed as the number it is. */
function addressOfText(value: Expression | undefined, context: CheckContext): void {
  if (value?.kind === 'field' && isText(context.typeOf(value)))
    context.report('address-printed', { name: sourceName(value) }, value);
}

const isText = (type: Type) => type.kind === 'pointer' && type.to.kind === 'int' && type.to.size === 1;

/** Where a probe gives a buffer and its length, the buffer need not end with a NUL. */
function unterminated({ arguments: [text, length] }: CallNode, context: CheckContext): void {
  if (length || text?.kind !== 'field' || !/^buf/.test(text.name)) return;
  const owner = context.typeOf(text.object);
  if (owner.kind !== 'args') return;
  const size = owner.fields.find(({ name }) => ['count', 'len', 'size'].includes(name));
  if (size)
    context.report('unterminated-text', { name: `args.${text.name}`, size: `args.${size.name}` }, text);
}

const sourceName = (e: Expression & { kind: 'field' }): string =>
  e.object.kind === 'identifier' ? `${e.object.name}.${e.name}` : e.name;
