/** What a part of a program may be wrapped in: `#` is the part. */
export const EXPRESSION_SHAPES = [
  ...[
    '(#, 1)',
    '(#, "a").0',
    '(a=#, b=1)',
    '((#, 1), 2)',
    '(a=#, b=(1, 2)).b',
    '{ # }',
    '{ let $w = #; $w }',
  ],
  ...['(pid > 0 ? # : #)', '(# ?: #)', '(1 ? # : #)', 'if (pid > 0) { # } else { # }', '(pid > 0 ? # : 0)'],
  ...[
    '(int8)#',
    '(uint64)#',
    '(bool)#',
    '(uint8[8])#',
    '(string[8])#',
    '(uint64*)#',
    '(struct task_struct*)#',
  ],
  ...['-#', '!#', '~#', '# + 1', '1 - #', '# / 3', '# % -7', '# << 3', '# >> #', '# == #', '# != 0', '# < #'],
  ...['# && #', '# || 1', '# & 255', '#[0]', '#[pid % 4]', '#.0', '*#', '*(uint64*)#', '&#', 'comptime #'],
  ...['str(#)', 'str(#, 8)', 'buf(#, 8)', 'len(#)', 'sizeof(#)', 'strlen(#)', 'strcontains(str(#), "a")'],
  ...[
    '@wrapped[#]',
    '@wrapped[#, 1]',
    '@wrapped[(#, "b")]',
    'hist(#)',
    'sum(#)',
    'max(#)',
    'lhist(#, 0, 9, 1)',
  ],
];

export const STATEMENT_SHAPES = [
  ...['if (pid > 0) { # }', 'if (pid > 0) { # } else { # }', 'if (0) { # } else { # }', '{ # }'],
  ...[
    'for $each : 0..3 { # }',
    'for $each : 0..(int64)pid { # }',
    'for $kv : @pairs { # }',
    'unroll (3) { # }',
  ],
  ...['let $turn = 0; while ($turn < 3) { #; $turn++ }', 'for $a : 0..2 { for $b : 0..2 { # } }'],
  ...[
    '@pairs[1] = 2; for $kv : @pairs { #; print($kv) }',
    'for $each : 0..3 { if ($each == 1) { break } # }',
  ],
];

/** What an expression may be kept in, in front of the statement that it is part of: `#` is it. */
export const KEEPERS: readonly [before: string, instead: string][] = [
  ['$kept = #; ', '$kept'],
  ['let $kept; $kept = #; ', '$kept'],
  ['@kept = #; ', '@kept'],
  ['@kept[1, "a"] = #; ', '@kept[1, "a"]'],
  ['$kept = (#, 1); ', '$kept.0'],
  ['@kept = (a=#, b=1); ', '@kept.a'],
  ['@by[#] = 1; ', '@by[#]'],
  ['$kept = #; $kept = #; ', '$kept'],
  ['if (pid > 0) { @kept = # } ', '@kept'],
];

/** Parts of the tree that are expressions and statements. */
export const EXPRESSIONS: ReadonlySet<string> = new Set([
  ...['integer', 'boolean', 'string', 'identifier', 'variable', 'map', 'positional', 'unary', 'binary'],
  ...['ternary', 'field', 'index', 'cast', 'call', 'tuple', 'record', 'sizeof', 'block', 'if-expression'],
]);
export const STATEMENTS: ReadonlySet<string> = new Set([
  ...['expression', 'assign', 'discard', 'let', 'if', 'while', 'unroll', 'for', 'return', 'block-statement'],
]);
