/** Stacks and symbols of programs built here, and of Linux itself. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tableForm } from '../../kernel/notebook/index.ts';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, skip, TestKernel } from './kernel-helpers.ts';

const folder = scratchFolder();
const inFolder = (name: string) => join(folder, name);
const frames = inFolder('frames');
const shop = inFolder('shop');

function output(command: string, ...words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  assert.equal(status, 0, stderr ?? error?.message);
  return stdout;
}
const run = (command: string, ...words: string[]) => void output(command, ...words);

const FRAME_POINTERS = ['-O1', '-fno-omit-frame-pointer'];

before(() => {
  run('cc', ...FRAME_POINTERS, '-o', frames, fixture('stacks/frames.c'));
  run('c++', ...FRAME_POINTERS, '-o', shop, fixture('stacks/shop.cc'));
});

/** Standard output of a run over a command. */
const trace = (source: string, command: string, ...flags: string[]) =>
  ebpfnb(['trace', '-q', '-e', source, '-c', command, ...flags]).stdout;

const ENTRY = `uprobe:${frames}:innermost`;
const RETURN = `uretprobe:${frames}:innermost`;
/** The library's own frames end it. */
const FROM_MAIN = ['        middle\\+\\d+', '        outer\\+\\d+', '        main\\+\\d+'].join('\n');

describe('user stacks', { skip }, () => {
  test('a program that has ended before anyone looks', () => {
    const out = trace(`${RETURN} { @[ustack] = count(); }`, `${frames} 3`);
    assert.match(out, new RegExp(`^@\\[\n${FROM_MAIN}\n(?:        .*\n)*\\]: 3$`, 'm'));
  });

  test('a program that goes on', () => {
    const out = trace(
      `${RETURN} { print(ustack); @n = count(); if (@n == 2) { exit(); } }`,
      `${frames} 50 50`,
    );
    assert.equal([...out.matchAll(new RegExp(FROM_MAIN, 'g'))].length, 2);
  });

  test('limits, modes, and the number of frames', () => {
    const out = trace(
      `${RETURN} { print(ustack(1)); print(ustack(perf, 2)); print(ustack(raw, 1)); print(ustack(build_id, 1)); print(len(ustack(3))); }`,
      frames,
    );
    assert.match(
      out,
      /^\n {8}middle\+\d+\n\n\n\t[0-9a-f]+ middle\+\d+ \(.*\/frames\)\n\t[0-9a-f]+ outer\+\d+ \(.*\/frames\)\n\n/,
    );
    assert.match(out, /\n\n[0-9a-f]{9,}\n\n\n[0-9a-f]{40} 0x[0-9a-f]+\n\n3\n/);
  });

  test('in JSON, as one string', () => {
    const out = trace(`${RETURN} { print((1, ustack(1))); }`, frames, '-f', 'json');
    const { type, data } = JSON.parse(out.split('\n')[0]!);
    assert.equal(type, 'value');
    assert.match(data[1], /^\n {8}middle\+\d+\n$/);
  });

  test('the function, at its entry and at its return; an address', () => {
    const out = trace(`${ENTRY}, ${RETURN} { print(func); } ${ENTRY} { print(usym(reg("ip"))); }`, frames);
    assert.deepEqual(out.trim().split('\n'), ['innermost', 'innermost', 'innermost']);
  });

  test('C++ names as they were written, or as the linker knows them', () => {
    const probe = `uprobe:${shop}:_ZN4shop4CartIiE3addEiPKc`;
    const written = trace(`${probe} { print(ustack(1)); print(func); }`, shop);
    assert.match(
      written,
      /^\n {8}shop::Cart<int>::add\(int, char const\*\)\+0\n\nshop::Cart<int>::add\(int, char const\*\)\n/,
    );
    const mangled = trace(`config = { cpp_demangle = false } ${probe} { print(func); }`, shop);
    assert.match(mangled, /^_ZN4shop4CartIiE3addEiPKc\n/);
  });

  test('a stripped program has names from its debug file, by its name and by build id', () => {
    const stripped = inFolder('stripped');
    const debug = inFolder('.debug');
    mkdirSync(debug, { recursive: true });
    run('objcopy', '--only-keep-debug', frames, inFolder('stripped.debug'));
    run('objcopy', '--strip-all', `--add-gnu-debuglink=${inFolder('stripped.debug')}`, frames, stripped);
    renameSync(inFolder('stripped.debug'), join(debug, 'stripped.debug'));
    const [, address] = /^([0-9a-f]+) T innermost$/m.exec(output('nm', frames))!;
    const out = trace(`uprobe:${stripped}:0x${address} { print(ustack); }`, stripped);
    assert.match(out, / {8}innermost\+0\n {8}outer\+\d+\n {8}main\+\d+\n/);
  });

  test('a stripped program that brings its symbols along, packed', () => {
    const [packed, symbols] = [inFolder('packed'), inFolder('symbols')];
    run('objcopy', '--only-keep-debug', frames, symbols);
    run('xz', '--keep', '--force', symbols);
    run('objcopy', '--strip-all', '--add-section', `.gnu_debugdata=${symbols}.xz`, frames, packed);
    const [, address] = /^([0-9a-f]+) T innermost$/m.exec(output('nm', frames))!;
    const out = trace(`uprobe:${packed}:0x${address} { print(ustack); }`, packed);
    assert.match(out, / {8}innermost\+0\n {8}outer\+\d+\n {8}main\+\d+\n/);
  });

  test('without frame pointers the innermost frame has its name', () => {
    const bare = inFolder('bare');
    run('cc', '-O2', '-fomit-frame-pointer', '-o', bare, fixture('stacks/frames.c'));
    const out = trace(`uprobe:${bare}:innermost { print(ustack); }`, bare);
    assert.match(out, /^\n {8}innermost\+0\n/);
  });

  test('what Node compiles itself', () => {
    const script =
      'function hot(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum; } const end = Date.now() + 1000; while (Date.now() < end) hot(1e5);';
    const out = trace(
      'begin { print(cpid); } profile:hz:199 /pid == cpid/ { @[ustack] = count(); }',
      `${process.execPath} --perf-basic-prof --no-logfile-per-isolate --logfile=${inFolder('v8.log')} -e '${script}'`,
    );
    rmSync(`/tmp/perf-${Number(out.split('\n')[0])}.map`);
    assert.match(out, / {8}\S*[:*~^+]*hot .*\+\d+\n/);
  });
});

