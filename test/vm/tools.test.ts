/** Tools that were built on the host run here, on another Linux and without clang. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decodeTool } from '../../kernel/tool/file.ts';
import { native } from '../../native/addon.ts';
import { ebpfnb, skip } from '../host/kernel-helpers.ts';

const file = (name: string) => fileURLToPath(new URL(`../../.build/vm/tools/${name}.ebpf`, import.meta.url));
const missing = skip ? {} : native.missingFeatures();

/** The command that is traced is found by its path. */
const ALONE = { PATH: '/nonexistent', EBPFNB_CACHE: '/nonexistent', EBPFNB_CLANG: '' };
const trace = (name: string, ...args: string[]) =>
  ebpfnb(['trace', '-q', ...args, file(name), '-c', '/bin/cat /etc/hostname'], { env: ALONE });

const rowsOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter(line => line.startsWith('{"type":"row"'))
    .map(line => JSON.parse(line).data);

/** Each needs probes at functions, of both ways. */
const absent = missing.kprobe ?? missing.fentry ?? (existsSync(file('families')) ? false : 'none was built');

describe('tools', { skip: skip || absent }, () => {
  test('all kinds of programs at functions, members where they are here', () => {
    const { linux } = decodeTool(readFileSync(file('families')), 'families').built;
    assert.notEqual(linux, release());
    const { stdout, stderr } = trace('families', '-f', 'json', '--param', 'tag=7');
    const rows = rowsOf(stdout);
    assert.deepEqual(
      rows.map(({ kind }) => kind).sort(),
      [
        ...['fentry', 'fentry_sleepable', 'fexit', 'kprobe', 'kprobe_multi', 'kprobe_offset', 'kretprobe'],
        ...['kretprobe_multi', 'kretsyscall', 'ksyscall', 'raw_tp', 'tp', 'tp_btf', 'uprobe_sleepable'],
        'uretprobe_multi',
      ],
      stderr,
    );
    for (const { tag, pid, tgid } of rows) assert.deepEqual([tag, tgid], [7, pid]);
    const [{ built_at, found_at }] = rows;
    assert.notEqual(built_at, found_at);
  });

  test('entry and return by one program, or the reason why not', () => {
    const { stdout, stderr } = trace('session', '-f', 'json');
    if (missing.kprobe_session) assert.match(stderr, /kprobe\.session\/vfs_read cannot be attached/);
    else assert.deepEqual(new Set(rowsOf(stdout).map(({ returns }) => returns)), new Set([0, 1]), stderr);
  });

  test('a bpftrace program: its patterns mean what is here', () => {
    const { stdout, stderr } = ebpfnb(
      ['trace', '-q', file('reads'), '--word-count', '3', '-c', '/bin/cat /etc/hostname'],
      { env: ALONE },
    );
    assert.match(stdout, /^many 1 1$/m, stderr);
    assert.match(stdout, /^exit cat$/m);
    assert.match(stdout, /@asked\[kprobe:vfs_read\]: [1-9]/);
    assert.match(stdout, /@read: [1-9]/);
    assert.match(stdout, /@mode\[1\]: [1-9]|@mode\[true\]: [1-9]/);
  });
});
