/**
 * `for` loops are callbacks: Linux runs them through bpf_loop (5.17) and bpf_for_each_map_elem (5.13), so that
 * their length costs the verifier nothing. What the body shares with its probe stands in a struct `vars`.
 */
import type { ForStatement } from '../nodes.ts';
import type { Type } from '../types.ts';
import { writeValue } from './expressions.ts';
import { readAggregationAt } from './mapAccess.ts';
import { hasParts } from './maps.ts';
import { storeFrom } from './memory.ts';
import type { ProgramWriter } from './program.ts';
import { writeBlock } from './statements.ts';

export function writeFor(g: ProgramWriter, s: ForStatement): void {
  if (s.over.kind === 'range') overRange(g, s, s.over);
  else if (s.over.kind === 'map') overMap(g, s, s.over.map.name);
}

/** Behind a loop: a `return` in its body leaves the probe. */
function leaveIfAsked(g: ProgramWriter, s: ForStatement): void {
  if (!hasReturn(s)) return;
  g.emit(`if (${g.returned()})`);
  g.emit(`\treturn ${g.inCallback ? 1 : g.answered};`);
}

const hasReturn = (node: unknown): boolean => {
  if (typeof node !== 'object' || node === null) return false;
  if ((node as { kind?: string }).kind === 'return') return true;
  return Object.entries(node).some(
    ([name, part]) => name !== 'type' && name !== 'variable' && hasReturn(part),
  );
};

function overRange(g: ProgramWriter, s: ForStatement, over: ForStatement['over'] & { kind: 'range' }): void {
  const variable = g.variable(s.variable.variable!);
  const from = g.shared('__s64', 'from');
  const length = g.fresh('length');
  g.statement(() => {
    g.emit(`${from} = ${writeValue(g, over.from)};`);
    g.emit(`__s64 ${length} = ${writeValue(g, over.to)} - ${from};`);
  });
  const name = g.callback('__u32 index', () => {
    g.emit(`${variable} = ${from} + index;`);
    writeBlock(g, s.body);
  });
  g.emit(`if (${length} > 0)`);
  g.emit(`\tbpf_loop(${length}, ${name}, vars, 0);`);
  leaveIfAsked(g, s);
}

function overMap(g: ProgramWriter, s: ForStatement, map: string): void {
  const plan = g.module.map(map);
  const info = s.variable.variable!;
  const type = info.type as Type & { kind: 'tuple' };
  const pair = g.variable(info);
  const { layout } = g.module.storage.tuple(type);
  const [key, value] = [g.fresh('each_key'), g.fresh('each_value')];
  const parameters = `void *each_map, const struct ${plan.symbol}_key *${key}, ${plan.valueType} *${value}`;
  const name = g.callback(parameters, () => {
    const [keyType, valueType] = type.elements as [Type, Type];
    const own = plan.info.key!;
    const target = `${pair}.${layout.fields[0]!.name}`;
    g.emit(`clear_memory(&${pair}, sizeof(${pair}));`);
    if (hasParts(own)) {
      const inner = g.module.storage.tuple(keyType as Type & { kind: 'tuple' }).layout;
      for (const [i, part] of own.elements.entries())
        storeFrom(g, `${target}.${inner.fields[i]!.name}`, part, `${key}->${plan.key![i]!.name}`, part);
    } else storeFrom(g, target, keyType, `${key}->${plan.key![0]!.name}`, own);
    const into = `${pair}.${layout.fields[1]!.name}`;
    if (plan.info.value.kind === 'aggregation') g.emit(`${into} = ${readAggregationAt(g, plan, key)};`);
    else storeFrom(g, into, valueType, `${value}->${plan.valueMember}`, plan.info.value);
    writeBlock(g, s.body);
  });
  g.emit(`bpf_for_each_map_elem(&${plan.symbol}, ${name}, vars, 0);`);
  leaveIfAsked(g, s);
}
