import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { clangDiagnostics } from '../../kernel/compile/diagnostics.ts';

/** name → the cell, and what clang says of it in its temporary folder */
const CASES: Record<string, { source: string; output: string }> = {
  'missing semicolon': {
    source: 'int f(void)\n{\n\treturn 0\n}\n',
    output: "<cell>:3:10: error: expected ';' after return statement\n1 error generated.\n",
  },
  'a range counts the line marker before the cell': {
    source: '#include "nothere.h"\n',
    output: "<cell>:1:10:{2:10-2:21}: fatal error: 'nothere.h' file not found\n1 error generated.\n",
  },
  'columns are bytes, spans are UTF-16': {
    source: '/* größer 🐝 */ zork;\n',
    output: "<cell>:1:21: error: use of undeclared identifier 'zork'\n",
  },
  'an error in a header cell stands at its include': {
    source: '#include "vmlinux.h"\n  #include "event.h"\n',
    output:
      "In file included from <cell>:2:\n./event.h:1:17: warning: expected ';' at end of declaration list [-Wmissing-semi]\n./event.h:2:12: error: unknown type name 'zoo'\n1 warning and 1 error generated.\n",
  },
  'a header in a header': {
    source: '#include "outer.h"\n',
    output:
      "In file included from <cell>:1:\nIn file included from ./outer.h:3:\n/home/me/book/inner.h:7:1: error: expected '}'\n/home/me/book/inner.h:4:2: note: to match this '{'\n",
  },
  'two worlds of headers clash once': {
    source: '#include <linux/bpf.h>\n#include "vmlinux.h"\n',
    output: `In file included from <cell>:2:
/tmp/ebpfnb-x/vmlinux.h:32:26: error: typedef redefinition with different types ('a' vs 'b')
/usr/include/x.h:68:22: note: previous definition is here
/tmp/ebpfnb-x/vmlinux.h:34:25: error: redefinition of 'c'
2 errors generated.
`,
  },
  'the function of a C library': {
    source: 'int f(void) { return log2l(3); }\n',
    output:
      "<cell>:1:22: error: call to undeclared library function 'log2l' with type 'long double (long double)'; ISO C99 and later do not support implicit function declarations [-Wimplicit-function-declaration]\n<cell>:1:22: note: include the header <math.h> or explicitly provide a declaration for 'log2l'\n",
  },
  'a macro of another header': {
    source: 'int BPF_KSYSCALL(f) { return 0; }\n',
    output:
      "<cell>:1:5: error: call to undeclared function 'BPF_CORE_READ'; ISO C99 and later do not support implicit function declarations [-Wimplicit-function-declaration]\n",
  },
  'the end of the text': {
    source: 'int f(void) {',
    output: "<cell>:3:1: error: expected '}'\n<cell>:1:13: note: to match this '{'\n",
  },
  'clang itself': { source: '', output: 'clang: error: unable to execute command: Killed\n' },
  nothing: { source: '', output: '' },
};

const GOLDEN = new URL('./golden/compile/diagnostics.json', import.meta.url);

test("clang's messages become diagnostics of the cell", () => {
  const actual = Object.fromEntries(
    Object.entries(CASES).map(([name, { source, output }]) => [
      name,
      clangDiagnostics(output, source, ['/tmp/ebpfnb-x', '/home/me/book']),
    ]),
  );
  if (process.env['UPDATE_GOLDEN'] || !existsSync(GOLDEN))
    writeFileSync(GOLDEN, `${JSON.stringify(actual, null, 2)}\n`);
  assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(readFileSync(GOLDEN, 'utf8')));
});
