/** The call that is being written: its parameters, and which of them comes next. */
import { findFunction } from '../tables/functions.ts';
import { findMapFunction } from '../tables/mapFunctions.ts';
import type { Analysis } from './analysis.ts';
import { openAt } from './place.ts';

export interface Signature {
  label: string;
  /** Where each parameter stands in the label. */
  parameters: [start: number, end: number][];
}

export interface SignatureHelp {
  /** The forms that the function has. */
  signatures: Signature[];
  /** The form that fits what is written. */
  active: number;
  parameter: number;
  /** Markdown. */
  documentation: string;
}

export function signatureHelp({ tokens, tree }: Analysis, offset: number): SignatureHelp | undefined {
  const behind = tokens.findIndex(({ start, kind }) => start >= offset || kind === 'end');
  const index = behind < 0 ? tokens.length : behind;
  const open = openAt(tokens, index).at(-1);
  const name = open === undefined || tokens[open]!.text !== '(' ? undefined : tokens[open - 1];
  if (open === undefined || name?.kind !== 'identifier') return undefined;
  let parameter = 0;
  for (let i = open + 1; i < index; i++)
    if (tokens[i]!.text === ',' && tokens[i]!.kind === 'punctuation' && openAt(tokens, i).at(-1) === open)
      parameter++;
  const macro = tree.macros.find(one => one.name === name.text);
  const row = findFunction(name.text) ?? findMapFunction(name.text);
  const text = macro ? `${macro.name}(${macro.parameters.map(p => p.name).join(', ')})` : row?.signature;
  if (!text) return undefined;
  const signatures = forms(text, name.text);
  if (signatures.length === 0) return undefined;
  const fits = signatures.findIndex(({ parameters }) => parameters.length > parameter);
  const active = fits < 0 ? 0 : fits;
  const last = signatures[active]!.parameters.length - 1;
  return {
    signatures,
    active,
    // A `…` stands for all that follow.
    parameter: Math.min(parameter, Math.max(last, 0)),
    documentation: row?.docs ?? '',
  };
}

/** `f(a[, b]), f(@map)` are two forms; their parameters stand between the commas of each. */
function forms(text: string, name: string): Signature[] {
  return [...text.matchAll(new RegExp(`(?:@m = )?${name}\\(([^)]*)\\)`, 'g'))].map(
    ({ 0: label, 1: list = '' }) => {
      const from = label.indexOf('(') + 1;
      const parameters: [number, number][] = [];
      for (const { 0: part, index } of list.matchAll(/[^,]+/g)) {
        const bare = part.replace(/^[\s[]+|[\s[\]]+$/g, '');
        const start = from + index + part.indexOf(bare);
        if (bare) parameters.push([start, start + bare.length]);
      }
      return { label, parameters };
    },
  );
}
