/** What can be written at a place of a program. */
import { CTypes } from '../checker/cTypes.ts';
import { Reporter, Source } from '../diagnostics.ts';
import { MAP_KINDS } from '../generator/maps.ts';
import type { FieldNode } from '../nodes.ts';
import { BUILTINS } from '../tables/builtins.ts';
import { CONFIG } from '../tables/config.ts';
import { FUNCTIONS, findFunction } from '../tables/functions.ts';
import { MAP_FUNCTIONS } from '../tables/mapFunctions.ts';
import type { Documented } from '../tables/rows.ts';
import type { CompileOptions } from '../target.ts';
import { type Analysis, analyse, type Catalogue, findNode, tokenAt, within } from './analysis.ts';
import { attachPoints } from './attachPoints.ts';
import { describeMap, describeType } from './descriptions.ts';
import { type Completion, type CompletionItem, item } from './items.ts';
import { mediumAt, type Place, placeOf, type Tag } from './place.ts';

const NONE: Completion = { start: 0, end: 0, items: [], more: false };
/** Stands where the cursor is, so that `args.` and `@` are followed by a name. */
const CURSOR = 'ebpfnb_cursor';
const MOST_PROBES = 300;

/** What can stand at an offset. Maps of the notebook's other cells are in `options.maps`. */
export function complete(
  text: string,
  offset: number,
  catalogue: Catalogue,
  options: Omit<CompileOptions, 'target'> = {},
): Completion {
  if (mediumAt(text, offset) !== 'code') return NONE;
  const marked = text.slice(0, offset) + CURSOR + text.slice(offset);
  const analysis = analyse(marked, { ...options, target: catalogue.target });
  const index = tokenAt(analysis.tokens, offset + 1);
  const token = analysis.tokens[index];
  if (!token) return NONE;
  const place = placeOf(analysis.tokens, index);
  const context: Context = {
    analysis,
    catalogue,
    options,
    offset,
    typed: text.slice(token.start, offset),
  };
  const items = offers(place, context);
  const more = items.length > MOST_PROBES;
  return {
    start: token.start,
    end: Math.max(offset, token.end - CURSOR.length),
    items: more ? items.slice(0, MOST_PROBES) : items,
    more: more || ['attach-point', 'type-name'].includes(place.kind),
  };
}

interface Context {
  analysis: Analysis;
  catalogue: Catalogue;
  options: Omit<CompileOptions, 'target'>;
  offset: number;
  /** From the start of the word to the cursor. */
  typed: string;
}

function offers(place: Place, context: Context): CompletionItem[] {
  switch (place.kind) {
    case 'attach-point':
      return attachPoints(context.typed, context.catalogue);
    case 'field':
      return fields(context);
    case 'variable':
      return variables(context);
    case 'map':
      return maps(context);
    case 'config-name':
      return CONFIG.map(row => ({ ...item(row, 'option'), snippet: `${row.name} = $0`, again: true }));
    case 'config-value':
      return configValues(place.name);
    case 'map-kind':
      return Object.keys(MAP_KINDS).map(label => ({ label, kind: 'value', snippet: `${label}($0)` }));
    case 'type-name':
      return typeNames(place.tag, context);
    case 'expression':
      return [...words(place.call), ...expressions(context), ...(place.statement ? statements() : [])];
    case 'nothing':
      return [];
  }
}

// --- fields -------------------------------------------------------------------------------------

function fields({ analysis, catalogue, offset }: Context): CompletionItem[] {
  const node = findNode(
    analysis.tree,
    offset,
    (n): n is FieldNode => n.kind === 'field' && within(n.nameRange, offset),
  );
  if (!node) return [];
  const { object } = node;
  if (object.kind === 'identifier' && object.name === 'config') return CONFIG.map(row => item(row, 'option'));
  const type = object.type?.kind === 'pointer' ? object.type.to : object.type;
  if (type?.kind === 'args')
    return type.fields.map(field => ({
      label: field.name,
      kind: 'field',
      detail: describeType(field.type),
      documentation: `\`${field.declaration}\``,
    }));
  if (type?.kind === 'tuple') {
    return type.elements.map((element, i) => ({
      label: type.names?.[i] ?? String(i),
      kind: 'field',
      detail: describeType(element),
    }));
  }
  if (type?.kind !== 'struct') return [];
  const ctypes = new CTypes(analysis.tree.preamble, catalogue.target, new Reporter(new Source('')));
  return ctypes.complete(type).fields.map(field => ({
    label: field.name,
    kind: 'field',
    detail: describeType(ctypes.fromData(field.type, type.space, Boolean(type.own), type.binary)),
    documentation: `Member of \`${type.name}\` at byte ${field.offset}.`,
  }));
}

// --- variables and maps -------------------------------------------------------------------------

