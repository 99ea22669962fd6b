/** Addresses of the program's own: what the verifier knows as pointers, with which it lets nobody count freely. */
import type { Expression } from './nodes.ts';

/** May the value be the address of a variable or a map, taken by `&`? */
export function mayBeOwnAddress(e: Expression): boolean {
  switch (e.kind) {
    case 'unary':
      return e.operator === '&' || (e.operator !== '*' && mayBeOwnAddress(e.operand));
    case 'variable':
      return e.variable?.ownAddress ?? false;
    case 'cast':
      return e.type?.kind === 'pointer' && mayBeOwnAddress(e.operand);
    case 'ternary':
    case 'if-expression':
      return mayBeOwnAddress(e.then ?? e.condition) || mayBeOwnAddress(e.else);
    case 'block':
      return e.value !== undefined && mayBeOwnAddress(e.value);
    default:
      return false;
  }
}
