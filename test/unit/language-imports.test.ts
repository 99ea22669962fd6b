/** `import`: files given by name; what they bring, where their mistakes are told, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBpftrace, type Importer, readableC } from '../../kernel/language/index.ts';
import { compile, golden, target } from './language-fixtures.ts';

const FILES: Readonly<Record<string, string>> = {
  'helpers.bt':
    'import "types.h"; import "main.bt";\nmacro greet(x) { printf("hello %s\\n", x); }\nfn twice($a: int64): int64 { return $a * 2; }\nbegin { @shared = 3; }',
  'main.bt': 'import "helpers.bt";',
  'types.h':
    '#ifndef T\n#define T\n#define ANSWER 42\nstruct pair { int a; char b[4]; };\nstatic inline int f(int a) { return a; }\n#endif',
  'sums.bpf.c':
    '#include <linux/types.h>\n/* not_this(int a) { */\nint add(int a, const char *b) { return a; }\nstatic const int zero = 0;\nstatic __u64 __always_inline own(void)\n{\n\tif (1) { return 2; }\n\treturn 1;\n}\nchar LICENSE[] SEC("license") = "GPL";',
  'wrong.bt': 'begin {\n  print($x);\n}',
  'config.bt': 'config = { max_strlen = 8 } begin { }',
};

const importer: Importer = name => {
  const text = FILES[name];
  return text === undefined
    ? { reason: 'there is no such file', remedy: 'Look again.' }
    : [{ name, path: `/lib/${name}`, text }];
};

const told = (source: string, options: Parameters<typeof compile>[1] = { importer }) =>
  compile(source, options).diagnostics.map(
    ({ span, code }) => `${span!.file ?? 'cell'}:${span!.start.line + 1} ${code}`,
  );

test('macros, functions, types and probes of an import, once however often it is named', () => {
  const source =
    'import "helpers.bt";\nimport "helpers.bt";\nimport "sums.bpf.c";\nbegin { greet("you"); print(twice(ANSWER)); print(sizeof(struct pair)); print(add(1, "x") + (int64)own()); }';
  const { cell, diagnostics } = compile(source, { importer });
  assert.deepEqual(diagnostics, []);
  assert.equal(cell!.layout.programs.length, 2);
  golden('imports.c', readableC(cell!.c));
});

test('mistakes are told in their own file and line', () => {
  assert.deepEqual(told('import "wrong.bt";\nbegin { print($y); }'), [
    'wrong.bt:2 undefined-variable',
    'cell:2 undefined-variable',
  ]);
});

test('what cannot be imported', () => {
  assert.deepEqual(told('import "none.bt";\nimport "config.bt";\nbegin { }'), [
    'cell:1 import-refused',
    'config.bt:1 import-config',
  ]);
});

test('an import in a block must be allowed', () => {
  const block = 'begin { if (1) { import "helpers.bt"; } greet("x"); }';
  assert.deepEqual(told(block), ['cell:1 import-statement', 'cell:1 unknown-function']);
  assert.deepEqual(told(`config = { unstable_import_statement = enable } ${block}`), []);
});

test('without a reader of files, what imports may bring is taken for sound', () => {
  assert.deepEqual(checkBpftrace('import "helpers.bt"; begin { greet("x"); }', { target }), []);
  assert.deepEqual(told('import "helpers.bt"; begin { }', {}), ['cell:1 import-refused']);
});