describe('user stacks in tables', { skip }, () => {
  const tests = new TestKernel();
  after(() => tests.kernel.close());

  /** The lines of the first stack that a program is counted by. */
  async function linesOf(source: string, program: string): Promise<string[]> {
    const { panels, reason } = await tests.run(source, { workload: [program] });
    assert.equal(reason, 'workload');
    const flame = panels.find(panel => panel.kind === 'flame');
    assert.ok(flame);
    return String(tableForm(flame).rows[0]![0]).split('\n');
  }

  test('whole from main on', async () => {
    const lines = await linesOf(`${RETURN} { @[ustack] = count(); }`, frames);
    assert.match(lines.join('\n'), /^middle\nouter\nmain\n[^…]*$/);
  });

  test('cut short for want of frame pointers, or by a limit', async () => {
    const bare = inFolder('bare-too');
    run('cc', '-O2', '-fomit-frame-pointer', '-o', bare, fixture('stacks/frames.c'));
    assert.deepEqual(await linesOf(`uprobe:${bare}:innermost { @[ustack] = count(); }`, bare), [
      'innermost',
      '… (cut short: the caller has no frame pointer)',
    ]);
    const limited = await linesOf(`${RETURN} { @[ustack(2)] = count(); }`, frames);
    assert.equal(limited.at(-1), '… (cut short: the limit is 2 frames)');
  });

  test('why a place has no name', async () => {
    const stripped = inFolder('stripped-bare');
    run('objcopy', '--strip-all', frames, stripped);
    const [, address] = /^([0-9a-f]+) T innermost$/m.exec(output('nm', frames))!;
    const [first] = await linesOf(`uprobe:${stripped}:0x${address} { @[ustack] = count(); }`, stripped);
    assert.match(first!, /^stripped-bare\+0x[0-9a-f]+ \(the file has no symbols; /);
  });
});

describe('stacks of Linux', { skip }, () => {
  test('a tracepoint shows how Linux came there', () => {
    const out = trace('tracepoint:sched:sched_process_exit /pid == cpid/ { print(kstack); exit(); }', frames);
    assert.match(out, /^\n(?: {8}\w+\+\d+\n)* {8}do_exit\+\d+\n {8}do_group_exit\+\d+\n/);
  });

  test('as keys and values; compared', () => {
    const out = trace(
      'tracepoint:sched:sched_process_exit /pid == cpid/ { $k = kstack(2); @[$k, 1] = kstack(raw, 1); @same = $k == kstack(2); @n = len($k); }',
      frames,
    );
    assert.match(out, /^@\[\n {8}\w+\+\d+\n {8}\w+\+\d+\n, 1\]: \nf[0-9a-f]{15}\n\n/m);
    assert.match(out, /^@n: 2\n@same: true\n/m);
  });

  test("a BPF program's own frame has its name when the program is gone", () => {
    const { stdout } = ebpfnb(['trace', '-q', '-e', 'begin { print(kstack(1)); exit(); }']);
    assert.match(stdout, /^\n {8}bpf_prog_[0-9a-f]+_begin\w*\+\d+\n/);
  });

  test('symbols by address, without an offset', () => {
    const { stdout } = ebpfnb([
      'trace',
      '-q',
      '-e',
      'begin { print(ksym(kaddr("vfs_read") + 4)); print(ksym(0)); exit(); }',
    ]);
    assert.match(stdout, /^vfs_read\n0\n/);
  });
});
