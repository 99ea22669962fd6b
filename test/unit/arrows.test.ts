import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violationsIn } from '../../scripts/arrows.mjs';

/** file, its source, and the line and part of the message of each violation expected. */
const CASES: [path: string, source: string, ...violations: [line: number, message: string][]][] = [
  [
    'kernel/language/parser.ts',
    "import { x } from './scanner.ts';\nimport type { Span } from '../errors.ts';",
  ],
  ['kernel/language/parser.ts', "import fs from 'node:fs';", [1, 'pure']],
  ['kernel/notebook/parse.ts', "\nimport * as vscode from 'vscode';", [2, 'pure']],
  ['kernel/views/table.ts', "export { run } from '../session/run.ts';", [1, 'views must not import kernel']],
  ['kernel/errors.ts', "import os from 'os';", [1, 'pure']],
  ['kernel/layout.ts', "import type { Run } from './protocol.ts';", [1, 'layout must not import protocol']],
  ['kernel/protocol.ts', "import {\n  a,\n} from '../extension/a.ts';", [3, 'must not import extension']],
  [
    'kernel/session/run.ts',
    "import { native } from '../../native/addon.ts';",
    [1, 'kernel must not import native'],
  ],
  ['scripts/test.mjs', "import { readFileSync } from 'node:fs';\nconst a = await import('esbuild');"],
  ['scripts/test.mjs', "import * as esbuild from 'esbuild';", [1, 'it where it is used']],
  ['kernel/loader/server.ts', "import { native } from '../../native/addon.ts';"],
  ['kernel/btf/source.ts', "import { native } from '../../native/addon.ts';"],
  [
    'kernel/loader/server.ts',
    "import { compile } from '../compile/index.ts';",
    [1, 'loader must not import kernel'],
  ],
  ['kernel/cli/main.ts', "const m = await import('../../extension/a.ts');", [1, 'must not import extension']],
  [
    'extension/controller.ts',
    "import type { Panel } from '../kernel/protocol.ts';\nimport * as vscode from 'vscode';",
  ],
  [
    'extension/controller.ts',
    "import type { Run } from '../kernel/session/run.ts';",
    [1, 'extension must not import kernel'],
  ],
  ['native/addon.ts', "import { paths } from '../kernel/paths.ts';", [1, 'native must not import paths']],
  [
    'scripts/start.mjs',
    "import { PHASES } from '../kernel/errors.ts';",
    [1, 'scripts must not import errors'],
  ],
  ['kernel/language/doc.ts', "// import fs from 'node:fs';\n/* import 'vscode'; */"],
  ['elsewhere/x.ts', '', [1, 'no area']],
];

for (const [path, source, ...violations] of CASES) {
  test(`${path}: ${source.trim().replaceAll('\n', ' ')}`, () => {
    const found = violationsIn(path, source);
    assert.deepEqual(
      found.map(violation => violation.line),
      violations.map(([line]) => line),
    );
    for (const [index, [, message]] of violations.entries())
      assert.match(found[index]!.message, new RegExp(message));
  });
}
