/** What the editor offers and says; a bar marks the cursor. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  analyse,
  type Catalogue,
  complete,
  completeMapType,
  completeMember,
  completeSection,
  type Given,
  hover,
  mapTypeHover,
  memberHover,
  occurrences,
  outline,
  RemoteTarget,
  sectionHover,
  signatureHelp,
  toAnswer,
} from '../../kernel/language/editor/index.ts';
import { fromAnswer } from '../../kernel/language/editor/remote.ts';
import type { LanguageTarget } from '../../kernel/language/index.ts';
import { target } from './language-fixtures.ts';

const NAMES: Readonly<Record<string, string[]>> = {
  tracepoint: target.tracepoints(),
  struct: ['task_struct', 'sockaddr', 'sock'],
  rawtracepoint: ['sched_switch', 'sys_enter'],
  'uprobe libc': ['malloc', 'free', 'calloc'],
};
const catalogue: Catalogue = {
  target,
  names: (provider, of) => NAMES[of ? `${provider} ${of}` : provider] ?? [],
};

function atBar(marked: string): [text: string, offset: number] {
  const offset = marked.indexOf('|');
  return [marked.slice(0, offset) + marked.slice(offset + 1), offset];
}

const labels = (marked: string) => complete(...atBar(marked), catalogue).items.map(({ label }) => label);

const SWITCH = 'tracepoint:sched:sched_switch';

const OFFERED: [what: string, marked: string, has: string[], hasNot?: string[]][] = [
  ['kinds of probes at the top', '|', ['begin', 'tracepoint', 'interval', 'config', 'macro'], ['pid']],
  ['kinds of probes behind a probe', 'begin { exit(); }\ntr|', ['tracepoint', 'begin']],
  ['probes by a part of their names', 'openat|', ['tracepoint:syscalls:sys_enter_openat']],
  ['the probes of a kind', 'tracepoint:|', [SWITCH, 'tracepoint:syscalls:sys_exit_openat'], ['begin']],
  ['probes by the short name of their kind', 't:sched:|', [SWITCH]],
  ['a second probe', `begin,\ntracepoint:sched:sw| { }`, [SWITCH]],
  ['units', 'interval:|', ['interval:ms:', 'interval:s:', 'interval:hz:']],
  [
    'functions of a library',
    'uprobe:libc:al|',
    ['uprobe:libc:malloc', 'uprobe:libc:calloc'],
    ['uprobe:libc:free'],
  ],
  ['libraries', 'uprobe:|', ['uprobe:libc:']],
  ['arguments', `${SWITCH} { print(args.|); }`, ['prev_comm', 'next_pid'], ['common_pid', 'pid']],
  ['arguments of a block that is not closed', `${SWITCH} { printf("%d", args.ne|`, ['next_pid', 'next_comm']],
  ['arguments in a predicate', `${SWITCH} /args.| == 1/ { exit(); }`, ['next_pid']],
  ['arguments by an arrow', `t:syscalls:sys_enter_openat { print(args->|`, ['filename', 'dfd']],
  ['members behind pointers', 'begin { print(curtask.real_parent.|); }', ['pid', 'comm'], ['args']],
  ['members of a variable', 'begin { $t = curtask; print($t.|); }', ['pid', 'real_parent']],
  ['parts of tuples and records', 'begin { $t = (a=1, b="x"); print($t.|); }', ['a', 'b']],
  ['variables of the probe', 'begin { $size = 1; print($|); } end { $other = 2; }', ['$size'], ['$other']],
  ['maps of the program', 'begin { @start[tid] = nsecs; } end { clear(@|', ['@start']],
  ['builtins and functions', 'begin { print(n|', ['nsecs', 'ncpus', 'ntop', 'pid']],
  ['aggregations', 'begin { @ = |', ['count', 'hist', 'lhist', 'pid']],
  ['statements', 'begin { | }', ['if', 'for', 'printf']],
  ['no statements within a call', 'begin { print(|', ['pid'], ['if', 'for']],
  ['only what the probe has', `${SWITCH} { print(|); }`, ['args', 'pid'], ['retval', 'arg0']],
  ['macros', 'macro twice(x) { x * 2 } begin { print(t|); }', ['twice']],
  ['options', 'config = { m| } begin { }', ['max_strlen', 'missing_probes'], ['pid']],
  ['values of options', 'config = { missing_probes = | } begin { }', ['error', 'warn', 'ignore'], ['pid']],
  ['options by name', 'begin { print(config.|); }', ['max_strlen']],
  ['kinds of maps', 'let @m = |', ['hash', 'lruhash', 'percpuhash']],
  ['types of Linux', 'begin { print(((struct so|', ['sock', 'sockaddr'], ['task_struct']],
  ['types of the program', 'struct own { int x; }; begin { $x = (struct o|', ['own']],
  ['nothing in comments', '// tr|', []],
  ['nothing in strings', 'begin { printf("p|"); }', []],
  ['nothing in a string not closed', 'begin { printf("p|', []],
  ['nothing for a name that is being given', 'macro a| { }', []],
];

describe('completes', () => {
  for (const [what, marked, has, hasNot = []] of OFFERED)
    test(what, () => {
      const found = labels(marked);
      for (const label of has) assert.ok(found.includes(label), `${label} among ${found.join(' ')}`);
      for (const label of hasNot) assert.ok(!found.includes(label), `no ${label}`);
      if (has.length === 0) assert.deepEqual(found, []);
    });
});

test('the whole word is replaced, and a short name stays one', () => {
  const marked = 'begin { exit(); } t:sched:sched_sw|itch { }';
  const { start, end, items } = complete(...atBar(marked), catalogue);
  assert.equal(atBar(marked)[0].slice(start, end), 't:sched:sched_switch');
  assert.equal(items[0]!.filter, 't:sched:sched_switch');
});

test('maps of other cells are offered with their types', () => {
  const { maps } = analyse('begin { @start[tid, comm] = nsecs; }', { target });
  const [text, offset] = atBar('end { print(@|); }');
  const [found] = complete(text, offset, catalogue, { maps }).items;
  assert.deepEqual(
    [found!.label, found!.detail],
    ['@start', '@start[uint32, string[16]]: uint64 (another cell)'],
  );
  assert.deepEqual(analyse('end { print(@start[1, "x"]); }', { target, maps }).diagnostics, []);
});

const SAID: [what: string, marked: string, says: RegExp][] = [
  ['a builtin', 'begin { print(ns|ecs); }', /nsecs.*nanoseconds/is],
  ['a function', 'begin { print|f("x"); }', /printf\(format/],
  ['an aggregation', 'begin { @ = hi|st(1); }', /@m = hist/],
  [
    'a probe, with its arguments',
    `${SWITCH.replace('switch', 'sw|itch')} { }`,
    /\| `next_pid` \| `int32` \|/,
  ],
  ['a kind of probe', 'inter|val:s:1 { }', /regular times/],
  ['args', `${SWITCH} { print(ar|gs.next_pid); }`, /\| `prev_comm` \| `string\[16\]` \|/],
  ['an argument', `${SWITCH} { print(args.next|_pid); }`, /args\.next_pid: int32/],
  ['a member', 'begin { print(curtask.pi|d); }', /pid: int32.*struct task_struct/s],
  ['a variable', 'begin { $x| = (uint16)5; print($x); }', /\$x: uint16/],
  [
    'a map',
    'begin { @n[comm|] = count(); }'.replace('comm|', 'comm').replace('@n', '@|n'),
    /@n\[string\[16\]\]: count_t/,
  ],
  ['an option', 'config = { max_|strlen = 64 } begin { }', /max_strlen = number/],
  ['a macro', 'macro twice(x) { x * 2 } begin { print(twi|ce(2)); }', /macro twice\(x\)/],
  ['an enumerator', 'enum e { ONE = 1 }; begin { print(ON|E); }', /ONE = 1/],
];

describe('explains', () => {
  for (const [what, marked, says] of SAID)
    test(what, () => {
      const [text, offset] = atBar(marked);
      assert.match(hover(analyse(text, { target }), offset, catalogue)?.text ?? 'nothing', says);
    });
  test('nothing in comments and strings', () => {
    for (const marked of ['// pi|d\nbegin { }', 'begin { printf("pi|d"); }']) {
      const [text, offset] = atBar(marked);
      assert.equal(hover(analyse(text, { target }), offset, catalogue), undefined);
    }
  });
});

const CALLS: [marked: string, label: string, parameter: string][] = [
  ['begin { str(|', 'str(pointer[, length])', 'pointer'],
  ['begin { str(arg0, |); }', 'str(pointer[, length])', 'length'],
  ['begin { printf("%d %d", 1, |', 'printf(format, …)', '…'],
  ['begin { @ = lhist(f(1, 2), 3, |', '@m = lhist(n, min, max, step)', 'max'],
  ['begin { print(@m, 5, |', 'print(@map[, top[, divisor]])', 'divisor'],
  ['macro add(a, b) { a + b } begin { add(1, |', 'add(a, b)', 'b'],
];

describe('shows the signature', () => {
  for (const [marked, label, parameter] of CALLS)
    test(marked, () => {
      const [text, offset] = atBar(marked);
      const help = signatureHelp(analyse(text, { target }), offset);
      const form = help?.signatures[help.active];
      assert.equal(form?.label, label);
      assert.equal(label.slice(...form!.parameters[help!.parameter]!), parameter);
    });
  test('not outside of calls', () => {
    for (const marked of ['begin { | }', 'begin { str(1) + | }', 'begin { if (|']) {
      const [text, offset] = atBar(marked);
      assert.equal(signatureHelp(analyse(text, { target }), offset), undefined);
    }
  });
});

const NAMED: [what: string, marked: string, places: string[], from: string | undefined][] = [
  ['a variable of one probe', 'begin { $x = 1; print($|x); } end { $x = 2; }', ['$x', '$x'], '$x'],
  ['a map everywhere', 'begin { @n[1] = 2; } end { print(@|n); @m = 1; }', ['@n', '@n'], '@n[1]'],
  ['a declared map', 'let @n = hash(5); begin { @|n[1] = 2; }', ['@n', '@n'], 'let @n = hash(5)'],
  ['a macro', 'macro f(x) { x } begin { print(|f(1)); }', ['f', 'f'], 'macro f(x) '],
];

describe('knows the places of', () => {
  for (const [what, marked, places, from] of NAMED)
    test(what, () => {
      const [text, offset] = atBar(marked);
      const found = occurrences(analyse(text, { target }), offset);
      assert.deepEqual(
        found?.ranges.map(({ start, end }) => text.slice(start, end)),
        places,
      );
      assert.equal(found?.definition && text.slice(found.definition.start, found.definition.end), from);
    });
  test('names of the language as none', () => {
    const [text, offset] = atBar('begin { print(p|id); }');
    assert.equal(occurrences(analyse(text, { target }), offset), undefined);
  });
  test('a map of another cell as none of its own', () => {
    const { maps } = analyse('begin { @n = 1; }', { target });
    const [text, offset] = atBar('begin { print(@|n); }');
    const found = occurrences(analyse(text, { target, maps }), offset);
    assert.equal(found?.definition, undefined);
    assert.equal(found?.ranges.length, 1);
  });
});

test('outlines a program', () => {
  const text =
    'struct a { int b; }; let @m = hash(5); macro f(x) { x } begin, t:sched:sched_switch { @m[1] = 1; }';
  assert.deepEqual(
    outline(analyse(text, { target }).tree).map(({ kind, name }) => [kind, name]),
    [
      ['type', 'struct a'],
      ['map', '@m'],
      ['macro', 'f'],
      ['probe', 'begin, t:sched:sched_switch'],
    ],
  );
});

test('a tracepoint that is not known may exist where not all are', () => {
  const partial = { ...target, partial: true, tracepointFormat: () => undefined };
  assert.deepEqual(analyse('tracepoint:a:b { print(args.c); }', { target: partial }).diagnostics, []);
});

test('any place of any program is answered', () => {
  const text = `config = { max_strlen = 64 }\n${SWITCH} /args.next_pid > 0/ {\n  $x = (1, "a"); @m[$x.0] = hist(args.next_pid);\n}`;
  for (let offset = 0; offset <= text.length; offset++) {
    for (const part of [text, text.slice(0, offset)]) {
      const analysis = analyse(part, { target });
      complete(part, offset, catalogue);
      hover(analysis, offset, catalogue);
      signatureHelp(analysis, offset);
    }
  }
});

test('a target that is far away is asked until nothing is missing', async () => {
  const asked: string[] = [];
  const remote = new RemoteTarget(
    { arch: 'x64', cpus: 2, complete: true },
    {
      answers: async questions =>
        questions.map(([method, ...given]) => {
          asked.push([method, ...given].join(' '));
          const ask = target[method as keyof LanguageTarget] as ((...given: Given[]) => unknown) | undefined;
          return toAnswer(ask?.(...given));
        }),
      names: async provider => NAMES[provider] ?? [],
    },
  );
  const text = `${SWITCH} { print(args.next_pid); $t = curtask; print($t.real_parent.pid); }`;
  const find = () => remote.resolve(({ target }) => analyse(text, { target }));
  assert.deepEqual((await find())?.diagnostics, []);
  assert.deepEqual(new Set(asked).size, asked.length, 'each question once');
  const before = asked.length;
  await find();
  assert.equal(asked.length, before, 'answers are kept');
  const wrong = await remote.resolve(({ target }) => analyse('tracepoint:no:such { }', { target }));
  assert.deepEqual(
    wrong?.diagnostics.map(({ code }) => code),
    ['no-matches'],
  );
  const offered = await remote.resolve(catalogue => complete('tracepoint:', 11, catalogue));
  assert.ok(offered?.items.some(({ label }) => label === SWITCH));
});

test('a target with no end of questions is given up', async () => {
  const remote = new RemoteTarget(
    { arch: 'x64', cpus: 2, complete: true },
    { answers: async questions => questions.map(() => 'x'), names: async () => [] },
  );
  let round = 0;
  const work = ({ target }: Catalogue) => target.type(`t${round++}`);
  assert.equal(await remote.resolve(work), undefined);
  assert.ok(round < 100);
});

test('answers survive JSON', () => {
  const value = {
    address: 1n << 60n,
    sites: [{ name: 'a', offset: 5, none: undefined }],
    of: new Map([['a', ['b']]]),
  };
  const { none: _, ...site } = value.sites[0]!;
  assert.deepEqual(fromAnswer(JSON.parse(JSON.stringify(toAnswer(value)))), { ...value, sites: [site] });
  assert.equal(fromAnswer(toAnswer(undefined)), undefined);
});

describe('types of maps in BPF C', () => {
  const offered = (marked: string) => completeMapType(...atBar(marked))?.items.map(({ label }) => label);
  test('are completed, but for those that are refused', () => {
    assert.ok(offered('struct { __uint(type, |')?.includes('BPF_MAP_TYPE_HASH'));
    assert.ok(offered('__uint(type, BPF_MAP_TYPE_PE|)')?.includes('BPF_MAP_TYPE_PERF_EVENT_ARRAY'));
    assert.ok(!offered('__uint(type, |)')?.includes('BPF_MAP_TYPE_SOCKMAP'));
    assert.equal(offered('__uint(max_entries, |)'), undefined);
  });
  test('are explained', () => {
    const said = (marked: string) => mapTypeHover(...atBar(marked))?.text ?? '';
    assert.match(
      said('__uint(type, BPF_MAP_TYPE_QU|EUE)'),
      /in which they came.*\n\nIn a cell: the value that is taken next/,
    );
    assert.match(
      said('__uint(type, BPF_MAP_TYPE_STRUCT_OPS|)'),
      /In a cell: refused: .* Trace the functions/,
    );
    assert.equal(said('__uint(max_en|tries, 1)'), '');
  });
});

describe("members of Linux's structs in BPF C", () => {
  const offered = (marked: string) =>
    completeMember(...atBar(marked), catalogue)?.items.map(({ label }) => label) ?? [];
  const said = (marked: string) => memberHover(...atBar(marked), catalogue)?.text ?? '';
  const PROGRAM = 'int f(struct task_struct *ctx)\n{\n\tstruct task_struct *parent;\n\t';

  test('are completed, along pointers', () => {
    assert.ok(offered(`${PROGRAM}ctx->|`).includes('pid'));
    assert.ok(offered(`${PROGRAM}parent = ctx->real_parent->re|`).includes('real_parent'));
    assert.deepEqual(offered(`${PROGRAM}nothing->|`), []);
    assert.deepEqual(offered(`${PROGRAM}ctx->pid.|`), []);
  });

  test('are explained, and so are the structs', () => {
    assert.match(
      said(`${PROGRAM}ctx->real_par|ent;`),
      /^```c\ntask_struct \*real_parent;\n```\n\nMember of `struct task_struct` at byte 1472/,
    );
    assert.match(said('struct task_|struct *t;'), /^```c\nstruct task_struct \{[\s\S]* pid; \/\* \d+ \*\//);
    assert.equal(said('struct unheard_|of *t;'), '');
  });
});

describe('SEC() of BPF C', () => {
  const offered = (marked: string) =>
    completeSection(...atBar(marked), catalogue)?.items.map(({ label }) => label);
  test('is completed', () => {
    assert.ok(offered('SEC("|")')?.includes('tp'));
    assert.ok(offered('SEC("tp/sched/|") int f(void *ctx)')?.includes('tp/sched/sched_switch'));
    assert.ok(offered('SEC("raw_tp/sys|')?.includes('raw_tp/sys_enter'));
    assert.equal(offered('int f("|")'), undefined);
  });
  test('0.20: is explained', () => {
    const said = (marked: string) => sectionHover(...atBar(marked), catalogue)?.text ?? '';
    assert.match(said('SEC("tp/sched/sched_s|witch")'), /BPF_PROG_TYPE_TRACEPOINT.*`prev_comm`/s);
    assert.match(said('char l[] SEC("lic|ense") = "GPL";'), /GPL-compatible/);
    assert.match(said('SEC("upr|obe.multi//bin/sh:main")'), /program or library/);
    assert.equal(said('SEC("unheard|_of")'), '');
  });
});
