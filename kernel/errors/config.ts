/** What is wrong with the options of a program or cell. */
import type { ErrorRow } from './row.ts';

export const CONFIG_ERRORS = {
  'unknown-option': {
    phase: 'parse',
    severity: 'warning',
    message: 'unknown cell option: {option}',
    remedy: 'Known options: {known}.',
  },
  'unknown-config': {
    phase: 'check',
    message: '{name}: not a known configuration option',
    remedy: '{remedy}',
  },
  'config-value': {
    phase: 'check',
    message: '{name}: {reason}',
    remedy: 'It is written {signature}.',
  },
  'config-ignored': {
    phase: 'check',
    severity: 'warning',
    message: '{name} is deprecated and has no effect',
    remedy: 'Leave it out.',
  },
  'config-renamed': {
    phase: 'check',
    severity: 'warning',
    message: '{name} has been renamed, please use {now}',
  },
  'config-environment': {
    phase: 'check',
    message: '{name}: can only be set as an environment variable',
  },
  'missing-parameter': {
    phase: 'check',
    severity: 'warning',
    message: 'Positional parameter ${index} is empty or not provided.',
    remedy: 'It reads as 0, or as the empty string.',
  },
  'option-value': {
    phase: 'check',
    message: 'program command line option --{name} {wrong} (value: {given})',
  },
  'program-options': {
    phase: 'check',
    severity: 'hint',
    message: 'expected program options:\n{options}',
  },
  'no-program-options': {
    phase: 'check',
    severity: 'hint',
    message: 'no custom program options defined.',
  },
  'unstable-refused': {
    phase: 'check',
    message:
      '{what} feature is not enabled by default. To enable this unstable feature, set the config flag to enable. {option}=enable',
    remedy: 'Allow it with: config = { {option} = enable }',
  },
  'unstable-warned': {
    phase: 'check',
    severity: 'warning',
    message:
      'Script is using an unstable feature: {what}. To prevent this warning you must explicitly enable it in the config e.g. {option}=enable',
  },
} as const satisfies Record<string, ErrorRow>;
