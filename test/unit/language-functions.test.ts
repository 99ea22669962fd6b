/** Which functions of Linux an attach point means, and in which way its programs are attached. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CompileOptions, compileBpftrace } from '../../kernel/language/index.ts';
import type { ProbeName } from '../../kernel/language/tables/rows.ts';
import { reasonToLeaveAlone } from '../../kernel/language/tables/untraceable.ts';
import { lacking, target } from './language-fixtures.ts';

/** Section, attach point and messages of a program. */
function resolve(source: string, options: Partial<CompileOptions> = {}) {
  const { cell, diagnostics } = compileBpftrace(source, { target, ...options });
  return {
    sections: [...(cell?.c ?? '').matchAll(/SEC\("(k\w+(?:\.multi|\.session)?|f\w+\/\S+)"\)/g)].map(
      ([, name]) => name,
    ),
    attached: cell?.layout.programs.map(({ attach }) => attach) ?? [],
    names: cell?.layout.programs.map(({ probe }) => probe) ?? [],
    said: diagnostics.map(({ severity, message }) => `${severity}: ${message}`),
  };
}

const kprobe = (functions: string[], more: object = {}) => ({
  kind: 'kprobe',
  functions,
  ret: false,
  ...more,
});

describe('kprobe', () => {
  const cases: [source: string, section: string, attach: object][] = [
    ['kprobe:vfs_read { }', 'kprobe', kprobe(['vfs_read'])],
    ['k:vmlinux:vfs_read { }', 'kprobe', kprobe(['vfs_read'])],
    ['kretprobe:vfs_read { }', 'kretprobe', kprobe(['vfs_read'], { ret: true })],
    ['kprobe:vfs_read+0x10 { }', 'kprobe', kprobe(['vfs_read'], { offset: 16 })],
    ['kprobe:overlay:ovl_open { }', 'kprobe', kprobe(['overlay:ovl_open'])],
    ['kprobe:vfs_* { }', 'kprobe.multi', kprobe(['vfs_read', 'vfs_readv'])],
    ['kretprobe:*v* { }', 'kretprobe.multi', kprobe(['vfs_read', 'vfs_readv', 'ovl_open'], { ret: true })],
    ['kprobe:over*:* { }', 'kprobe', kprobe(['overlay:ovl_open'])],
  ];
  for (const [source, section, attach] of cases) {
    test(source, () => {
      const { sections, attached, said } = resolve(source);
      assert.deepEqual([sections, attached, said], [[section], [attach], []]);
    });
  }

  test('a program each where the name is asked for', () => {
    assert.deepEqual(resolve('kprobe:vfs_* { print(probe); }').names, [
      'kprobe:vfs_read',
      'kprobe:vfs_readv',
    ]);
  });

  test('one by one where Linux has no kprobe.multi', () => {
    const { sections, attached } = resolve('kprobe:vfs_* { }', { target: lacking('kprobe_multi') });
    assert.deepEqual([sections, attached], [['kprobe'], [kprobe(['vfs_read', 'vfs_readv'])]]);
  });

  describe('with the kretprobe of the same functions', () => {
    const both = 'kprobe:vfs_read { @ = arg0; } kretprobe:vfs_read { @ = retval; }';

    test('is one program, by one link', () => {
      const { sections, attached, names } = resolve(both);
      assert.deepEqual(
        [sections, attached, names],
        [['kprobe.session'], [kprobe(['vfs_read'])], ['kprobe:vfs_read']],
      );
      const all = resolve('kretprobe:vfs_* { } kprobe:vfs_* { }');
      assert.deepEqual(
        [all.sections, all.attached],
        [['kprobe.session'], [kprobe(['vfs_read', 'vfs_readv'])]],
      );
    });

    for (const [why, source] of [
      ['another function', 'kprobe:vfs_read { } kretprobe:vfs_readv { }'],
      ['a place in it', 'kprobe:vfs_read+1 { } kretprobe:vfs_read { }'],
      ['a module', 'kprobe:overlay:ovl_open { } kretprobe:overlay:ovl_open { }'],
      ['several returns', `${both} kretprobe:vfs_read { }`],
      ['a block of several', 'kprobe:vfs_read, kprobe:vfs_readv { } kretprobe:vfs_read { }'],
      ['the name is asked for', 'kprobe:vfs_read { print(probe); } kretprobe:vfs_read { }'],
    ] as const) {
      test(`not with ${why}`, () => {
        const { sections } = resolve(source);
        assert.ok(!sections.includes('kprobe.session'), sections.join());
      });
    }

    test('not where Linux has no sessions', () => {
      const { sections } = resolve(both, { target: lacking('kprobe_session') });
      assert.deepEqual(sections, ['kprobe', 'kretprobe']);
    });
  });

  test('an address, when that is allowed', () => {
    assert.match(resolve('kprobe:0x10 { }').said[0]!, /Probing by address requires --unsafe/);
    const { attached, names } = resolve('kprobe:0x10 { }', { unsafe: 'all' });
    assert.deepEqual([names, attached], [['kprobe:16'], [kprobe([], { address: '10' })]]);
  });
});

