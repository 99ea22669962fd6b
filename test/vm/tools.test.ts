/** Tools that were built on the host run here, on another Linux and without clang. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decodeTool } from '../../kernel/tool/file.ts';
import { native } from '../../native/addon.ts';
import { skip, TestKernel, textOf } from '../host/kernel-helpers.ts';

const file = (name: string) => fileURLToPath(new URL(`../../.build/vm/tools/${name}.ebpf`, import.meta.url));
const toolOf = (name: string) => decodeTool(readFileSync(file(name)), name);

/** Nothing is compiled: there is no clang, and nothing that was compiled before. */
Object.assign(process.env, { PATH: '/nonexistent', EBPFNB_CACHE: '/nonexistent', EBPFNB_CLANG: '' });
const WORKLOAD = ['/bin/cat', '/etc/hostname'];

const missing = skip ? {} : native.missingFeatures();
const tests = new TestKernel();
after(() => tests.kernel.close());

function run(name: string, params: Record<string, string> = {}) {
  const tool = toolOf(name);
  const { language, source } = tool;
  const given = tool.generated ?? { positional: [], named: {}, config: {} };
  const about = { positional: given.positional, named: given.named, config: given.config, params };
  return tests.run(source, {
    ...{ language, tool, portable: true, standalone: true, workload: WORKLOAD },
    ...about,
  });
}

/** Programs at functions of Linux's own are what there is to see here. */
const absent = missing.kprobe ?? missing.fentry ?? (existsSync(file('families')) ? false : 'none was built');

describe('tools', { skip: skip || absent }, () => {
  test('all kinds of programs at functions, members where they are here', async () => {
    assert.notEqual(toolOf('families').built.linux, release());
    const { panels, diagnostics } = await run('families', { tag: '7' });
    const rows = panels.flatMap(panel =>
      panel.kind === 'table' && panel.of === 'records'
        ? panel.rows.map(row => Object.fromEntries(panel.columns.map(({ name }, i) => [name, row[i]])))
        : [],
    );
    assert.deepEqual(
      rows.map(({ kind }) => kind).sort(),
      [
        ...['fentry', 'fexit', 'kprobe', 'kprobe_multi', 'kprobe_offset', 'kretprobe', 'kretprobe_multi'],
        ...['kretsyscall', 'ksyscall', 'raw_tp', 'tp', 'tp_btf', 'uprobe_sleepable', 'uretprobe_multi'],
      ],
      JSON.stringify(diagnostics),
    );
    for (const { tag, pid, tgid } of rows) assert.deepEqual([tag, tgid], [7, pid]);
    const { built_at, found_at } = rows[0]!;
    assert.notEqual(built_at, found_at);
  });

  test('entry and return by one program', { skip: missing.kprobe_session || false }, async () => {
    const { panels, diagnostics } = await run('session');
    const returns = panels.flatMap(panel => (panel.kind === 'table' ? panel.rows.flat() : []));
    assert.deepEqual(new Set(returns), new Set([0, 1]), JSON.stringify(diagnostics));
  });

  test('a bpftrace program: its patterns mean what is here', async () => {
    const ended = await run('reads', { 'word-count': '3' });
    // Behind it stands what the command wrote.
    const lines = textOf(ended).slice(0, 3);
    assert.deepEqual(lines, ['many 1 1', 'exit cat', '1 1 1'], JSON.stringify(ended.diagnostics));
  });
});
