/** What is listed, and functions that cannot be probed: each is told with its reason. Which they are, Linux says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { TestKernel } from '../host/kernel-helpers.ts';

const words = (path: string, column: number): string[] =>
  readFileSync(path, 'latin1')
    .split('\n')
    .map(line => line.split(/\s+/)[column] ?? '');

/** Which one a row is about; undefined where this Linux has none. */
type Choose = (linux: {
  traceable: Set<string>;
  symbols: Set<string>;
  blacklist: Set<string>;
}) => string | undefined;

const PLAIN = /^[a-z][a-z0-9_]*$/;
const ROWS: [what: string, choose: Choose, told: (name: string) => RegExp][] = [
  [
    'renamed by the compiler',
    ({ traceable, symbols }) =>
      [...traceable]
        .find(name => /^[a-z]\w*\.isra\.0$/.test(name) && !symbols.has(name.slice(0, -'.isra.0'.length)))
        ?.slice(0, -'.isra.0'.length),
    name => new RegExp(`named it anew: probe ${name}\\.isra\\.0`),
  ],
  [
    'blacklisted',
    ({ traceable, blacklist }) => [...blacklist].find(name => PLAIN.test(name) && !traceable.has(name)),
    name => new RegExp(`Linux forbids probes in ${name} `),
  ],
  [
    'notrace',
    ({ traceable, symbols, blacklist }) =>
      [...symbols].find(
        name =>
          name.startsWith('ftrace_') && PLAIN.test(name) && !traceable.has(name) && !blacklist.has(name),
      ),
    name => new RegExp(`${name} is there, but marked notrace`),
  ],
  ['misspelt', () => 'vfs_raed', () => /Did you mean vfs_read\?/],
];

/** `without`: why there are no kprobes here. */
export function describeUntraceable(tests: TestKernel, without: string | false): void {
  describe('functions that cannot be probed', { skip: without }, () => {
    const linux = without
      ? undefined
      : {
          traceable: new Set(words('/sys/kernel/tracing/available_filter_functions', 0)),
          symbols: new Set(words('/proc/kallsyms', 2)),
          blacklist: new Set(words('/sys/kernel/debug/kprobes/blacklist', 1)),
        };
    for (const [what, choose, told] of ROWS)
      test(what, async () => {
        const name = choose(linux!);
        assert.ok(name, 'this Linux has such a function');
        const { diagnostics } = await tests.run(`kprobe:${name} { exit(); }`);
        const codes = diagnostics.map(({ code }) => code);
        assert.deepEqual(codes, ['not-traceable', 'no-matches'], name);
        assert.match(diagnostics[0]!.remedy ?? 'nothing', told(name));
      });

    test('functions of modules are listed with their arguments', async () => {
      const [listed] = await tests.kernel.listProbes('kprobe:overlay:ovl_open', { verbose: true });
      assert.deepEqual(listed, {
        name: 'kprobe:overlay:ovl_open',
        args: [
          { name: 'inode', type: 'struct inode *' },
          { name: 'file', type: 'struct file *' },
        ],
      });
    });
  });
}
