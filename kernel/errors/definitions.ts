/** What is wrong with macros, functions, imports and types of a program's own. */
import type { ErrorRow } from './row.ts';

export const DEFINITION_ERRORS = {
  'macro-arguments': {
    phase: 'check',
    message: 'Call to {name}() has arguments that do not match any definition.',
    remedy: '{remedy}',
  },
  'macro-endless': {
    phase: 'check',
    message: 'Recursive macro call detected. Call chain: {chain}',
    remedy: 'Macros are expanded while compiling; a for loop can repeat.',
  },
  'macro-argument': {
    phase: 'check',
    message: 'Mismatched arg. {name}() expects a {wanted} for arg {parameter} but got {given}.',
    remedy: 'The closest is {signature}.',
  },
  'macro-redefined': {
    phase: 'check',
    message: 'Redefinition of macro: {name}',
    remedy: 'Another takes the same kinds of arguments: give one of them a name of its own.',
  },
  'macro-parameter-twice': {
    phase: 'check',
    message: '{kind} for macro argument has already been used: {name}',
    remedy: 'Give each a name of its own.',
  },
  'macro-map': {
    phase: 'check',
    message: 'Unhygienic access to map: {name}. Maps must be passed into the macro as arguments.',
    remedy: 'Name {name} in the parentheses behind the name of the macro, and pass a map where it is called.',
  },
  'macro-jump': {
    phase: 'check',
    message: "'{name}' statement is not allowed in a macro",
    remedy: 'A macro ends with its last expression, which is its value.',
  },
  'macro-shadow': {
    phase: 'check',
    message: 'Variable declaration shadows macro arg {name}',
    remedy: 'Give it another name.',
  },
  'import-refused': { phase: 'parse', message: '{reason}', remedy: '{remedy}' },
  'import-config': {
    phase: 'parse',
    message: 'invalid `config` within import',
    remedy: 'Options stand in the program itself.',
  },
  'import-statement': {
    phase: 'check',
    message:
      'Import statements that are not at the top level are primarily for the standard library. If this is functionality you need, please file an issue to explain why.',
    remedy: 'Put it in front of the probes, or allow it: config = { unstable_import_statement = enable }',
  },
  'function-twice': {
    phase: 'check',
    message: 'Redefinition of function: {name}',
    remedy: 'Each fn has a name of its own.',
  },
  'function-parameters': { phase: 'check', message: 'fn {name} takes more than {most} arguments' },
  'function-result': {
    phase: 'check',
    message: "fn {name} cannot give back a value of type '{given}'",
    remedy: 'It may be an integer, a boolean, a pointer, or void.',
  },
  'function-arguments': {
    phase: 'check',
    message: 'Function `{name}` requires {expected} arguments, got {got}',
  },
  'function-argument': {
    phase: 'check',
    message: 'Expected {expected} for argument `{parameter}` got {given}',
  },
  'function-return': {
    phase: 'check',
    message: 'Function {name} is of type {expected}, cannot return {given}',
    remedy: 'The type stands behind the parentheses: fn {name}(…) : int64 { … }',
  },
  'function-endless': {
    phase: 'check',
    message: 'fn {name} calls itself',
    remedy: 'BPF programs have a bounded stack; a for loop can repeat.',
  },
  'not-in-function': {
    phase: 'check',
    message: '{name} can only be used inside of a probe.',
    remedy: 'Use it in the probe: functions do not know what it interrupted.',
  },
  'header-from-btf': {
    phase: 'parse',
    severity: 'hint',
    message: '{header} is not installed, and not needed: types of Linux come from its BTF',
  },
  'c-definition': { phase: 'parse', message: 'this C definition cannot be read: {reason}' },
  'define-endless': {
    phase: 'check',
    message: 'Macro recursion: {chain}',
    remedy: 'A #define may not stand for itself.',
  },
  'comptime-unresolved': {
    phase: 'check',
    message: 'Unable to resolve comptime expression',
    remedy: 'It must be made of constants and of questions about types.',
  },
  'type-as-value': {
    phase: 'check',
    message:
      'When used as a call argument, `typeof` builtin only valid for macro calls that are expecting a type parameter',
    remedy: 'Its name as text is typeinfo(…).full_type.',
  },
} as const satisfies Record<string, ErrorRow>;
