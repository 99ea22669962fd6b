/** Where a name stands: for going to where it comes from, for finding and for renaming it. */
import type { Range } from '../nodes.ts';
import type { Token } from '../tokens.ts';
import { type Analysis, tokenAt, within } from './analysis.ts';
import { mediumAt } from './place.ts';

export interface Name {
  text: string;
  /** Maps are everybody's, variables belong to a block, macros to a program. */
  kind: 'variable' | 'map' | 'macro';
}

export interface Occurrences extends Name {
  /** The one that was asked for. */
  at: Range;
  ranges: Range[];
  /** Where the name comes from; undefined for a map of another program. */
  definition: Range | undefined;
}

/** Undefined where no name of the user's stands. */
export function occurrences(analysis: Analysis, offset: number): Occurrences | undefined {
  const token = analysis.tokens[tokenAt(analysis.tokens, offset)];
  if (!token || mediumAt(analysis.text, offset) !== 'code') return undefined;
  const kind = kindOf(analysis, token);
  if (!kind) return undefined;
  const ranges = rangesOf(analysis, { text: token.text, kind }, offset);
  return {
    text: token.text,
    kind,
    at: rangeOf(token),
    ranges,
    definition:
      definitionOf(analysis, { text: token.text, kind }) ?? (kind === 'map' ? undefined : ranges[0]),
  };
}

/** Where a map gets its value, or another name stands first. */
export function definitionOf({ tree, program }: Analysis, { text, kind }: Name): Range | undefined {
  if (kind === 'macro') {
    const macro = tree.macros.find(({ name }) => name === text);
    return macro && { start: macro.start, end: macro.body.start };
  }
  const info = kind === 'map' ? program.maps.get(text) : undefined;
  return info && !info.borrowed && (info.written || info.declared) ? info.range : undefined;
}

/** All places of a name; of a variable, those in the block that `offset` is in. */
export function rangesOf({ tree, tokens }: Analysis, { text, kind }: Name, offset = 0): Range[] {
  const item = [...tree.probes, ...tree.macros, ...tree.functions].find(one => within(one, offset));
  return tokens
    .filter(token => token.text === text && token.kind === (kind === 'macro' ? 'identifier' : kind))
    .filter(token => kind !== 'variable' || !item || within(item, token.start))
    .map(rangeOf);
}

const rangeOf = ({ start, end }: Token): Range => ({ start, end });

function kindOf({ tree }: Analysis, { kind, text }: Token): Name['kind'] | undefined {
  if (kind === 'variable' || kind === 'map') return kind;
  return kind === 'identifier' && tree.macros.some(({ name }) => name === text) ? 'macro' : undefined;
}
