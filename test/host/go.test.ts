/** Probes at functions of Go programs: their returns, arguments, names and stacks. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { COMMAND, ebpfnb, fixture, skip, until } from './kernel-helpers.ts';

const folder = scratchFolder();
const shop = join(folder, 'shop');
const stripped = join(folder, 'stripped');

const hasGo = spawnSync('go', ['version']).status === 0;
const reason = skip || (hasGo ? false : 'there is no Go compiler (Debian package golang-go)');

/** From one file, without modules and without a network; functions are not inlined. */
function build(source: string, output: string, ...flags: string[]): void {
  const { status, stderr } = spawnSync(
    'go',
    ['build', '-gcflags=-l', ...flags, '-o', output, fixture(`go/${source}`)],
    {
      encoding: 'utf8',
      cwd: folder,
      env: {
        ...process.env,
        GO111MODULE: 'off',
        GOPROXY: 'off',
        GOFLAGS: '',
        GOCACHE: join(folder, 'cache'),
      },
    },
  );
  assert.equal(status, 0, stderr);
}

const trace = (source: string, program = shop, ...flags: string[]) =>
  ebpfnb(['trace', ...flags, '-e', source.replaceAll('BIN', program), '-c', program]);

/** The lines of maps and prints, in order. */
const lines = (stdout: string) => stdout.split('\n').filter(Boolean).sort();

