/** Functions on maps. */
import type { CheckContext } from '../checker/context.ts';
import type { CallNode, Expression, MapNode, VariableNode } from '../nodes.ts';
import { BOOL, INT64, stackHead, VOID } from '../types.ts';
import type { FunctionRow } from './rows.ts';

/** The map that a call is about; reports when the first argument is none. */
function mapOf(call: CallNode, context: CheckContext): MapNode | undefined {
  const [first] = call.arguments;
  if (first?.kind === 'map') return first;
  if (call.name === 'len') context.report('length-of', {}, first ?? call);
  else if (call.arguments.length > 1) notA('map', '@map', call, first!, context);
  else context.report('map-needed', { name: call.name, which: 'argument' }, first ?? call);
  return undefined;
}

const SIGNATURES: Readonly<Record<string, string>> = {
  delete: 'delete(@map, key)',
  has_key: 'has_key(@map, key)',
  find: 'find(@map, key, $out)',
};

/** An argument of another kind than the library's macro of this name takes. */
function notA(
  wanted: 'map' | 'variable',
  parameter: string,
  call: CallNode,
  argument: Expression,
  context: CheckContext,
): void {
  const { name } = call;
  const signature = SIGNATURES[name]!;
  context.report('macro-arguments', { name, remedy: `It is written ${signature}.` }, call);
  const given = argument.kind === 'variable' ? 'a variable' : 'an expression';
  context.report('macro-argument', { name, wanted, parameter, given, signature }, argument);
}

/** The map as a whole, without a key. */
function wholeMap(call: CallNode, context: CheckContext): void {
  const map = mapOf(call, context);
  if (map?.key) context.report('map-whole', { name: call.name, map: map.name }, map);
}

const tell = (name: 'clear' | 'zero', docs: string): FunctionRow => ({
  name,
  signature: `${name}(@map)`,
  docs,
  since: '17',
  example: `begin { @m[comm] = 5; ${name}(@m); print(@m); exit(); }`,
  arguments: [1, 1],
  mapArgument: true,
  effect: true,
  type: (call, context) => {
    wholeMap(call, context);
    return VOID;
  },
  lower: (call, g) => {
    g.send(name, [], { do: name, map: g.mapSymbol((call.arguments[0] as MapNode).name) }, call);
    return '';
  },
});

export const mapFunctions: readonly FunctionRow[] = [
  tell('clear', 'Removes all entries of a map. Done in order with prints.'),
  tell('zero', 'Sets all values of a map to zero. Done in order with prints.'),
  {
    name: 'delete',
    signature: `${SIGNATURES['delete']}, delete(@map)`,
    docs: 'Removes one entry, or the value of a map without keys. True when there was one. delete(@map[key]) is the old form.',
    since: '17',
    example:
      'begin { @m["a"] = 1; @m["b"] = 2; delete(@m, "a"); delete(@m["b"]); @s = 1; delete(@s); exit(); }',
    arguments: [1, 2],
    mapArgument: true,
    effect: true,
    type: (call, context) => {
      mapOf(call, context);
      return BOOL;
    },
    statement: (call, g) => {
      const map = call.arguments[0] as MapNode;
      const key = call.arguments[1] ?? map.key;
      const symbol = g.mapSymbol(map.name);
      if (!key) {
        g.emit(`bpf_map_update_elem(&${symbol}, &zero, nothing, UPDATE_ANY);`);
        return;
      }
      const code = g.local('__s64', 'code', `bpf_map_delete_elem(&${symbol}, ${g.key(map, key)})`);
      g.reportHelper('map_delete_elem', code, call);
    },
    lower: (call, g) => {
      const map = call.arguments[0] as MapNode;
      const key = call.arguments[1] ?? map.key;
      const symbol = g.mapSymbol(map.name);
      if (key) return `(bpf_map_delete_elem(&${symbol}, ${g.key(map, key)}) == 0)`;
      return g.local('_Bool', 'deleted', `bpf_map_update_elem(&${symbol}, &zero, nothing, UPDATE_ANY) == 0`);
    },
  },
  {
    name: 'has_key',
    signature: SIGNATURES['has_key']!,
    docs: 'Whether a map has an entry for the key.',
    since: '22',
    example: 'begin { @m["a"] = 1; if (has_key(@m, "a")) { printf("yes\\n"); } exit(); }',
    arguments: [2, 2],
    mapArgument: true,
    type: (call, context) => {
      wholeMap(call, context);
      return BOOL;
    },
    lower: (call, g) => {
      const map = call.arguments[0] as MapNode;
      return `(bpf_map_lookup_elem(&${g.mapSymbol(map.name)}, ${g.key(map, call.arguments[1])}) != 0)`;
    },
  },
  {
    name: 'len',
    signature: 'len(@map), len(stack)',
    docs: 'Number of entries of a map, or of frames of a stack.',
    since: '20',
    example: 'begin { @m["a"] = 1; @m["b"] = 2; print(len(@m)); exit(); }',
    arguments: [1, 1],
    mapArgument: true,
    type: (call, context) => {
      const [of] = call.arguments as [Expression];
      const kind = of.kind === 'map' && !of.key ? 'map' : context.typeOf(of).kind;
      if (kind !== 'stack' && kind !== 'unknown') wholeMap(call, context);
      return INT64;
    },
    lower: (call, g) => {
      const [of] = call.arguments as [Expression];
      const { type } = of;
      if (type?.kind === 'stack') return `(__s64)(${g.value(of)})[${stackHead(type) / 8 - 1}]`;
      return `bpf_for_each_map_elem(&${g.mapSymbol((of as MapNode).name)}, count_element, 0, 0)`;
    },
  },
  {
    name: 'find',
    signature: SIGNATURES['find']!,
    docs: 'Whether a map has an entry for the key; its value is then in $out.',
    since: '25',
    example: 'begin { @m["a"] = 7; if (find(@m, "a", $x)) { print($x); } exit(); }',
    arguments: [3, 3],
    mapArgument: true,
    effect: true,
    type: (call, context) => {
      wholeMap(call, context);
      const [, , out] = call.arguments;
      if (out?.kind !== 'variable') notA('variable', '$out', call, out!, context);
      return BOOL;
    },
    lower: (call, g) =>
      g.find(call.arguments[0] as MapNode, call.arguments[1]!, call.arguments[2] as VariableNode),
  },
];
