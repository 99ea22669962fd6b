/** Names: of columns, after the expressions they show, and of C locals. */
import type { Expression } from '../nodes.ts';

/** Words that a generated local may not take. */
const TAKEN = new Set([
  'auto',
  'break',
  'case',
  'char',
  'const',
  'continue',
  'default',
  'do',
  'double',
  'else',
  'enum',
  'extern',
  'float',
  'for',
  'goto',
  'if',
  'inline',
  'int',
  'long',
  'register',
  'restrict',
  'return',
  'short',
  'signed',
  'sizeof',
  'static',
  'struct',
  'switch',
  'typedef',
  'union',
  'unsigned',
  'void',
  'volatile',
  'while',
  'bool',
  'true',
  'false',
  'asm',
  'typeof',
  'on',
  'ctx',
  'scratch',
  'events',
  'lost',
  'zero',
  'nothing',
  'text',
  'wakeup',
  'record',
  'map',
  'cpid',
  'started_at',
  'self_pid',
  'current_ids',
  'LICENSE',
  'barrier',
  'divide',
  'modulo',
  'NULL',
  'id',
  'offsetof',
  'count_lost',
  'count_failed',
  'loss',
  'clear_memory',
  'read_string',
  'read_any',
  'log_slot',
  'linear_slot',
  'highest_bit',
  'bytes',
  'unix',
  'linux',
  'vars',
  'locals',
  'returned',
  'answer',
  'index',
  'each_map',
]);

export const safeName = (name: string) =>
  TAKEN.has(name) || /^(?:map_|bpf_|record_|tuple_|__)/.test(name) ? `${name}_` : name;

/** A short name for what an expression shows: `comm`, `filename` for `str(args.filename)`; undefined if none. */
export function nameOf(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'identifier':
      return expression.name;
    case 'variable':
      // A macro's own has a suffix.
      return expression.name.slice(1).replace(/\.\d+$/, '');
    case 'map':
      return expression.name.length > 1 ? expression.name.slice(1) : undefined;
    case 'field':
      return /^[0-9]/.test(expression.name) ? undefined : expression.name;
    case 'call': {
      const [first] = expression.arguments;
      // A word such as a mode is no value: it has no type.
      return first && !(first.kind === 'identifier' && !first.type) ? nameOf(first) : expression.name;
    }
    case 'cast':
    case 'unary':
    case 'comptime':
      return nameOf(expression.operand);
    case 'index':
      return nameOf(expression.object);
    case 'binary':
      return nameOf(expression.left) ?? nameOf(expression.right);
    default:
      return undefined;
  }
}

/** C names for a row of expressions, all different; one that has none is called by what it is, and by its number among several. */
export function memberNames(
  expressions: Expression[],
  reserved: string[] = [],
  what: 'value' | 'key' = 'value',
): string[] {
  const taken = new Set(reserved);
  return expressions.map((expression, i) => {
    // `kstack(6)` is none of its number.
    const called = expression.kind === 'call' ? expression.name : undefined;
    const numbered = expressions.length > 1 ? `${what}_${i + 1}` : what;
    let name = safeName(nameOf(expression) ?? called ?? numbered);
    while (taken.has(name)) name = `${name}_${i + 1}`;
    taken.add(name);
    return name;
  });
}
