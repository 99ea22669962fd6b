/** What is wrong with a call of a function, or deserves a second look. */
import type { ErrorRow } from './row.ts';

export const CALL_ERRORS = {
  'unknown-function': { phase: 'check', message: "Unknown function: '{name}'", remedy: '{remedy}' },
  'stack-arguments': {
    phase: 'check',
    message: 'sarg* is deleted. This was deprecated in v0.21 and was last available in v0.24.',
    remedy: 'Use *(reg("sp") + <stack_offset>) instead.',
  },
  'debugf-shared': {
    phase: 'check',
    severity: 'warning',
    message:
      'The debugf() builtin is not recommended for production use. For more information see bpf_trace_printk in bpf-helpers(7).',
    remedy: 'Use printf.',
  },
  'debugf-values': { phase: 'check', message: 'cannot use more than {most} conversion specifiers' },
  'debugf-conversion': {
    phase: 'check',
    message: 'Invalid format specifier for `debugf`: {letter}',
    remedy: 'Linux prints integers by d, u, x and p, and strings by s.',
  },
  'debugf-type': {
    phase: 'check',
    message: 'Type does not match format specifier: {letter}',
    remedy: 'Linux prints integers by d, u, x and p, and strings by s.',
  },
  'argument-count': { phase: 'check', message: '{name}() {expected} ({given} provided)' },
  'argument-type': {
    phase: 'check',
    message: '{name}() only supports {expected} arguments ({given} provided)',
  },
  'argument-void': {
    phase: 'check',
    message: "Value 'void' cannot be an argument of {name}()",
    remedy: 'What stands there gives no value.',
  },
  'argument-struct': { phase: 'check', message: '{name}() only supports {reason}' },
  'literal-needed': {
    phase: 'check',
    message: '{name}() expects a {type} literal ({given} provided)',
    remedy: 'Its {what} must be known before the program runs.',
  },
  'parameter-text': {
    phase: 'check',
    message: '{name}() expects a string literal ({given} provided)',
    remedy:
      'Use str(${index}) to treat ${index} as a string: by itself it is a number where it reads as one.',
  },
  'constant-argument': {
    phase: 'check',
    message: '{reason}',
    remedy: 'It must be known before the program runs.',
  },
  'argument-kind': { phase: 'check', message: '{name}() expects {wanted}' },
  'option-count': {
    phase: 'check',
    message: "The 'getopt' function can take a maximum of three arguments and a minimum of one argument.",
    remedy: 'It is written getopt("name", default, "description").',
  },
  'option-name': {
    phase: 'check',
    message: "First argument to 'getopt' must be a string literal.",
    remedy: 'It is the name behind -- on the command line.',
  },
  'option-default': {
    phase: 'check',
    message: "Second argument to 'getopt' must be a string literal, integer literal, or a boolean literal.",
    remedy: 'It says what kind of value the option has.',
  },
  'option-defaults': {
    phase: 'check',
    message:
      "Command line option '{name}' needs to have the same default value in all places it is used. Previous default value: {before}",
    remedy: 'Ask for it in one place, and keep the answer: @name = getopt(…), or wrap it in a macro.',
  },
  'option-descriptions': {
    phase: 'check',
    message: "Command line option '{name}' must have the same description in all places it's used.",
    remedy: 'You can wrap it in a macro.',
  },
  'option-description': {
    phase: 'check',
    message: "Function 'getopt' requires the third parameter to be a string literal.",
  },
  'format-arguments': {
    phase: 'check',
    message: '{few} arguments for format string ({given} supplied, {expected} expected)',
    remedy: '{name}() takes one argument for each conversion, and one for each *.',
  },
  'format-type': {
    phase: 'check',
    message: "unsupported format specifier for type '{given}': {letter}",
    remedy: '%{letter} takes values of type {expected}; %s takes all.',
  },
  'format-void': {
    phase: 'check',
    message: 'unable to print none type for specifier: {letter}',
    remedy: 'What stands there gives no value.',
  },
  'format-unknown': {
    phase: 'check',
    message: 'unsupported format specifier: {letter}',
    remedy: 'Known are d i u o x X c s p, and r rx rh gr.',
  },
  'timestamp-mode': {
    phase: 'check',
    message: 'Invalid timestamp mode: {given}',
    remedy: 'Known are {known}.',
  },
  'timestamp-clock': {
    phase: 'check',
    message: 'strftime() can not take a monotonic timestamp',
    remedy: 'Take nsecs, or nsecs(boot).',
  },
  'lost-backslash': {
    phase: 'check',
    severity: 'hint',
    message: 'the format ends in " n"',
    remedy: 'Did you mean \\n?',
  },
  'address-printed': {
    phase: 'check',
    severity: 'hint',
    message: '{name} is a pointer, shown as the address it holds',
    remedy: 'str({name}) is the text there.',
  },
  'unterminated-text': {
    phase: 'check',
    severity: 'hint',
    message: '{name} need not end with a NUL: str() reads on behind the data',
    remedy: 'Write str({name}, {size} + 1), whose length counts a NUL, or buf({name}, {size}) for bytes.',
  },
  'bad-address': {
    phase: 'check',
    message: 'pton() expects {wanted}, got {given}',
    remedy: 'Write it as in "127.0.0.1" or "::1".',
  },
  failed: { phase: 'check', message: '{message}' },
  'assertion-failed': { phase: 'check', message: 'assertion failed: {message}' },
  'comm-pid': {
    phase: 'check',
    message: "Only integer supported for comm()'s pid",
    remedy: 'Write comm for the current task.',
  },
  'comm-probe': {
    phase: 'check',
    message: 'Syntax comm(PID) is not supported in this probe type yet. Type: {probe}',
    remedy: 'This Linux does not let programs of this kind look for a process.',
  },
  'address-size': { phase: 'check', message: 'ntop() argument must be 4 or 16 bytes in size' },
  'mac-literal': { phase: 'check', message: 'macaddr() does not support literal string arguments' },
  'mac-size': { phase: 'check', message: 'macaddr() argument must be at least 6 bytes in size' },
  'path-copy': {
    phase: 'check',
    message: 'path() needs the struct path of Linux, not a copy of it',
    remedy: 'Give it the field, as in path(ctx.file.f_path), or keep a pointer.',
  },
  'path-size': { phase: 'check', message: 'path: invalid size value, need non-negative literal' },
  'no-child': {
    phase: 'check',
    severity: 'warning',
    message: 'No child command (`-c`); cpid is zero',
    remedy: 'Start one with -c on the command line, with //| workload: in a cell.',
  },
  'pid-namespace': {
    phase: 'check',
    message: '{name}() only supports curr_ns and init as the argument',
    remedy: 'Write {name}(init) for the initial pid namespace, {name} for your own.',
  },
  'pid-namespace-word': {
    phase: 'check',
    message: 'Invalid PID namespace mode: {given} (expects: curr_ns or init)',
    remedy: 'Write {name}(init) for the initial pid namespace, {name} for your own.',
  },
  'negative-length': {
    phase: 'check',
    message: '{name} cannot use negative length ({given})',
    remedy: 'The length counts bytes, from 0 on.',
  },
  'string-literal-only': {
    phase: 'check',
    message: '{name}() accepts a string literal only',
    remedy: 'The question is answered while compiling.',
  },
  'unknown-variable': {
    phase: 'check',
    message: 'Could not resolve variable "{name}" from BTF',
    remedy:
      "Only per-CPU variables of Linux's own that BTF describes can be read so; kaddr() gives other addresses.",
  },
  'unknown-register': {
    phase: 'check',
    message: "'{name}' is not a valid register on this architecture ({arch})",
    remedy: 'There are {names}.',
  },
  'unknown-cgroup': {
    phase: 'check',
    message: "Failed to retrieve cgroup id of path '{path}'",
    remedy: 'Give the folder of a cgroup (version 2), such as /sys/fs/cgroup/user.slice.',
  },
  'unsafe-action': {
    phase: 'check',
    message: '{name}() is unsafe. To use you need the --unsafe flag',
    remedy: 'In a cell, allow it with //| unsafe: {name}',
  },
  'signal-number': {
    phase: 'check',
    message: '{reason}',
    remedy: 'Signals have numbers, from 1 to 64, or names such as "SIGKILL".',
  },
  'stack-mode': {
    phase: 'check',
    message:
      'Error parsing stack mode: {name}: Invalid value for stack_mode: valid values are bpftrace, raw, perf, and build_id.',
  },
  'stack-mode-first': {
    phase: 'check',
    message: 'Expected stack mode as first argument',
    remedy: 'Write {name}(perf, 5), or {name}(5).',
  },
  'stack-limit': {
    phase: 'check',
    message: '{name}: invalid limit value',
    remedy: 'It is a number of frames, known before the program runs.',
  },
  'stack-limit-most': {
    phase: 'check',
    message: "{name}([int limit]): limit shouldn't exceed {most}, {given} given",
  },
  'stack-build-id': {
    phase: 'check',
    message: "'build_id' stack mode can only be used for ustack",
    remedy: 'Linux itself is one build: use raw.',
  },
  'stack-build-id-raw': {
    phase: 'check',
    severity: 'warning',
    message: "'build_id' stack mode can only be used for ustack. Falling back to 'raw' mode.",
  },
  'unsafe-function': {
    phase: 'check',
    message: '{name}() is an unsafe function being used in safe mode',
    remedy: 'Allow it: with --unsafe on the command line, with //| unsafe: {name} in a cell.',
  },
  'unknown-symbol': {
    phase: 'check',
    message: 'Failed to resolve kernel symbol: {name}',
    remedy: 'Its name must stand in /proc/kallsyms.',
  },
  'negative-value': { phase: 'check', message: '{name}() does not accept negative timestamps' },
  'no-address': {
    phase: 'check',
    message: 'address-of operator (&) can only be used on a map or variable',
    remedy: 'The addresses of a $variable and of a whole @map can be taken.',
  },
} as const satisfies Record<string, ErrorRow>;