function variables({ analysis, offset }: Context): CompletionItem[] {
  const probe = analysis.tree.probes.find(one => within(one, offset));
  const known = new Map<string, CompletionItem>();
  for (const { point, variables } of analysis.program.probes) {
    const own = probe?.attachPoints.some(({ start }) => start === point.range.start);
    for (const { name, type } of own ? variables : [])
      if (!name.includes(CURSOR) && !name.includes('.'))
        known.set(name, { label: name, kind: 'variable', detail: describeType(type) });
  }
  // Where the program cannot be understood, the names that stand in it are still known.
  for (const { kind, text, start } of analysis.tokens) {
    const near = probe ? start >= probe.start && start <= probe.end : true;
    if (kind === 'variable' && near && !text.includes(CURSOR) && !known.has(text))
      known.set(text, { label: text, kind: 'variable' });
  }
  return [...known.values()];
}

function maps({ analysis, options }: Context): CompletionItem[] {
  const known = new Map<string, CompletionItem>();
  for (const [name, map] of options.maps ?? [])
    known.set(name, { label: name, kind: 'map', detail: `${describeMap(name, map)} (another cell)` });
  for (const { name, key, value } of analysis.program.maps.values())
    if (!name.includes(CURSOR) && key)
      known.set(name, { label: name, kind: 'map', detail: describeMap(name, { key, value }) });
  for (const { kind, text } of analysis.tokens)
    if (kind === 'map' && !text.includes(CURSOR) && !known.has(text))
      known.set(text, { label: text, kind: 'map' });
  return [...known.values()];
}

// --- everything else ----------------------------------------------------------------------------

function configValues(name: string): CompletionItem[] {
  const choices =
    CONFIG.find(row => row.name === name)
      ?.signature.split(' = ')[1]
      ?.split(' | ') ?? [];
  return choices.length < 2
    ? []
    : choices.map(choice => ({
        label: choice,
        kind: 'value',
        snippet: choice.includes(' ') ? `"${choice}"` : choice,
      }));
}

/** Those of the program's preamble, then Linux's, which are thousands: by a part of their names. */
function typeNames(tag: Tag, { analysis, catalogue, typed }: Context): CompletionItem[] {
  const own = analysis.tree.preamble.flatMap(
    ({ text }) => new RegExp(`^${tag}\\s+(\\w+)`).exec(text)?.[1] ?? [],
  );
  const names = [...new Set([...own, ...catalogue.names(tag).filter(name => name.includes(typed))])];
  const begins = (name: string) => Number(!name.startsWith(typed));
  return names
    .toSorted((a, b) => begins(a) - begins(b) || a.length - b.length)
    .map(label => ({ label, kind: 'type' }));
}

const words = (call: string | undefined): CompletionItem[] =>
  (call && findFunction(call)?.words ? findFunction(call)!.words! : []).map(label => ({
    label,
    kind: 'value',
  }));

function expressions({ analysis, offset }: Context): CompletionItem[] {
  const probe = analysis.tree.probes.find(one => within(one, offset));
  const rows = analysis.program.probes
    .filter(({ point }) => probe?.attachPoints.some(({ start }) => start === point.range.start))
    .map(({ point }) => point.row.name);
  const fits = (row: { probes?: readonly (typeof rows)[number][] }) =>
    !row.probes || rows.length === 0 || rows.some(name => row.probes!.includes(name));
  const call = (row: Documented, none: boolean): CompletionItem => ({
    ...item(row, 'function'),
    snippet: none ? `${row.name}()` : `${row.name}($0)`,
  });
  return [
    ...BUILTINS.filter(fits).map(row => item(row, 'builtin')),
    ...FUNCTIONS.filter(fits).map(row => call(row, row.arguments[1] === 0)),
    ...MAP_FUNCTIONS.map(row => call(row, row.arguments[1] === 0)),
    ...analysis.tree.macros.map(
      ({ name, parameters }): CompletionItem => ({
        label: name,
        kind: 'macro',
        detail: `macro ${name}(${parameters.map(p => p.name).join(', ')})`,
        snippet: parameters.length > 0 ? `${name}($0)` : name,
      }),
    ),
  ];
}

const statements = (): CompletionItem[] => [
  { label: 'if', kind: 'keyword', snippet: 'if ($1) {\n\t$0\n}' },
  { label: 'for', kind: 'keyword', snippet: 'for ($$${1:i} : ${2:0..10}) {\n\t$0\n}' },
  { label: 'unroll', kind: 'keyword', snippet: 'unroll (${1:5}) {\n\t$0\n}' },
  { label: 'let', kind: 'keyword', snippet: 'let $$${1:name} = $0;' },
  { label: 'return', kind: 'keyword' },
  { label: 'break', kind: 'keyword' },
  { label: 'continue', kind: 'keyword' },
];
