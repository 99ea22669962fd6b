/**
 * Every error a user can see is a row of one table: the phase it belongs to, a stable code, a message
 * and what to do about it. `{name}` in a text is filled from the arguments given to {@link problem}.
 */

/** The phases of a cell's life, in order. The same names stand in code, protocol, errors and on screen. */
export const PHASES = [
  'parse',
  'check',
  'generate',
  'compile',
  'open',
  'load',
  'attach',
  'stream',
  'finish',
] as const;
export type Phase = (typeof PHASES)[number];

/** A place in the cell's source, 0-based line and UTF-16 column, end exclusive. */
export interface Span {
  start: { line: number; column: number };
  end: { line: number; column: number };
  /** The imported file that it is in; missing for the cell itself. */
  file?: string;
}

export type Severity = 'error' | 'warning' | 'hint';

/** A change of the cell's text that mends what a diagnostic tells of. */
export interface Fix {
  /** What it does, as a button says it. */
  title: string;
  edits: { span: Span; text: string }[];
}

/** One thing to tell the user. Plain data: it crosses process boundaries as JSON. */
export interface Diagnostic {
  phase: Phase;
  /** Row of {@link ERRORS}, e.g. `unknown-probe`. */
  code: ErrorCode;
  severity: Severity;
  /** One sentence: what is wrong. */
  message: string;
  /** One sentence: what to do. */
  remedy?: string;
  span?: Span;
  fix?: Fix;
  /** Other places that have to do with it. */
  related?: { message: string; span: Span }[];
  /** Program, map and errno name where they are known. */
  program?: string;
  map?: string;
  errno?: string;
  /** The whole log behind the one sentence (clang's, the verifier's), shown on request. */
  log?: string;
}

interface ErrorRow {
  phase: Phase;
  severity?: Severity;
  message: string;
  remedy?: string;
}