describe('fentry', () => {
  test('by name and by wildcard', () => {
    const { sections, names } = resolve('fentry:vfs_* { } kretfunc:vmlinux:vfs_read { }');
    assert.deepEqual(sections, ['fentry/vfs_read', 'fentry/vfs_readv', 'fexit/vfs_read']);
    assert.deepEqual(names, [
      'fentry:vmlinux:vfs_read',
      'fentry:vmlinux:vfs_readv',
      'fexit:vmlinux:vfs_read',
    ]);
  });

  test('a module', () => {
    assert.deepEqual(resolve('fentry:overlay:ovl_open { }').sections, ['fentry/overlay:ovl_open']);
  });
});

describe('functions that are none', () => {
  const NOT_TRACEABLE =
    'warning: nonsense is not traceable (either non-existing, inlined, or marked as "notrace"); attaching to it will likely fail';
  const cases: [source: string, ...said: string[]][] = [
    ['kprobe:vmlinux:nonsense { }', NOT_TRACEABLE, 'error: No matches for kprobe vmlinux:nonsense.'],
    ['fentry:nonsense { }', 'error: No matches for fentry nonsense.'],
    ['kprobe:rcu_* { }', 'error: Probe has no valid attach points.'],
    ['kprobe:ext4:vfs_read { }', 'error: specified module ext4 in probe kprobe:ext4:vfs_read is not loaded.'],
    [
      'kprobe:overlay:vfs_read { }',
      NOT_TRACEABLE.replace('nonsense', 'vfs_read'),
      'error: No matches for kprobe overlay:vfs_read.',
    ],
    ['kretprobe:vfs_read+4 { }', 'error: Offset not allowed'],
    ['config = { missing_probes = ignore } begin, kprobe:nonsense { }'],
    [
      'config = { max_probes = 1 } kprobe:vfs_read, kprobe:vfs_readv { }',
      "error: Can't attach to 2 probes because it exceeds the current limit of 1 probes.",
    ],
    // One link for all.
    ['config = { max_probes = 1 } kprobe:vfs_* { }'],
    [
      'config = { max_bpf_progs = 1 } kprobe:vfs_* { print(probe); }',
      'error: Your program is trying to generate more than 2 BPF programs, which exceeds the current limit of 1',
    ],
    [
      'config = { max_bpf_progs = 1 } fentry:vfs_* { }',
      'error: Your program is trying to generate more than 2 BPF programs, which exceeds the current limit of 1',
    ],
  ];
  for (const [source, ...said] of cases) test(source, () => assert.deepEqual(resolve(source).said, said));

  test('links that are one by one count each', () => {
    const { said } = resolve('config = { max_probes = 1 } kprobe:vfs_* { }', {
      target: lacking('kprobe_multi'),
    });
    assert.match(said.join(), /Can't attach to 2 probes/);
  });

  test('what is not known may be there', () => {
    const { functions: _, functionType: __, ...unknown } = target;
    const { said } = resolve('kprobe:vfs_* { print(arg0); } fentry:nonsense { }', {
      target: unknown,
    });
    assert.deepEqual(said, []);
  });

  test('Linux has the last word where that is allowed', () => {
    const { said, attached } = resolve('kprobe:nonsense { }', { unsafe: 'all' });
    assert.deepEqual([said, attached], [[NOT_TRACEABLE], [kprobe(['nonsense'])]]);
  });
});

describe('functions that are left alone', () => {
  const refusal = (probe: string) => new RegExp(`^error: ${probe} can do harm\\. `);

  test('one by its name is refused, with the reason', () => {
    for (const probe of ['kprobe:rcu_gp_init', 'kretprobe:rcu_gp_init'])
      assert.match(resolve(`${probe} { }`).said.join(), refusal(probe));
    const { diagnostics } = compileBpftrace('fentry:rcu_gp_init { }', { target });
    assert.match(diagnostics[0]!.message, /can hang the machine\.$/);
    assert.match(diagnostics[0]!.remedy!, /unsafe: fentry/);
  });

  test('unless whoever starts it takes the risk', () => {
    for (const unsafe of ['all', ['kprobe']] as const)
      assert.deepEqual(resolve('kprobe:rcu_gp_init { }', { unsafe }).attached, [kprobe(['rcu_gp_init'])]);
  });

  test('of a wildcard without a word, unless details are asked for', () => {
    assert.deepEqual(resolve('kprobe:*r* { }').attached, [kprobe(['vfs_read', 'vfs_readv'])]);
    assert.deepEqual(resolve('kprobe:*r* { }').said, []);
    assert.deepEqual(resolve('kprobe:*r* { }', { details: true }).said, [
      'hint: left out because probes there can do harm: rcu_gp_init',
    ]);
  });

  test('each group, and what only looks like one', () => {
    const left = (name: string, probe?: ProbeName) => reasonToLeaveAlone(name, probe) !== undefined;
    for (const name of [
      '__rcu_read_lock',
      '__bpf_prog_enter_recur',
      '__bpf_tramp_exit',
      'bpf_prog_inc_misses_counter',
      'migrate_disable',
      'preempt_count_add',
      '_raw_spin_lock_irqsave',
      'native_queued_spin_lock_slowpath',
      'default_idle',
    ])
      assert.ok(left(name, 'kprobe'), name);
    for (const name of ['vfs_read', 'migrate_pages', 'mutex_lock', '_raw_read_lock', 'do_idle', 'call_rcu'])
      assert.ok(!left(name, 'kprobe'), name);
    assert.deepEqual(
      (['kprobe', 'kretprobe', 'fentry', 'fexit'] as const).filter(probe => left('do_exit', probe)),
      ['fexit'],
    );
  });
});

describe('substitutes', () => {
  const cases: [
    source: string,
    lacks: Parameters<typeof lacking>,
    section: string | undefined,
    said: RegExp,
  ][] = [
    ['kprobe:vfs_read { print(arg1); }', ['kprobe'], 'fentry/vfs_read', /^hint: .* attached as fentry: /],
    ['kretprobe:vfs_read { print(retval); }', ['kprobe'], 'fexit/vfs_read', /^hint: .* attached as fexit: /],
    ['fentry:vfs_read { print(args.count); }', ['fentry'], 'kprobe', /^hint: .* attached as kprobe: /],
    ['fexit:vfs_read { print(retval); }', ['fentry'], 'kretprobe', /^hint: .* attached as kretprobe: /],
    ['fexit:vfs_read { print(args.count); }', ['fentry'], undefined, /a kretprobe has no args$/],
    ['kprobe:vfs_read { print(reg("ip")); }', ['kprobe'], undefined, /a fentry has no reg\(\)$/],
    ['kprobe:vfs_read+4 { }', ['kprobe'], undefined, /a fentry has no offset$/],
    [
      'kprobe:vfs_read { }',
      ['kprobe', 'fentry'],
      undefined,
      /^error: kprobe:vfs_read cannot be attached: this Linux has no kprobe, and this Linux has no fentry$/,
    ],
  ];
  for (const [source, lacks, section, expected] of cases) {
    test(`${source} without ${lacks.join(' and ')}`, () => {
      const { sections, said } = resolve(source, { target: lacking(...lacks) });
      assert.deepEqual(sections, section ? [section] : []);
      assert.match(said[0]!, expected);
    });
  }
});

describe('functions of BPF programs', () => {
  const loaded = {
    ...target,
    bpfPrograms: () => [
      { id: 7, functions: ['interval_s_1', 'helper'] },
      { id: 9, functions: ['interval_s_1'] },
    ],
  };
  const at = (id: number, name: string) => ({ kind: 'bpf_program', id, function: name });
  const found = (source: string) => resolve(source, { target: loaded });

  const cases: [source: string, names: string[], attached: object[]][] = [
    [
      'fentry:bpf:interval_s_1 { }',
      ['fentry:bpf:7:interval_s_1', 'fentry:bpf:9:interval_s_1'],
      [at(7, 'interval_s_1'), at(9, 'interval_s_1')],
    ],
    ['fexit:bpf:9:interval_* { print(retval); }', ['fexit:bpf:9:interval_s_1'], [at(9, 'interval_s_1')]],
    ['f:bpf:*:hel* { }', ['fentry:bpf:7:helper'], [at(7, 'helper')]],
  ];
  for (const [source, names, attached] of cases) {
    test(source, () => {
      const resolved = found(source);
      assert.deepEqual([resolved.names, resolved.attached, resolved.said], [names, attached, []]);
    });
  }

  for (const [source, message] of [
    ['fentry:bpf { }', /requires a bpf program name/],
    ['fentry:bpf:seven:helper { }', /bpf program id must be a number or '\*'/],
    ['fentry:a:b:c { }', /Only the 'bpf' variant/],
    ['fentry:bpf:helpr { }', /No matches for fentry bpf:helpr\./],
    ['fentry:bpf:helper { print(args); }', /The args builtin cannot be used for 'fentry\/fexit:bpf' probes/],
  ] as const) {
    test(`${source}: is refused`, () => {
      assert.match(found(source).said.join(), message);
    });
  }

  test('needs fentry', () => {
    const { said } = resolve('fentry:bpf:helper { }', {
      target: { ...loaded, obstacle: lacking('fentry').obstacle! },
    });
    assert.match(said.join(), /fentry:bpf:helper cannot be attached: this Linux has no fentry/);
  });
});
