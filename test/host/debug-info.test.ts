/** What debug information adds: lines and inlined functions in stacks, arguments by name, probes at lines. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, skip } from './kernel-helpers.ts';

const folder = scratchFolder();
const inFolder = (name: string) => join(folder, name);
const [C, CXX, TYPES] = ['inlined.c', 'inlined.cc', 'types.c'].map(name => fixture(`debug/${name}`)) as [
  string,
  string,
  string,
];
const FRAME_POINTERS = ['-O2', '-fno-omit-frame-pointer', '-mno-omit-leaf-frame-pointer'];

function run(command: string, ...words: string[]): void {
  const { status, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  assert.equal(status, 0, stderr ?? error?.message);
}

/** The line of a file that ends in a comment with these words. */
const lineOf = (file: string, words: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .findIndex(line => line.trimEnd().endsWith(`/* ${words} */`) || line.endsWith(`// ${words}`)) + 1;

const trace = (source: string, command: string, ...flags: string[]) =>
  ebpfnb(['trace', '-q', '-e', source, '-c', command, ...flags]).stdout;

/** A system call within `leaf`, by a program of any name. */
const IN_LEAF = 'tracepoint:syscalls:sys_enter_getppid /pid == cpid/';

/** The frames of `leaf`; how far into a function they are says the compiler. */
const FRAMES = new RegExp(
  [
    ' {8}leaf\\+\\d+@FILE:\\d+',
    ` {8}\\[inlined\\] inner@FILE:${lineOf(C, 'in inner')}`,
    ` {8}\\[inlined\\] middle@FILE:${lineOf(C, 'in middle')}`,
    ` {8}outer\\+\\d+@FILE:${lineOf(C, 'in outer')}`,
    ` {8}main\\+\\d+@FILE:${lineOf(C, 'in main')}\n`,
  ]
    .join('\n')
    .replaceAll('FILE', C.replaceAll('.', '\\.')),
);

/** compiler and what of debug information it writes */
const COMPILERS: [string, string[]][] = [
  ['cc', ['-g', '-fdebug-types-section']],
  ['cc', ['-gdwarf-2', '-gz=zlib']],
  ['clang-19', ['-g']],
  ['clang-19', ['-gdwarf-4']],
];

describe('lines in stacks', { skip }, () => {
  const inlined = inFolder('inlined');

  before(() => run('cc', ...FRAME_POINTERS, '-g', '-o', inlined, C));

  for (const [compiler, flags] of COMPILERS)
    test(`${compiler} ${flags.join(' ')}: files, lines, and what was inlined`, () => {
      const program = inFolder(`inlined-${compiler}${flags.join('')}`);
      run(compiler, ...FRAME_POINTERS, ...flags, '-o', program, C);
      assert.match(trace(`${IN_LEAF} { print(ustack); }`, program), FRAMES);
    });

  test('of a process that has ended before anyone looks', () => {
    assert.match(trace(`${IN_LEAF} { @[ustack] = count(); }`, inlined), FRAMES);
  });

  test('of a stripped program, from its debug file', () => {
    const [stripped, debug] = [inFolder('stripped'), inFolder('stripped.debug')];
    mkdirSync(inFolder('.debug'), { recursive: true });
    run('objcopy', '--only-keep-debug', inlined, debug);
    run('objcopy', '--strip-all', `--add-gnu-debuglink=${debug}`, inlined, stripped);
    renameSync(debug, join(folder, '.debug', basename(debug)));
    assert.match(trace(`${IN_LEAF} { print(ustack); }`, stripped), FRAMES);
    // From a folder that is told, too.
    renameSync(inFolder('.debug'), inFolder('elsewhere'));
    const given = ['--debuginfo', `/nowhere:${inFolder('elsewhere')}`];
    assert.match(trace(`${IN_LEAF} { print(ustack); }`, stripped, ...given), FRAMES);
  });

  test('without symbols, debug information names functions, too', () => {
    const nameless = inFolder('nameless');
    run('objcopy', '--strip-symbol=leaf', '--strip-symbol=outer', inlined, nameless);
    assert.match(trace(`${IN_LEAF} { print(ustack); }`, nameless), FRAMES);
  });

  test("perf's way: what was inlined, but no lines", () => {
    const out = trace(`${IN_LEAF} { print(ustack(perf, 2)); }`, inlined);
    assert.match(
      out,
      /\n\t[0-9a-f]+ leaf\+\d+ \(.*\/inlined\)\n\t([0-9a-f]+) inner \(inlined\)\n\t\1 middle \(inlined\)\n\t\1 outer\+\d+ \(.*\/inlined\)\n/,
    );
  });

  test('in JSON; not when the program asks for none', () => {
    const { data } = JSON.parse(trace(`${IN_LEAF} { print(ustack); }`, inlined, '-f', 'json'));
    assert.match(data, FRAMES);
    const plain = trace(`config = { show_debug_info = false } ${IN_LEAF} { print(ustack); }`, inlined);
    assert.match(plain, /^\n {8}leaf\+\d+\n {8}outer\+\d+\n {8}main\+\d+\n/);
  });

  test('names of symbols and functions have no lines', () => {
    assert.equal(
      trace(`uprobe:${inlined}:leaf { printf("%s %s\\n", func, usym(reg("ip"))); }`, inlined).trim(),
      'leaf leaf',
    );
  });

  test('C++ names of what was inlined', () => {
    const shop = inFolder('shop');
    run('c++', ...FRAME_POINTERS, '-g', '-o', shop, CXX);
    const line = lineOf(CXX, 'in price');
    const out = trace(`uprobe:${shop}@${basename(CXX)}:${line} { print(ustack(2)); }`, shop);
    assert.match(
      out,
      new RegExp(
        `^\n {8}shop::price\\(int\\)\\+\\d+@.*:${line}\n {8}\\[inlined\\] shop::Cart<int>::add\\(int\\)@.*:\\d+\n {8}checkout\\(int\\)\\+\\d+@.*:\\d+\n`,
      ),
    );
  });

  test('of a container: its files are its own, and its ids', () => {
    const mounted = inFolder('mounted');
    mkdirSync(mounted);
    const script = inFolder('nested.sh');
    // It stays long enough to be looked at: what ends takes its mounts along.
    writeFileSync(script, 'mount -t tmpfs none "$1" && cp "$2" "$1/nested" && exec "$1/nested" 2000\n');
    const out = trace(
      'tracepoint:syscalls:sys_enter_getppid /comm == "nested"/ { print(ustack); }',
      `unshare --mount --pid --fork --mount-proc sh ${script} ${mounted} ${inlined}`,
    );
    assert.match(out, FRAMES);
    rmSync(mounted, { recursive: true });
  });
});

/** expression in a probe of `draw` → what is printed */
const EXPRESSIONS: [string, string][] = [
  ['args.n', '2'],
  ['args.letter', '120'],
  ['args.color', 'GREEN'],
  ['args.shape->name', 'first'],
  ['str(args.label)', 'a label'],
  ['args.shape->corners[2].y', '6'],
  ['args.shape->center->y', '8'],
  ['*args.shape->center', '{ .x = 7, .y = 8 }'],
  ['args.shape->number', String(0x636261)],
  ['args.shape->bytes', 'abc'],
  ['args.shape->bits.a', '5'],
  ['args.shape->bits.c', '-3'],
  ['args.shape->bits.d', '123456789012'],
  ['args.shape->grid[1][2]', '6'],
  ['args.shape->next->color', 'GREEN'],
  ['((struct shape *)arg0)->next->name', 'second'],
  ['((struct point *)args.shape->center)->x', '7'],
  ['sizeof(struct point)', '8'],
  ['offsetof(struct shape, corners)', '20'],
];

/** probe → what is said of it */
const REFUSED: [string, RegExp][] = [
  [
    'PROGRAM:many { print(args.a) }',
    /'args' builtin is not supported for probes with stack-passed arguments/,
  ],
  ['PROGRAM:draw { print(args.nothing) }', /Can't find function parameter nothing/],
  [
    'NODEBUG:draw { print(args.n) }',
    /Could not parse arguments of "uprobe:.*:draw": no debuginfo found for /,
  ],
  ['PROGRAM@types.c:1 { }', /Unable to map 'types\.c:1' to address/],
  ['PROGRAM@nothing.c:1 { }', /No compilation unit matches nothing\.c/],
  ['PROGRAM@types.c:draw { }', /Invalid line number: draw/],
  ['NODEBUG@types.c:1 { }', /No DWARF debug info found for '.*', cannot attach by source code location/],
];

describe('programs that tell their types', { skip }, () => {
  const program = inFolder('types');
  const without = inFolder('types-without');

  before(() => {
    run('cc', ...FRAME_POINTERS, '-g', '-o', program, TYPES);
    run('cc', ...FRAME_POINTERS, '-o', without, TYPES);
  });

  test('arguments by name, and what they point at', () => {
    const prints = EXPRESSIONS.map(([expression]) => `print(${expression});`).join(' ');
    const out = trace(`uprobe:${program}:draw { ${prints} }`, program);
    assert.deepEqual(
      out.trim().split('\n'),
      EXPRESSIONS.map(([, expected]) => expected),
    );
  });

  test('all arguments at once; numbers with a fraction have registers of their own', () => {
    assert.match(
      trace(`uprobe:${program}:draw { print(args); }`, program),
      /^\{ \.shape = 0x[0-9a-f]+, \.label = 0x[0-9a-f]+, \.n = 2, \.letter = 120, \.visible = 1, \.color = GREEN \}\n/,
    );
    assert.match(
      trace(`uprobe:${program}:mixed { print((args.count, args.at->x)); }`, program),
      /^\(99, 7\)\n/,
    );
  });

  test('a line', () => {
    const at = `${program}@${basename(TYPES)}:${lineOf(TYPES, 'in draw')}`;
    assert.equal(
      trace(`uprobe:${at} { printf("%s %s\\n", probe, usym(reg("ip"))); }`, program).trim(),
      `uprobe:${at} draw`,
    );
  });

  test('a listing', () => {
    const { stdout } = ebpfnb(['trace', '-lv', `uprobe:${program}:draw`]);
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      `uprobe:${program}:draw`,
      '    struct shape* shape',
      '    const char* label',
      '    int n',
      '    char letter',
      '    _Bool visible',
      '    color_t color',
    ]);
  });

  for (const [probe, expected] of REFUSED)
    test(`refused: ${probe}`, () => {
      const source = `uprobe:${probe.replace('PROGRAM', program).replace('NODEBUG', without)}`;
      const { status, stderr } = ebpfnb(['trace', '-e', source]);
      assert.equal(status, 1);
      assert.match(stderr, expected);
      assert.equal(stderr.match(/ERROR/g)?.length, 1, stderr);
    });
});
