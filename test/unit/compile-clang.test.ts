import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findClang, installCommand } from '../../kernel/compile/clang.ts';

function withPrograms(names: string[], check: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'ebpfnb-test-'));
  try {
    for (const name of names) {
      writeFileSync(join(folder, name), '');
      if (!name.endsWith('-plain')) chmodSync(join(folder, name), 0o755);
    }
    check(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const FOUND: [programs: string[], expected: string][] = [
  [['clang'], 'clang'],
  [['clang-14', 'clang-19', 'clang-9'], 'clang-19'],
  [['clang', 'clang-15', 'clang-format-19', 'clang-cpp-20'], 'clang-15'],
  [['clang', 'clang-13'], 'clang'],
];

for (const [programs, expected] of FOUND) {
  test(`of ${programs.join(', ')}: ${expected}`, () =>
    withPrograms(programs, folder =>
      assert.equal(findClang({ PATH: `/nowhere:${folder}` }), join(folder, expected)),
    ));
}

test('EBPFNB_CLANG wins', () =>
  assert.equal(findClang({ PATH: '', EBPFNB_CLANG: '/opt/clang' }), '/opt/clang'));

test('without clang the error says how to get it', () =>
  assert.throws(() => findClang({ PATH: '/nowhere' }), { message: 'clang was not found' }));

const COMMANDS: [osRelease: string, command: RegExp][] = [
  ['ID=debian\n', /^sudo apt install clang$/],
  ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', /^sudo apt install clang$/],
  ['ID=fedora\n', /^sudo dnf install clang$/],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', /^sudo zypper install clang$/],
  ['ID=arch\n', /^sudo pacman -S clang$/],
  ['ID=something\n', /package manager/],
  ['', /package manager/],
];

for (const [osRelease, command] of COMMANDS) {
  test(`install on ${JSON.stringify(osRelease)}`, () => assert.match(installCommand(osRelease), command));
}