export const ERRORS = {
  // the command line, in the words of bpftrace where scripts look for them
  'bad-arguments': { phase: 'parse', message: '{reason}' },
  'flag-refused': { phase: 'parse', message: '{flag} is not supported', remedy: '{reason}' },
  'flag-value': { phase: 'parse', message: 'USAGE: {flag} can only be {allowed}, not {given}' },
  'flags-conflict': { phase: 'parse', message: 'USAGE: {flag} conflicts with {other}' },
  'output-format': {
    phase: 'parse',
    message: 'Invalid output format "{given}"',
    remedy: "Valid formats: 'text', 'json'",
  },
  'output-file': { phase: 'parse', message: 'Failed to open output file: "{file}": {reason}' },
  'output-failed': { phase: 'parse', message: 'Failed to write the output: {reason}' },
  'pattern-like-file': {
    phase: 'parse',
    severity: 'warning',
    message:
      "It appears that '{pattern}' is a filename but the file does not exist. Treating '{pattern}' as a search pattern.",
  },
  'bpftrace-only': {
    phase: 'parse',
    message: '{what} is shown of bpftrace programs only',
    remedy: 'Of BPF C, clang shows it: clang -target bpf -Xclang -ast-dump, or -emit-llvm -S.',
  },
  'bad-pid': { phase: 'parse', message: 'Failed to parse pid: {reason}: {given}' },
  'pid-range': { phase: 'parse', message: 'Pid out of range: {given}' },
  'no-process': { phase: 'parse', message: 'Failed to attach to pid: there is no process {pid}' },
  'probe-filter': { phase: 'parse', message: "Invalid --probe-filter regex '{given}': {reason}" },
  'unexpected-options': {
    phase: 'parse',
    message: 'unexpected program command line options: {names}',
    remedy: '{expected}',
  },
  'nothing-attached': { phase: 'attach', message: 'No probes attached; {remedy}' },
  // parse
  'syntax-error': { phase: 'parse', message: '{message}', remedy: '{remedy}' },
  'not-source': {
    phase: 'parse',
    message: '{file} is not a program text',
    remedy: 'Give the source: a bpftrace program, or BPF C in a file that ends in .c.',
  },
  'unreadable-file': {
    phase: 'parse',
    message: "failed to open file '{file}': {reason}",
    remedy: 'Check the path.',
  },
  'not-a-notebook': {
    phase: 'parse',
    message: '{file} is not a notebook: {reason}',
    remedy: 'Give a notebook that this program or Jupyter wrote.',
  },
  // check
  'unknown-probe': { phase: 'check', message: 'no such probe: {probe}', remedy: '{remedy}' },
  'unknown-field': { phase: 'check', message: '{owner} has no field {field}', remedy: '{remedy}' },
  'unknown-option': {
    phase: 'parse',
    severity: 'warning',
    message: 'unknown cell option: {option}',
    remedy: 'Known options: {known}.',
  },
  // the bpftrace language; `{name}` is what the user wrote
  'not-supported-yet': { phase: 'check', message: '{what} is not supported yet', remedy: '{remedy}' },
  'unknown-probe-type': { phase: 'check', message: 'Invalid probe type: {name}', remedy: '{remedy}' },
  'probe-parts': {
    phase: 'check',
    message: '{name} probe type requires {expected} argument(s)',
    remedy: 'It is written {signature}.',
  },
  'probe-offset': {
    phase: 'check',
    message: '{name} does not take an offset',
    remedy: 'Name the function alone.',
  },
  'self-signal': {
    phase: 'check',
    message: '{given} is not a supported {kind}',
    remedy: 'Write self:signal:SIGUSR1.',
  },
  'trial-name': {
    phase: 'check',
    message: '"{name}" was used as the name for more than one {kind} probe',
    remedy: 'Results are told by name: give each its own.',
  },
  'probe-clock': {
    phase: 'check',
    message: 'Invalid time of {name}: {given}',
    remedy: 'Write {name}:hz:N, :s:N, :ms:N, :us:N, or a duration as in {name}:10ms.',
  },
  'listed-only': {
    phase: 'attach',
    severity: 'warning',
    message: '{kind} probes are listed, but cannot be attached here: {reason}',
    remedy: 'Look for a tracepoint: ebpfnb list tracepoint.',
  },
  'no-function-probes': {
    phase: 'check',
    message: '{probe} cannot be attached: {reason}',
    remedy: 'Look for a tracepoint: ebpfnb list tracepoint.',
  },
  substituted: {
    phase: 'check',
    severity: 'hint',
    message: '{probe} is attached as {by}: {reason}',
  },
  'not-traceable': {
    phase: 'check',
    severity: 'warning',
    message:
      '{name} is not traceable (either non-existing, inlined, or marked as "notrace"); attaching to it will likely fail',
    remedy: '{remedy}',
  },
  'module-not-loaded': {
    phase: 'check',
    message: 'specified module {module} in probe {probe} is not loaded.',
    remedy: 'Load it with modprobe, or leave the module out if the function is built in.',
  },
  'no-attach-points': {
    phase: 'check',
    message: 'Probe has no valid attach points.',
    remedy: 'No function that can be probed matches. List them with: ebpfnb list PATTERN.',
  },
  'unsafe-address': {
    phase: 'check',
    message: '{name} of an address must be allowed: nobody can check that an instruction begins there',
    remedy: 'Allow it: with --unsafe on the command line, with //| unsafe: kprobe in a cell.',
  },
  'no-matches': { phase: 'check', message: 'No matches for {provider} {target}.', remedy: '{remedy}' },
  'no-matches-skipped': {
    phase: 'check',
    severity: 'warning',
    message: 'No matches for {provider} {target}. Skipping.',
  },
  'no-probes': {
    phase: 'parse',
    message: 'No probes to attach',
    remedy: 'A program is made of probes: tracepoint:sched:sched_switch { … }',
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
  'too-many-probes': {
    phase: 'check',
    message: "Can't attach to {count} probes because it exceeds the current limit of {limit} probes.",
    remedy:
      'Match fewer, or raise max_probes and max_bpf_progs in a config block or by BPFTRACE_MAX_PROBES and BPFTRACE_MAX_BPF_PROGS.',
  },
  'unknown-identifier': { phase: 'check', message: "Unknown identifier: '{name}'", remedy: '{remedy}' },
  'unknown-function': { phase: 'check', message: "Unknown function: '{name}'", remedy: '{remedy}' },
  'unknown-type': { phase: 'check', message: "Cannot resolve unknown type '{name}'" },
  'no-fields': { phase: 'check', message: 'Can not access field {field} on expression of type {given}' },
  'undefined-variable': {
    phase: 'check',
    message: 'Undefined or undeclared variable: {name}',
    remedy: '{remedy}',
  },
  'undefined-map': {
    phase: 'check',
    message: 'Undefined map: {name}',
    remedy: '{remedy}',
  },
  'probe-name': {
    phase: 'check',
    message: 'a name in front of a probe, as in {name}=, is reserved for later versions',
    remedy: 'Write the probe alone.',
  },
  'stack-arguments': {
    phase: 'check',
    message: 'sarg* is deleted. This was deprecated in v0.21 and was last available in v0.24.',
    remedy: 'Use *(reg("sp") + <stack_offset>) instead.',
  },
  'string-too-long': {
    phase: 'check',
    message: 'String is too long (over {most} bytes)',
    remedy: 'Strings have at most max_strlen bytes: set it in a config block.',
  },
  'print-in-loop': {
    phase: 'check',
    severity: 'warning',
    message:
      "Due to its asynchronous nature using 'print()' in a loop can lead to unexpected behavior. The map will likely be updated before the runtime can 'print' it.",
    remedy: 'Print single values in a loop, and maps behind it.',
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
  'unused-map': { phase: 'check', severity: 'warning', message: 'Unused map: {name}' },
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
  'map-type-mismatch': {
    phase: 'check',
    message:
      "Type mismatch for {name}: trying to assign value of type '{given}' when map already has a type '{expected}'",
    remedy: 'It got that type in line {line}.',
  },
  'map-key-mismatch': {
    phase: 'check',
    message:
      "Argument mismatch for {name}: trying to access with arguments: '{given}' when map expects arguments: '{expected}'",
    remedy: '{remedy}',
  },
  'map-needs-key': {
    phase: 'check',
    message:
      '{name} used as a map without an explicit key (scalar map), previously used with an explicit key (non-scalar map)',
    remedy: '{remedy}',
  },
  'map-without-key': {
    phase: 'check',
    message:
      '{name} used as a map with an explicit key (non-scalar map), previously used without an explicit key (scalar map)',
    remedy: '{remedy}',
  },
  'map-key-type': { phase: 'check', message: '{given} cannot be part of a map key' },
  'map-needed': { phase: 'check', message: '{name}() expects a map argument{why}' },
  'map-scalar': {
    phase: 'check',
    message: 'call to {call} expects a map with explicit keys (non-scalar map)',
  },
  'map-keyed': {
    phase: 'check',
    message: 'call to delete() with a single argument expects a map without explicit keys (scalar map)',
    remedy: 'Name the key: delete(@map, key). clear(@map) removes all.',
  },
  'string-like': {
    phase: 'check',
    message: 'string-like values must be either strings, arrays or pointers',
    remedy: '{name}() takes those; {given} is none.',
  },
  'debugf-shared': {
    phase: 'check',
    severity: 'warning',
    message:
      'The debugf() builtin is not recommended for production use. For more information see bpf_trace_printk in bpf-helpers(7).',
    remedy: 'Use printf.',
  },
  'map-whole': {
    phase: 'check',
    message: 'The map passed to {name}() should not be indexed by a key',
    remedy: 'Write {map}.',
  },
  'map-kind': { phase: 'check', message: 'Invalid bpf map type: {kind}', remedy: '{remedy} Known: {known}.' },
  'map-entries': { phase: 'check', message: '{kind}() takes the number of entries, at least 1' },
  'map-declared-twice': { phase: 'check', message: 'Map {name} was already declared' },
  'aggregation-place': {
    phase: 'check',
    message: '{name}() must be assigned directly to a map',
    remedy: 'Write @name = {name}(…).',
  },
  'aggregation-copied': {
    phase: 'check',
    message:
      "Map value '{given}' cannot be assigned from one map to another. The function that returns this type must be called directly e.g. `{name} = {of}(…);`.",
    remedy: '{remedy}',
  },
  'aggregation-differs': {
    phase: 'check',
    message: '{name}() of {map} was used with other parameters before',
    remedy: 'One map has one set of buckets.',
  },
  'argument-count': { phase: 'check', message: '{name}() requires {expected} ({given} provided)' },
  'argument-type': {
    phase: 'check',
    message: '{name}() only supports {expected} arguments ({given} provided)',
  },
  'argument-range': { phase: 'check', message: '{name}() takes {least} to {most} {what} ({given} provided)' },
  'literal-needed': {
    phase: 'check',
    message: '{name}() expects a literal as its {what}',
    remedy: 'It must be known before the program runs.',
  },
  'bucket-bounds': { phase: 'check', message: '{reason}' },
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
  'format-unknown': {
    phase: 'check',
    message: 'unsupported format specifier: {letter}',
    remedy: 'Known are d i u o x X c s p, and r rx rh gr.',
  },
  'print-arguments': {
    phase: 'check',
    message: 'Non-map print() only takes 1 argument, {given} found',
    remedy: 'top and divisor are for whole maps.',
  },
  'print-element': {
    phase: 'check',
    message: 'Map type {given} cannot print the value of individual keys. You must print the whole map.',
    remedy: 'Write print({map}).',
  },
  'print-stats': {
    phase: 'check',
    severity: 'warning',
    message: "print()'s top and div arguments are ignored when used on stats() maps.",
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
  'not-in-probe': {
    phase: 'check',
    message: '{name} can not be used with {here} probes, only with: {probes}',
    remedy: '{remedy}',
  },
  'probe-language': {
    phase: 'check',
    message: 'Names of {given} are not known',
    remedy: 'Write the symbol itself, or cpp:"name" for a C++ function.',
  },
  'offset-outside': {
    phase: 'check',
    message: "Offset outside the function bounds ('{name}' size is {size})",
    remedy: 'Write a smaller offset; it counts bytes from the start of the function.',
  },
  'unknown-user-symbol': {
    phase: 'check',
    message: 'Could not resolve symbol: {binary}:{name}',
    remedy: 'Names are those of the symbol table, which a stripped file does not have.',
  },
  'symbol-of-many': {
    phase: 'check',
    message: '{name}() needs a probe at one place',
    remedy: 'Write a probe for each function instead of a wildcard.',
  },
  'iterator-pin': {
    phase: 'check',
    message: 'iter:{name} cannot be pinned: nothing stays behind when a run ends',
    remedy: 'Write iter:{name} alone; its output is shown here.',
  },
  'iterator-alone': {
    phase: 'check',
    message: 'An iter probe cannot stand together with others',
    remedy: 'Run it by itself; begin and end may be there.',
  },
  'no-wildcard': {
    phase: 'check',
    message: 'Wildcards are not allowed for {name} probes',
    remedy: 'Write one probe for each event.',
  },
  'unknown-event': { phase: 'check', message: 'Unknown {type} event: {name}', remedy: '{remedy}' },
  'event-count': {
    phase: 'check',
    message: 'Invalid count of {name}: {given}',
    remedy: 'The probe runs at every count-th event: a number from 1.',
  },
  'watchpoint-parts': {
    phase: 'check',
    message: 'Invalid watchpoint: {reason}',
    remedy: 'It is written watchpoint:ADDRESS:LENGTH:MODE, as in watchpoint:0x10000000:8:rw.',
  },
  'usdt-argument': {
    phase: 'check',
    message: '{probe} has no {name}',
    remedy: 'Its arguments are listed by: ebpfnb list -v {probe}',
  },
  'argument-register': {
    phase: 'check',
    message: '{name} is not passed in a register here',
    remedy: 'Arguments are arg0 to arg5.',
  },
  'missing-parameter': {
    phase: 'check',
    severity: 'warning',
    message: 'Positional parameter ${index} is empty or not provided.',
    remedy: 'It reads as 0, or as the empty string.',
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
  'for-scalar-map': {
    phase: 'check',
    message: '{name} has no explicit keys (scalar map), and cannot be used for iteration',
  },
  'for-aggregation': { phase: 'check', message: "Loop expression does not support type '{name}_t'" },
  'macro-arguments': {
    phase: 'check',
    message: 'Call to {name}() has arguments that do not match any definition.',
    remedy: 'The closest is {signature}: $names are variables, @names whole maps.',
  },
  'macro-endless': {
    phase: 'check',
    message: 'Recursive macro call detected. Call chain: {chain}',
    remedy: 'Macros are expanded while compiling; a for loop can repeat.',
  },
  'macro-redefined': {
    phase: 'check',
    message: 'Redefinition of macro: {name}',
    remedy: 'Line {line} has one that takes the same kinds of arguments.',
  },
  'macro-parameter-twice': {
    phase: 'check',
    message: 'Macro argument has already been used: {name}',
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
  'import-refused': { phase: 'parse', message: 'cannot import "{path}": {reason}', remedy: '{remedy}' },
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
  'bad-address': { phase: 'check', message: "Invalid IP address: '{given}'" },
  failed: { phase: 'check', message: '{message}' },
  'assertion-failed': { phase: 'check', message: 'assertion failed: {message}' },
  'variable-needed': { phase: 'check', message: '{name}() expects a $variable for its result' },
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
  'scratch-size': {
    phase: 'generate',
    message: 'this probe needs {bytes} bytes for its strings and stacks, and Linux gives {most}',
    remedy:
      'Lower max_strlen in a config block, give stacks a lower limit, or use fewer of them in one statement.',
  },
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
  'mac-literal': { phase: 'check', message: 'macaddr() does not support literal string arguments' },
  'mac-size': { phase: 'check', message: 'macaddr() argument must be at least 6 bytes in size' },
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
  'negative-length': {
    phase: 'check',
    message: '{name} cannot use negative length ({given})',
    remedy: 'The length counts bytes, from 0 on.',
  },
  'string-shortened': {
    phase: 'check',
    severity: 'warning',
    message:
      'length param ({given}) is too long and will be shortened to {most} bytes (see BPFTRACE_MAX_STRLEN)',
    remedy: 'Raise max_strlen in a config block.',
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
    remedy: 'See reg() in the language reference for their names.',
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
    message: '{name}() accepts a string literal or an integer between 1 and 64 (inclusive)',
    remedy: 'Signals have numbers, or names such as "SIGKILL": {given} is none.',
  },
  'not-in-function': {
    phase: 'check',
    message: '{name} can not be used in a function',
    remedy: 'Use it in the probe: functions do not know what it interrupted.',
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
  'index-range': { phase: 'check', message: 'the index {index} is out of bounds for array of size {length}' },
  'not-indexable': {
    phase: 'check',
    message: 'The array index operator [] can not be used on expressions of type {given}',
  },
  'header-from-btf': {
    phase: 'parse',
    severity: 'hint',
    message: '{header} is not installed, and not needed: types of Linux come from its BTF',
  },
  'c-definition': { phase: 'parse', message: 'this C definition cannot be read: {reason}' },
  'index-type': { phase: 'check', message: "An index must be an integer, not '{given}'" },
  'assign-target': {
    phase: 'check',
    message: '{what} cannot be assigned to',
    remedy: 'Assign to a $variable or a @map.',
  },
  'comptime-unresolved': {
    phase: 'check',
    message: 'Unable to resolve comptime expression',
    remedy: 'It must be made of constants and of questions about types.',
  },
  'type-as-value': {
    phase: 'check',
    message: 'typeof is valid only where a type stands, and as an argument of a macro that expects a type',
    remedy: 'Its name as text is typeinfo(…).full_type.',
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
  'not-described': {
    phase: 'check',
    message: '{name} of {probe} is not described by the type information of this Linux',
    remedy: 'Use arg0, arg1, … with casts, or a tracepoint.',
  },
  'no-address': {
    phase: 'check',
    message: 'this has no address',
    remedy: 'The addresses of a $variable and of a whole @map can be taken.',
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
  // compile
  'no-clang': { phase: 'compile', message: 'clang was not found', remedy: 'Install it: {command}' },
  'no-objdump': {
    phase: 'compile',
    message: '{program} was not found',
    remedy: 'Install the llvm package that goes with your clang.',
  },
  'clang-error': { phase: 'compile', message: '{message}', remedy: '{remedy}' },
  'not-a-program': {
    phase: 'compile',
    severity: 'warning',
    message: 'function {name} has no SEC(), so it is not a program and never runs',
    remedy: 'Put SEC("tp/…"), SEC("uprobe/…") or another attach point before it, or make it static.',
  },
  'no-license': {
    phase: 'compile',
    severity: 'warning',
    message: 'the program states no license, so Linux refuses it many helpers',
    remedy: 'Add: char LICENSE[] SEC("license") = "GPL";',
  },
  'record-untyped': {
    phase: 'compile',
    severity: 'warning',
    message: 'the type of the records in ring buffer {ring} is not known',
    remedy: "Submit or output a pointer of the record's struct type instead of void *.",
  },
  'records-alike': {
    phase: 'compile',
    severity: 'warning',
    message:
      'records {first} and {second} of ring buffer {ring} have the same size ({size} bytes) and are both shown as {first}',
    remedy: 'Give each its own ring buffer, or make their sizes differ.',
  },
  'unknown-parameter': { phase: 'compile', message: 'there is no parameter {name}', remedy: '{remedy}' },
  'bad-parameter': { phase: 'compile', message: 'parameter {name} cannot be "{value}": {reason}' },
  // open, load, attach
  'not-an-object': {
    phase: 'open',
    message: 'this is not a BPF object file: {reason}',
    remedy: 'Give an ELF object made by clang with -target bpf.',
  },
  'verifier-refused': {
    phase: 'load',
    message: 'the verifier refused program {program}: {reason}',
    remedy: '{remedy}',
  },
  'map-gone': {
    phase: 'load',
    message: 'the cell that {name} belongs to was run again or removed meanwhile',
    remedy: 'Run this cell again.',
  },
  'load-failed': {
    phase: 'load',
    message: 'program {program} could not be loaded: {reason}',
    remedy: '{remedy}',
  },
  'probe-unattached': {
    phase: 'attach',
    message: 'Unable to attach probe: {target}: {reason}',
    remedy: '{remedy}',
  },
  'attach-failed': {
    phase: 'attach',
    message: '{program} could not be attached to {target}: {reason}',
    remedy: '{remedy}',
  },
  'no-privilege': { phase: 'open', message: 'loading BPF programs needs root: {reason}', remedy: '{remedy}' },
  'workload-failed': {
    phase: 'open',
    message: 'the workload {program} could not be started: {reason}',
    remedy: 'Check the command and the folder that it starts in.',
  },
  'loader-died': {
    phase: 'stream',
    message: 'the loader ended unexpectedly ({reason}); its probes are detached',
    remedy: 'Run the cell again, or restart the kernel.',
  },
  'kernel-died': {
    phase: 'stream',
    message: 'the notebook kernel ended unexpectedly ({reason}); its probes are detached',
    remedy: 'Restart the kernel and run the cell again.',
  },
  internal: {
    phase: 'stream',
    message: 'internal error: {message}',
    remedy: 'Please report this with the notebook that caused it.',
  },
} as const satisfies Record<string, ErrorRow>;
export type ErrorCode = keyof typeof ERRORS;

/** Where and about what a problem is; `phase` and `severity` override the table's row. */
export interface ProblemDetails {
  span?: Span | undefined;
  phase?: Phase;
  severity?: Severity;
  program?: string;
  map?: string;
  errno?: string;
  log?: string;
}

/** Makes a {@link Diagnostic} from a row of {@link ERRORS}; an empty remedy is left out. */
export function problem(
  code: ErrorCode,
  values: Record<string, string | number> = {},
  details: ProblemDetails = {},
): Diagnostic {
  const row: ErrorRow = ERRORS[code];
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  const remedy = row.remedy && fill(row.remedy).trim();
  const { span, phase, severity, ...rest } = details;
  return {
    phase: phase ?? row.phase,
    code,
    severity: severity ?? row.severity ?? 'error',
    message: fill(row.message),
    ...(remedy ? { remedy } : {}),
    ...(span ? { span } : {}),
    ...rest,
  };
}

/** Thrown where a function cannot go on; carries the diagnostics, never a bare string. */
export class CellError extends Error {
  constructor(readonly diagnostics: Diagnostic[]) {
    super(diagnostics[0]?.message ?? 'cell failed');
    this.name = 'CellError';
  }
}
