/** What is wrong with names, types, operators and statements. */
import type { ErrorRow } from './row.ts';

export const VALUE_ERRORS = {
  'unknown-field': { phase: 'check', message: '{owner} has no field {field}', remedy: '{remedy}' },
  'not-supported-yet': { phase: 'check', message: '{what} is not supported yet', remedy: '{remedy}' },
  'unknown-identifier': { phase: 'check', message: "Unknown identifier: '{name}'", remedy: '{remedy}' },
  'unknown-type': { phase: 'check', message: "Cannot resolve unknown type '{name}'" },
  'no-fields': { phase: 'check', message: 'Can not access field {field} on expression of type {given}' },
  'undefined-variable': {
    phase: 'check',
    message: 'Undefined or undeclared variable: {name}',
    remedy: '{remedy}',
  },
  'string-too-long': {
    phase: 'check',
    message: 'String is too long (over {most} bytes)',
    remedy: 'Strings have at most max_strlen bytes: set it in a config block.',
  },
  'variable-unassigned': {
    phase: 'check',
    severity: 'warning',
    message: 'Variable used before it was assigned: {name}',
    remedy: 'It reads as 0, or as the empty string.',
  },
  'while-deprecated': {
    phase: 'check',
    severity: 'hint',
    message: 'While loops are deprecated and may be removed in the future.',
    remedy:
      'For loops support ranges, as in for ($x : $start..$end) { … }, and can be used in place of while: the verifier proves more easily that they end.',
  },
  'variable-declared-twice': {
    phase: 'check',
    message: 'Variable {name} was already declared. Variable shadowing is not allowed.',
    remedy: 'Variables of an outer block cannot be declared again.',
  },
  'type-mismatch': {
    phase: 'check',
    message:
      "Type mismatch for {name}: trying to assign value of type '{given}' when variable already has a type '{expected}'",
    remedy: 'It got that type in line {line}.',
  },
  'string-like': {
    phase: 'check',
    message: 'string-like values must be either strings, arrays or pointers',
    remedy: '{name}() takes those; {given} is none.',
  },
  'condition-type': {
    phase: 'check',
    message: "Invalid condition: '{given}'",
    remedy: 'A condition is an integer, a boolean or a pointer.',
  },
  'operator-type': {
    phase: 'check',
    message: "The {operator} operator can not be used on expressions of type '{given}'",
  },
  'operator-types': {
    phase: 'check',
    message: "The {operator} operator can not be used on expressions of types '{left}', '{right}'",
  },
  'comparison-types': {
    phase: 'check',
    message: "Type mismatch for '{operator}': comparing {left} with {right}",
  },
  'pointers-differ': {
    phase: 'check',
    severity: 'warning',
    message: 'comparison of distinct pointer types: {left}, {right}',
    remedy: 'Use an explicit cast to suppress this warning.',
  },
  'sign-mismatch': {
    phase: 'check',
    severity: 'warning',
    message: 'Expression of type: {from} being cast to type: {to}. This may cause unexpected results.',
    remedy: 'Use an explicit cast to suppress this warning.',
  },
  'constant-overflow': {
    phase: 'check',
    message: 'unable to fold literals due to overflow or underflow',
    remedy: 'Constants are computed while compiling and must fit in 64 bits; none can be divided by 0.',
  },
  'arms-differ': { phase: 'check', message: "Both arms must have the same type: '{left}' and '{right}'" },
  'cast-types': { phase: 'check', message: 'Cannot cast from \x22{from}\x22 to \x22{to}\x22' },
  'range-type': { phase: 'check', message: "Loop range requires an integer, not '{given}'" },
  'scratch-size': {
    phase: 'generate',
    message: 'this probe needs {bytes} bytes for its strings and stacks, and Linux gives {most}',
    remedy:
      'Lower max_strlen in a config block, give stacks a lower limit, or use fewer of them in one statement.',
  },
  'string-shortened': {
    phase: 'check',
    severity: 'warning',
    message:
      'length param ({given}) is too long and will be shortened to {most} bytes (see BPFTRACE_MAX_STRLEN)',
    remedy: 'Raise max_strlen in a config block.',
  },
  'index-range': { phase: 'check', message: 'the index {index} is out of bounds for array of size {length}' },
  'not-indexable': {
    phase: 'check',
    message: 'The array index operator [] can not be used on expressions of type {given}',
  },
  'index-type': { phase: 'check', message: "An index must be an integer, not '{given}'" },
  'assign-target': {
    phase: 'check',
    message: '{what} cannot be assigned to',
    remedy: 'Assign to a $variable or a @map.',
  },
  'assign-args': { phase: 'check', message: 'args cannot be assigned', remedy: 'Assign its fields.' },
  'no-value': {
    phase: 'check',
    message: 'the value assigned to {name} is void',
    remedy: 'This function gives no value.',
  },
  'discarded-value': {
    phase: 'check',
    severity: 'warning',
    message: 'Return value discarded.',
    remedy: 'Write _ = … if that is meant.',
  },
  unreachable: { phase: 'check', severity: 'warning', message: 'Unreachable statement.' },
  'unroll-most': { phase: 'check', message: 'unroll maximum value is 100' },
  'unroll-least': { phase: 'check', message: 'unroll minimum value is 1' },
  'not-in-loop': { phase: 'check', message: '{name} statement must be inside of a loop' },
  'exit-in-loop': {
    phase: 'check',
    message: 'exit() cannot be used inside of a loop',
    remedy: 'Leave the loop with break first.',
  },
  'return-type': { phase: 'check', message: "a probe returns integers only, not '{given}'" },
} as const satisfies Record<string, ErrorRow>;
