/** Programs that nobody wrote: a mutation is a function of its number, so that what it finds can be had again. */

import { CHANGES, put } from './characters.ts';
import { type Corpus, partsOf } from './corpus.ts';
import { Random } from './random.ts';
import { EXPRESSION_SHAPES, EXPRESSIONS, KEEPERS, STATEMENT_SHAPES, STATEMENTS } from './shapes.ts';

/** What tends to be at an edge. */
const VALUES = [
  ...['0', '-1', '1', '255', '256', '0x7fffffff', '0x80000000', '0xffffffff', '4294967296'],
  ...['9223372036854775807', '-9223372036854775808', '18446744073709551615', '1e3', '5s', "'a'"],
  ...['""', '"%s %d\\n"', '"\\x00"', '(1,)', '(1, "a")', '()', '{}', 'true', '(int8)1', '(uint64)-1'],
  ...['$x', '@m', '@m[1]', '@', 'pid', 'comm', 'args', 'curtask', 'curtask->comm', 'kstack', 'nsecs', 'ctx'],
];
type Mutation = (text: string, random: Random, corpus: Corpus) => string;

/** By the tree: parts are replaced by what plays the same role elsewhere, moved, doubled and left out. */
const IN_TREE: Mutation[] = [
  (text, random, corpus) => {
    const parts = partsOf(text);
    if (parts.length === 0) return text;
    const { role, start, end } = random.of(parts);
    return put(text, start, end, random.of(corpus.texts.get(role) ?? VALUES));
  },
  (text, random) => {
    const parts = partsOf(text);
    if (parts.length === 0) return text;
    const { start, end } = random.of(parts);
    return put(text, start, end, random.of(VALUES));
  },
  (text, random) => {
    const parts = partsOf(text);
    if (parts.length === 0) return text;
    const from = random.of(parts);
    const to = random.of(parts);
    return put(text, to.start, to.end, text.slice(from.start, from.end));
  },
  (text, random) => {
    const statements = partsOf(text).filter(({ role }) => role === 'statements' || role === 'body');
    if (statements.length === 0) return text;
    const { start, end } = random.of(statements);
    return put(text, end, end, `; ${text.slice(start, end)}`);
  },
];

/** A part put into a text in which `#` stands for it. */
const wrap = (shape: string, part: string) => shape.replaceAll('#', () => part);

/** By the meaning: parts stay, and are used in other ways. */
const IN_USE: Mutation[] = [
  (text, random) => {
    const expressions = partsOf(text).filter(({ kind }) => EXPRESSIONS.has(kind));
    if (expressions.length === 0) return text;
    const { start, end } = random.of(expressions);
    return put(text, start, end, wrap(random.of(EXPRESSION_SHAPES), text.slice(start, end)));
  },
  (text, random) => {
    const statements = partsOf(text).filter(({ kind }) => STATEMENTS.has(kind));
    if (statements.length === 0) return text;
    const { start, end } = random.of(statements);
    return put(text, start, end, wrap(random.of(STATEMENT_SHAPES), text.slice(start, end)));
  },
  (text, random) => {
    const parts = partsOf(text);
    const expressions = parts.filter(({ kind }) => EXPRESSIONS.has(kind));
    if (expressions.length === 0) return text;
    const { start, end } = random.of(expressions);
    // The innermost statement around it stands last, since parts are listed from the outside in.
    const around = parts.findLast(
      part => STATEMENTS.has(part.kind) && part.start <= start && part.end >= end,
    );
    if (!around) return text;
    const part = text.slice(start, end);
    const [before, instead] = random.of(KEEPERS);
    return put(put(text, start, end, wrap(instead, part)), around.start, around.start, wrap(before, part));
  },
];

/** By the character. */
const IN_BYTES: Mutation[] = CHANGES.map(
  change =>
    (text, random, { programs }) =>
      change(text, random, programs),
);

/** Program number `number`: one of the corpus, changed in one to three places. */
export function mutant(number: number, corpus: Corpus): string {
  const random = new Random(number);
  let text = random.of(corpus.programs);
  const kinds = random.of([IN_TREE, IN_TREE, IN_USE, IN_USE, IN_BYTES]);
  for (let changes = 1 + random.below(3); changes > 0; changes--)
    text = random.of(kinds)(text, random, corpus).slice(0, 20_000);
  return text;
}
