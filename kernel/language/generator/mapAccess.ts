/** Reading and writing map elements. */
import type { Expression, MapNode } from '../nodes.ts';
import type { AggregationName, Type } from '../types.ts';
import { reportUpdate, sendHelperError } from './helperErrors.ts';
import { hasParts, keyParts, type MapPlan } from './maps.ts';
import { store, storeFrom } from './memory.ts';
import type { ProgramWriter } from './program.ts';
import { inMemory, inWords } from './storage.ts';

/** Pointer to a key in memory. Keys are zeroed first: their gaps and string ends count in comparisons. */
export function writeKey(g: ProgramWriter, plan: MapPlan, key: Expression | undefined): string {
  if (!plan.key) return '&zero';
  const lvalue = g.room(`struct ${plan.symbol}_key @`, plan.layout.keySize, 'key');
  if (!key) return pointerTo(lvalue);
  const type = plan.info.key!;
  const own = plan.key.slice(0, keyParts(type).length);
  if (hasParts(type) && key.kind === 'tuple') {
    for (const [i, part] of key.elements.entries()) store(g, `${lvalue}.${own[i]!.name}`, own[i]!.type, part);
  } else if (hasParts(type)) {
    const from = key.type as Type & { kind: 'tuple' };
    const pointer = g.value(key);
    const { layout } = g.module.storage.tuple(from);
    for (const [i, member] of own.entries()) {
      storeFrom(
        g,
        `${lvalue}.${member.name}`,
        member.type,
        `(${pointer})->${layout.fields[i]!.name}`,
        from.elements[i]!,
      );
    }
  } else store(g, `${lvalue}.${own[0]!.name}`, own[0]!.type, key);
  return pointerTo(lvalue);
}

const pointerTo = (lvalue: string) => `&${lvalue}`.replace(/^&\(\*(\w+)\)$/, '$1');

/** Local that points at the element, or is NULL. */
function lookup(g: ProgramWriter, node: MapNode, hint = 'element'): string {
  const plan = g.module.map(node.name);
  const key = writeKey(g, plan, node.key);
  return g.local(`${plan.valueType} *`, hint, `bpf_map_lookup_elem(&${plan.symbol}, ${key})`);
}

/** The value of an element, 0 or empty when there is none. */
export function mapValue(g: ProgramWriter, node: MapNode): string {
  const plan = g.module.map(node.name);
  const { value } = plan.info;
  const element = lookup(g, node, 'element');
  if (g.options.warnReads && plan.key)
    g.block(`if (!${element})`, () => sendHelperError(g, 'map_lookup_elem', '0', node));
  const member = `${element}->${plan.valueMember}`;
  if (value.kind === 'tuple') {
    const struct = g.module.storage.tuple(value).name;
    return g.local(
      `const struct ${struct} *`,
      'tuple',
      `${element} ? &${member} : (const struct ${struct} *)nothing`,
    );
  }
  if (inMemory(value)) {
    const [c, hint] = inWords(value) ? ['const __u64 *', 'words'] : ['const char *', 'string'];
    return g.local(c, hint, `${element} ? (${c})${member} : (${c})nothing`);
  }
  return `(${element} ? ${member} : 0)`;
}

/** Aggregations that no number stands for. */
const SHOWN_WHOLE: readonly AggregationName[] = ['hist', 'lhist', 'tseries'];

/** An aggregation as an integer: over all CPUs. */
export function readAggregation(g: ProgramWriter, node: MapNode): string {
  const plan = g.module.map(node.name);
  const key = writeKey(g, plan, node.key);
  // Read for nothing, as a statement: what takes a value was told that it has none.
  if (SHOWN_WHOLE.includes(plan.info.aggregation!.fn)) return '0';
  return readAggregationAt(g, plan, key);
}

/** As {@link readAggregation}, by a pointer to the key. */
export function readAggregationAt(g: ProgramWriter, plan: MapPlan, key: string): string {
  const { total, average } = sumUp(g, plan, key);
  return average ?? total;
}

/** The three numbers of stats(). */
export function readStats(g: ProgramWriter, node: MapNode) {
  const plan = g.module.map(node.name);
  const { count, average, total } = sumUp(g, plan, writeKey(g, plan, node.key));
  return { count: count!, average: average!, total };
}

