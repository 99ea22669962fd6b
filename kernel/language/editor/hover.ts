/** What is said of the word at a place. */
import { hasWildcard } from '../checker/attachPoint.ts';
import type { FieldNode, IdentifierNode, Range, VariableNode } from '../nodes.ts';
import { findBuiltin } from '../tables/builtins.ts';
import { CONFIG } from '../tables/config.ts';
import { findFunction } from '../tables/functions.ts';
import { findMapFunction } from '../tables/mapFunctions.ts';
import { findProbe } from '../tables/probes.ts';
import type { Token } from '../tokens.ts';
import { type Type, typeName } from '../types.ts';
import { type Analysis, type Catalogue, findNode, tokenAt } from './analysis.ts';
import { code, describeArguments, describeMap, describeRow, describeType } from './descriptions.ts';
import { mediumAt, placeOf } from './place.ts';
import { describeProbe } from './probe.ts';

export interface Hover extends Range {
  /** Markdown. */
  text: string;
}

export function hover(analysis: Analysis, offset: number, catalogue: Catalogue): Hover | undefined {
  if (mediumAt(analysis.text, offset) !== 'code') return undefined;
  const index = tokenAt(analysis.tokens, offset);
  const token = analysis.tokens[index];
  if (!token) return undefined;
  const text = describe(analysis, index, token, catalogue);
  return text ? { text, start: token.start, end: token.end } : undefined;
}

function describe(analysis: Analysis, index: number, token: Token, catalogue: Catalogue): string | undefined {
  const place = placeOf(analysis.tokens, index);
  switch (place.kind) {
    case 'attach-point':
      return probe(analysis, token, catalogue);
    case 'field':
      return field(analysis, token);
    case 'variable':
      return variable(analysis, token);
    case 'map': {
      const info = analysis.program.maps.get(token.text);
      if (!info?.key) return undefined;
      const where = info.borrowed ? '\n\nWritten by another cell of this notebook.' : '';
      return code(describeMap(info.name, { key: info.key, value: info.value })) + where;
    }
    case 'config-name': {
      const row = CONFIG.find(({ name }) => name === token.text);
      return row && describeRow(row);
    }
    case 'expression':
      return word(analysis, token);
    default:
      return undefined;
  }
}

function probe({ program }: Analysis, { text, start }: Token, catalogue: Catalogue): string | undefined {
  const row = findProbe(text.split(':')[0]!);
  if (!row) return undefined;
  const found = program.probes.find(({ point }) => point.range.start === start && point.args);
  if (found) return [code(found.point.name), row.docs, describeArguments(found.point.args!)].join('\n\n');
  // Where the program cannot be checked, or has many probes at once, this one may still be known.
  return text.includes(':') && !hasWildcard(text) ? describeProbe(text, catalogue) : describeRow(row);
}

function field(analysis: Analysis, token: Token): string | undefined {
  const node = findNode(
    analysis.tree,
    token.start,
    (n): n is FieldNode => n.kind === 'field' && n.nameRange.start === token.start,
  );
  if (!node) {
    // What an option is worth has taken the place of its name.
    const option = CONFIG.find(({ name }) => name === token.text);
    return option && describeRow(option);
  }
  const type = node.object.type;
  if (type?.kind === 'args') {
    const found = type.fields.find(({ name }) => name === node.name);
    return found && [typed(`args.${found.name}`, found.type), `In C: \`${found.declaration}\``].join('\n\n');
  }
  const struct = type?.kind === 'pointer' ? type.to : type;
  const of = struct?.kind === 'struct' ? `\n\nMember of \`${struct.name}\`.` : '';
  return node.type && node.type.kind !== 'unknown' ? typed(node.name, node.type) + of : undefined;
}

function variable(analysis: Analysis, token: Token): string | undefined {
  const node = findNode(
    analysis.tree,
    token.start,
    (n): n is VariableNode => n.kind === 'variable' && n.start === token.start && n.end === token.end,
  );
  const type = node?.variable?.type ?? node?.type;
  return type && type.kind !== 'unknown' ? typed(token.text, type) : undefined;
}

/** A builtin, a function, a macro or an enumerator. */
function word({ tokens, tree }: Analysis, token: Token): string | undefined {
  const called = tokens.some(({ start, text }) => start === token.end && text === '(');
  const macro = tree.macros.find(({ name }) => name === token.text);
  if (macro) return code(`macro ${macro.name}(${macro.parameters.map(({ name }) => name).join(', ')})`);
  const row = called
    ? (findFunction(token.text) ?? findMapFunction(token.text) ?? findBuiltin(token.text))
    : (findBuiltin(token.text) ?? findFunction(token.text));
  const node = findNode(
    tree,
    token.start,
    (n): n is IdentifierNode => n.kind === 'identifier' && n.start === token.start && n.end === token.end,
  );
  if (!row) return node?.type && node.type.kind === 'int' ? enumerator(token.text, node.type) : undefined;
  const type = node?.type;
  const fields = type?.kind === 'args' ? [describeArguments(type.fields)] : [];
  const is = type && type.kind !== 'args' && describeType(type) ? [`Type: \`${describeType(type)}\``] : [];
  return [describeRow(row), ...is, ...fields].join('\n\n');
}

const typed = (name: string, type: Type) => code(`${name}: ${typeName(type)}`);

const enumerator = (name: string, type: Type & { kind: 'int' }) =>
  type.literal === undefined ? undefined : code(`${name} = ${type.literal}: ${typeName(type)}`);
