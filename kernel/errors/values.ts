/** What is wrong with names, types, operators and statements. */
import type { ErrorRow } from './row.ts';

export const VALUE_ERRORS = {
  'unknown-field': { phase: 'check', message: "Can't find function parameter {field}", remedy: '{remedy}' },
  'struct-field': {
    phase: 'check',
    message: "Struct/union of type '{owner}' does not contain a field named '{field}'",
    remedy: '{remedy}',
  },
  'offset-field': { phase: 'check', message: "'{owner}' has no field named '{field}'" },
  'offset-type': { phase: 'check', message: "'{given}' is not a C type." },
  'declared-type': {
    phase: 'check',
    message: 'Invalid variable declaration type: {given}',
    remedy: 'Only maps hold such values.',
  },
  'common-field': {
    phase: 'check',
    message: 'BPF does not support accessing common tracepoint fields',
    remedy: 'pid, tid, comm and cpu tell the same.',
  },
  'record-field': {
    phase: 'check',
    message: "Record does not contain a field named '{field}'",
    remedy: '{remedy}',
  },
  'not-supported-yet': { phase: 'check', message: '{what} is not supported yet', remedy: '{remedy}' },
  'unknown-identifier': { phase: 'check', message: "Unknown identifier: '{name}'", remedy: '{remedy}' },
  'unknown-type': { phase: 'check', message: 'Cannot resolve unknown type "{name}"' },
  'no-fields': { phase: 'check', message: "Can not access field '{field}' on expression of type '{given}'" },
  'undefined-variable': {
    phase: 'check',
    message: 'Undefined or undeclared variable: {name}',
    remedy: '{remedy}',
  },
  'string-too-long': {
    phase: 'check',
    message: 'String is too long (over {most} bytes): {text}',
    remedy: 'Strings have at most max_strlen bytes: set it in a config block.',
  },
  'variable-untyped': {
    phase: 'check',
    message: 'Could not resolve the type of this variable',
    remedy: 'Assign a value to it before it is used, or declare its type: let {name}: int64.',
  },
  'variable-unassigned': {
    phase: 'check',
    severity: 'warning',
    message: 'Variable used before it was assigned: {name}',
    remedy: 'It reads as 0, or as the empty string.',
  },
  'while-deprecated': {
    phase: 'check',
    severity: 'warning',
    message: 'While loops are deprecated and may be removed in the future.',
    remedy:
      'For loops support ranges, as in for ($x : $start..$end) { … }, and can be used in place of while: the verifier proves more easily that they end.',
  },
  'variable-never-assigned': {
    phase: 'check',
    severity: 'warning',
    message: 'Variable {name} was never assigned to.',
    remedy: 'Leave it out, or assign to it.',
  },
  'loop-shadows': {
    phase: 'check',
    message: 'Loop declaration shadows existing variable: {name}',
    remedy: 'Give the variable of the loop a name of its own.',
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
    message: '{reason}',
    remedy: '{name}() takes those; {given} is none.',
  },
  'condition-type': {
    phase: 'check',
    message: 'Invalid condition: {given}',
    remedy: 'A condition is an integer, a boolean or a pointer.',
  },
  'operator-type': {
    phase: 'check',
    message: "The {operator} operator can not be used on expressions of type '{given}'",
  },
  'operator-types': {
    phase: 'check',
    message: 'The {operator} operator can not be used on expressions of types {left}, {right}',
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
  'signed-division': {
    phase: 'check',
    severity: 'warning',
    message:
      "signed operands for '{operator}' can lead to undefined behavior (cast to unsigned to silence warning)",
    remedy: 'Negative numbers are divided as in C: towards zero.',
  },
  'cast-needless': {
    phase: 'check',
    severity: 'warning',
    message: 'Unnecessary cast: expression is already of type {type}',
    remedy: 'Leave it out.',
  },
  'cast-struct': {
    phase: 'check',
    message: 'Cannot cast from C type "{from}"',
    remedy: 'Cast a pointer to it, or take one of its fields.',
  },
  'enum-value': {
    phase: 'check',
    message: "Enum: {name} doesn't contain a variant value of {value}",
    remedy: 'It has: {known}.',
  },
  'step-target': {
    phase: 'check',
    message: 'increment/decrement requires a variable or map',
    remedy: 'Assign the value to a $variable first.',
  },
  'text-empty': { phase: 'check', severity: 'warning', message: 'literal string will always be empty' },
  'no-pointer': { phase: 'check', message: 'Can not dereference {given}. It is not a pointer.' },
  'type-length': {
    phase: 'check',
    message: 'the length of a type is a number that is known before the program runs',
    remedy: 'Write it out, from 0 to 2147483647.',
  },
  'array-size': {
    phase: 'check',
    message: 'Cannot determine array size: the element size is incompatible with the cast integer size',
    remedy: 'Write the number of elements in the brackets.',
  },
  'text-operator': {
    phase: 'check',
    message: 'illegal literal operation with strings',
    remedy: 'Strings can be compared, and joined with +.',
  },
  'arrays-compared': { phase: 'check', message: '{reason}' },
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
  'constant-negated': {
    phase: 'check',
    message: 'negative value will underflow',
    remedy: 'The smallest number is -9223372036854775808.',
  },
  'arms-differ': {
    phase: 'check',
    message: "Branches must return the same type or compatible types: have '{left}' and '{right}'",
  },
  'cast-types': { phase: 'check', message: 'Cannot cast from \x22{from}\x22 to \x22{to}\x22' },
  'range-type': {
    phase: 'check',
    message: 'Loop range requires an integer for the {end} value',
    remedy: 'This is {given}.',
  },
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
    message: 'The array index operator [] can only be used on arrays, pointers, and tuples, found {given}.',
  },
  'index-type': {
    phase: 'check',
    message: 'The array index operator [] only accepts non-negative integer indices. Got: {given}',
  },
  'index-unsized': {
    phase: 'check',
    message: 'The array index operator [] cannot be used on a pointer to an unsized type (void *).',
    remedy: 'Cast it first, as in ((uint8 *)$pointer)[0].',
  },
  'tuple-index': {
    phase: 'check',
    message: 'Invalid tuple index: {index}. Found {count} elements in tuple.',
    remedy: 'Parts of a tuple are counted from 0.',
  },
  'tuple-index-literal': {
    phase: 'check',
    message: 'Array-style access for tuples only valid for integer literals',
    remedy: 'Parts of a tuple have types of their own.',
  },
  'no-elements': {
    phase: 'check',
    message: "Can not access index '{index}' on expression of type '{given}'",
  },
  'parts-fixed': {
    phase: 'check',
    message:
      'Tuples and records are immutable once created. Consider creating a new value and assigning it instead.',
  },
  'assign-target': {
    phase: 'check',
    message: 'invalid assignment target',
    remedy: 'Assign to a $variable or a @map.',
  },
  'no-value': {
    phase: 'check',
    message: "Value '{given}' cannot be assigned to a {target}.",
    remedy: '{remedy}',
  },
  'no-part': {
    phase: 'check',
    message: "Value 'void' cannot exist inside a {whole}.",
    remedy: 'What stands there gives no value.',
  },
  'discarded-value': {
    phase: 'check',
    severity: 'warning',
    message: 'Return value discarded.',
    remedy: 'Write _ = … if that is meant.',
  },
  'unreachable-value': {
    phase: 'check',
    severity: 'warning',
    message: 'Unreachable expression; block type is implicitly none.',
  },
  unreachable: { phase: 'check', severity: 'warning', message: 'Unreachable statement.' },
  'unroll-count': {
    phase: 'check',
    message: 'invalid unroll value',
    remedy: 'The count must be known before the program runs.',
  },
  'unroll-most': { phase: 'check', message: 'unroll maximum value is 100' },
  'unroll-least': { phase: 'check', message: 'unroll minimum value is 1' },
  'not-in-loop': {
    phase: 'check',
    message: "'{name}' statement is not allowed in a {where}",
    remedy: 'It must be inside of a loop; return leaves the {where}.',
  },
  'exit-in-loop': {
    phase: 'check',
    message: 'exit() cannot be used inside of a loop',
    remedy: 'Leave the loop with break first.',
  },
  'return-differs': {
    phase: 'check',
    message: 'Return value used in loop is inconsistent',
    remedy: 'Give a value with each return in the loop, or with none.',
  },
  'return-type': { phase: 'check', message: 'Probe return values can only be integers. Found {given}' },
} as const satisfies Record<string, ErrorRow>;