describe('Go programs', { skip: reason }, () => {
  before(() => {
    build('sum.go', join(folder, 'main'));
    build('shop.go', shop);
    build('shop.go', stripped, '-ldflags=-s -w');
    copyFileSync(fixture('go/sum.bt'), join(folder, 'main.pt'));
  });

  test("an article's program, by a relative path, until it is interrupted", async () => {
    const tracer = spawn(process.execPath, [COMMAND, 'trace', 'main.pt'], { cwd: folder });
    let stdout = '';
    let stderr = '';
    tracer.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
    });
    tracer.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    const ended = new Promise(done => tracer.once('close', done));
    await until(() => stderr.includes('Attached 4 probes'), 'probes');
    spawnSync(join(folder, 'main'));
    await until(() => stdout.includes('retval'), 'a return');
    tracer.kill('SIGINT');
    assert.equal(await ended, 0);
    assert.equal(stdout.trimEnd(), 'Hello\na: 3 b: 3\nretval: 6\nBye');
    assert.match(stderr, /uretprobe:\.\/main:main\.sum is attached at the return instructions/);
  });

  test('all returns of a function, as one probe', () => {
    const { stdout, stderr } = trace('uretprobe:BIN:main.sign { printf("%s: %d\\n", func, (int32)retval); }');
    assert.match(stderr, /Attached 1 probe\n/);
    assert.deepEqual(lines(stdout), ['main.sign: -1', 'main.sign: 0', 'main.sign: 1', 'sold 7']);
  });

  test('a wildcard, each function told by func; those without a return are left out', () => {
    const { stdout } = trace('uretprobe:BIN:main.[sf]* { @[func] = count(); }');
    assert.match(stdout, /@\[main\.sign\]: 3\n/);
    assert.doesNotMatch(stdout, /forever/);
  });

  test('receivers: the star of one is no wildcard', () => {
    const { stdout } = trace(
      'uprobe:BIN:main.(*counter).add { printf("+%d\\n", reg("bx")); } uretprobe:BIN:main.(*counter).* { printf("=%d\\n", retval); }',
    );
    assert.deepEqual(lines(stdout), ['+2', '+5', '=2', '=7', 'sold 7']);
  });

  test('type arguments: as they are, and any', () => {
    const { stdout } = trace('uretprobe:BIN:main.largest[...] { @[func] = max(retval); }');
    assert.deepEqual(lines(stdout), [
      '@[main.largest[go.shape.int64_0]]: 7',
      '@[main.largest[go.shape.int_0]]: 4',
      'sold 7',
    ]);
    const one = trace('uprobe:BIN:main.largest[go.shape.int_0] { @ = count(); }');
    assert.match(one.stdout, /@: 1\n/);
  });

  test('a link each, on a Linux that has no other way', () => {
    const { stdout } = trace(
      'uretprobe:BIN:main.sign { printf("%s: %d\\n", func, (int32)retval); }',
      shop,
      '--no-feature',
      'uprobe_multi',
    );
    assert.deepEqual(lines(stdout), ['main.sign: -1', 'main.sign: 0', 'main.sign: 1', 'sold 7']);
  });

  test('returns on many stacks that grow and move', () => {
    const { stdout, status } = trace('uretprobe:BIN:main.deep { @ = count(); }');
    assert.equal(status, 0);
    assert.match(stdout, /sold 7\n/);
    // A program that is preempted as it counts may lose one.
    const count = Number(/@: (\d+)\n/.exec(stdout)?.[1]);
    assert.ok(count > 4000 && count <= 5050, stdout);
  });

  test('stacks: the caller is there where a function begins and where it returns', () => {
    const { stdout } = trace(
      `config = { show_debug_info = false }
       uprobe:BIN:main.(*counter).add { @entry[ustack(perf, 2)] = count(); }
       uretprobe:BIN:main.sign { @return[ustack] = count(); }
       uprobe:BIN:main.deep /reg("ax") == 97/ { @deep[ustack] = count(); }`,
    );
    assert.match(
      stdout,
      /@entry\[\n\t[0-9a-f]+ main\.\(\*counter\)\.add\+0 .*\n\t[0-9a-f]+ main\.main\+\d+ /,
    );
    assert.match(stdout, /@return\[\n\s+main\.main\+\d+\n\s+runtime\.main\+\d+\n/);
    assert.match(stdout, /@deep\[\n\s+main\.deep\+0\n(\s+main\.deep\+[1-9]\d*\n){3}\s+main\.main\.func1/);
  });

  test('a stripped program: by the table that Go keeps', () => {
    const { stdout } = trace(
      'uretprobe:BIN:main.sign { @ = count(); } uprobe:BIN:main.(*subcounter).add { print(ustack(2)); }',
      stripped,
    );
    assert.match(stdout, /@: 3\n/);
    assert.match(stdout, /main\.\(\*subcounter\)\.add\+0\n\s+main\.main\+\d+/);
  });

  test('listings: stripped programs too, and names that look like globs', () => {
    assert.match(ebpfnb(['list', `uprobe:${stripped}:main.f*`]).stdout, /:main\.forever\n/);
    const { stdout } = ebpfnb(['list', '-v', `uprobe:${shop}:main.(*counter).add`]);
    assert.equal(stdout, `uprobe:${shop}:main.(*counter).add\n    main.counter* c\n    int n\n`);
  });

  test('arguments by number are told, and read as before', () => {
    const { stdout, stderr } = trace('uprobe:BIN:main.sign { @[arg1 == reg("si")] = count(); }');
    assert.match(stderr, /arg1 reads the register where C passes it[\s\S]*Write reg\("bx"\) instead/);
    assert.match(stdout, /@\[.*\]: 3\n/);
  });

  test('arguments by name, in whichever registers they are', () => {
    const { stdout } = trace(
      'uprobe:BIN:main.sell { printf("%s %d %d %d\n", args.name, args.count, args.last, args.c.total); }',
    );
    assert.match(stdout, /apples -4 1 7\n/);
    const generic = trace(
      'uprobe:BIN:main.largest[...] { print((args.a, args.b)); } uprobe:BIN:main.(*list[...]).put { print((args.item, args.times)); }',
    );
    assert.deepEqual(lines(generic.stdout), ['(3, 4)', '(7, 6)', '(9, 2)', '(pear, 3)', 'sold 7']);
    const results = trace('uretprobe:BIN:main.sell { printf("%d, %d\\n", retval, reg("bx")); }');
    assert.match(results.stdout, /^0, 0\n/m);
    const { stderr } = trace('uprobe:BIN:main.sell { print(args.codes); }');
    assert.match(stderr, /codes/);
    assert.match(trace('uprobe:BIN:main.sell { print(args.name); }', stripped).stderr, /without -ldflags=-w/);
  });

  test('what cannot be is told with what can', () => {
    const missing = trace('uprobe:BIN:main.inlined { }');
    assert.match(missing.stderr, /No matches for uprobe [\s\S]*go build -gcflags=-l/);
    const endless = trace('uretprobe:BIN:main.forever { }');
    assert.match(endless.stderr, /has no return instruction/);
    assert.equal(endless.status, 1);
    const refused = trace('config = { go_uretprobe = error } uretprobe:BIN:main.sign { }');
    assert.match(refused.stderr, /ERROR: .*main\.sign is refused/);
    const register = trace('uprobe:BIN:main.sign { print(reg("rax")); }');
    assert.match(register.stderr, /There are r15, .*ax/);
  });

  test('returns in BPF C', () => {
    const source = readFileSync(fixture('go/returns.bpf.c'), 'utf8').replaceAll('BIN', shop);
    const file = join(folder, 'returns.bpf.c');
    writeFileSync(file, source);
    const { stdout, stderr } = ebpfnb(['trace', file, '-c', shop]);
    assert.match(stderr, /WARNING: .*main\.sign is attached at the return instructions/);
    assert.match(stdout, /VALUE\n +-1\n +0\n +1\n/);
  });

  test('the uretprobe itself, where it is asked for', () => {
    const { stderr, status } = ebpfnb([
      'trace',
      '--dry-run',
      '-e',
      `config = { go_uretprobe = trampoline } uretprobe:${shop}:main.sign { }`,
    ]);
    assert.equal(status, 0);
    assert.match(stderr, /WARNING: .* may crash/);
  });
});