/** Adds up what the CPUs have; `count` and `average` where the aggregation has them. */
function sumUp(g: ProgramWriter, plan: MapPlan, key: string) {
  const { fn } = plan.info.aggregation!;
  const signed = plan.info.value.kind === 'aggregation' && plan.info.value.signed ? '__s64' : '__u64';
  const total = g.local(signed, 'total', '0');
  const count = fn === 'avg' || fn === 'stats' ? g.local('__u64', 'count', '0') : undefined;
  const seen = fn === 'min' || fn === 'max' ? g.local('_Bool', 'seen', '0') : undefined;
  const cpu = g.fresh('cpu');
  const cpus = g.options.portable ? g.fact('cpus') : Math.max(1, g.options.target.cpus);
  g.block(`for (__u32 ${cpu} = 0; ${cpu} < ${cpus}; ${cpu}++)`, () => {
    const part = g.local(
      `${plan.valueType} *`,
      'part',
      `bpf_map_lookup_percpu_elem(&${plan.symbol}, ${key}, ${cpu})`,
    );
    g.emit(`if (!${part})`);
    g.emit('\tbreak;');
    if (count) {
      g.emit(`${total} += ${part}->total;`);
      g.emit(`${count} += ${part}->count;`);
    } else if (seen) {
      g.block(
        `if (${part}->set && (!${seen} || ${part}->value ${fn === 'min' ? '<' : '>'} ${total}))`,
        () => {
          g.emit(`${total} = ${part}->value;`);
          g.emit(`${seen} = 1;`);
        },
      );
    } else g.emit(`${total} += ${part}->value;`);
  });
  if (!count) return { total };
  const quotient = signed === '__s64' ? `divide(${total}, ${count})` : `${total} / ${count}`;
  return { total, count, average: `(${count} ? ${quotient} : 0)` };
}

/** `@m[k] = value`. */
export function assignMap(g: ProgramWriter, node: MapNode, value: Expression): void {
  const plan = g.module.map(node.name);
  const type = plan.info.value;
  if (!plan.key) {
    const text = inMemory(type) ? '' : g.value(value);
    const element = lookup(g, node);
    g.block(`if (${element})`, () => {
      if (text) g.emit(`${element}->value = ${text};`);
      else store(g, `${element}->value`, type, value);
      g.emit(`${element}->set = 1;`);
    });
    return;
  }
  const scalar = inMemory(type) ? undefined : g.value(value);
  const fresh = g.room(`${plan.valueType} @`, plan.layout.valueSize, 'value');
  if (scalar !== undefined) g.emit(`${fresh}.${plan.valueMember} = ${scalar};`);
  else store(g, `${fresh}.${plan.valueMember}`, type, value);
  const key = writeKey(g, plan, node.key);
  const code = g.local(
    '__s64',
    'code',
    `bpf_map_update_elem(&${plan.symbol}, ${key}, &${fresh}, UPDATE_ANY)`,
  );
  reportUpdate(g, plan, code, node);
}

/** Runs `body` with a pointer to the element, made of zeros where there was none. */
export function withElement(
  g: ProgramWriter,
  node: MapNode,
  body: (element: string) => void,
  bucket?: string,
): void {
  const plan = g.module.map(node.name);
  const key = writeKey(g, plan, node.key);
  if (bucket) g.emit(`${key.startsWith('&') ? `${key.slice(1)}.` : `${key}->`}bucket = ${bucket};`);
  const element = g.local(`${plan.valueType} *`, 'element', `bpf_map_lookup_elem(&${plan.symbol}, ${key})`);
  if (plan.key) {
    g.block(`if (!${element})`, () => {
      const code = g.local(
        '__s64',
        'code',
        `bpf_map_update_elem(&${plan.symbol}, ${key}, nothing, UPDATE_NEW)`,
      );
      g.emit(`${element} = bpf_map_lookup_elem(&${plan.symbol}, ${key});`);
      // Another CPU may have made it meanwhile.
      g.block(`if (!${element})`, () => reportUpdate(g, plan, code, node));
    });
  }
  g.block(`if (${element})`, () => body(element));
}

/** `@x++`, `@x += n` on a plain map; the value before or after. */
export function stepMap(
  g: ProgramWriter,
  node: MapNode,
  sign: string,
  by: number | string,
  wanted: 'before' | 'after' | 'nothing',
): string {
  const plan = g.module.map(node.name);
  const result = wanted === 'nothing' ? '' : g.local('__s64', wanted, '0');
  withElement(g, node, element => {
    if (wanted === 'before') g.emit(`${result} = ${element}->value;`);
    g.emit(`${element}->value ${sign}= ${by};`);
    if (!plan.key) g.emit(`${element}->set = 1;`);
    if (wanted === 'after') g.emit(`${result} = ${element}->value;`);
  });
  return result;
}

/** Copies an element's value to an lvalue, if there is one; a condition that tells. */
export function findElement(
  g: ProgramWriter,
  node: MapNode,
  key: Expression,
  lvalue: string,
  type: Type,
): string {
  const plan = g.module.map(node.name);
  const pointer = writeKey(g, plan, key);
  const element = g.local(
    `${plan.valueType} *`,
    'element',
    `bpf_map_lookup_elem(&${plan.symbol}, ${pointer})`,
  );
  g.block(`if (${element})`, () =>
    storeFrom(g, lvalue, type, `${element}->${plan.valueMember}`, plan.info.value),
  );
  return `(${element} != 0)`;
}
