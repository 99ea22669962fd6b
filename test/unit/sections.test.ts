/** SEC() texts of BPF C: where they attach, and what is wrong with them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sectionAttach, sectionProblem } from '../../kernel/language/index.ts';
import { REFUSED_SECTIONS, SECTIONS } from '../../kernel/language/tables/sections.ts';
import type { AttachSpec } from '../../kernel/layout.ts';

const attach = (text: string) => sectionAttach(text, path => `<${path}>`);
const code = (text: string) => sectionProblem(text, undefined)?.code;

const ATTACHED: [section: string, attach: AttachSpec][] = [
  ['tp/sched/sched_switch', { kind: 'tracepoint', category: 'sched', event: 'sched_switch' }],
  ['raw_tp/sys_enter', { kind: 'raw_tracepoint', event: 'sys_enter' }],
  ['raw_tracepoint.w/bpf_test_finish', { kind: 'raw_tracepoint', event: 'bpf_test_finish' }],
  ['tp_btf/sched_switch', { kind: 'auto' }],
  ['kprobe/vfs_read', { kind: 'kprobe', functions: ['vfs_read'], ret: false }],
  ['kprobe/ext4:f.isra.0+0x10', { kind: 'kprobe', functions: ['ext4:f.isra.0'], offset: 16, ret: false }],
  ['kretprobe/vfs_read', { kind: 'kprobe', functions: ['vfs_read'], ret: true }],
  ['kretprobe.multi/vfs_*', { kind: 'kprobe', functions: ['vfs_*'], ret: true }],
  ['kprobe.session/vfs_read', { kind: 'kprobe', functions: ['vfs_read'], ret: false }],
  ['ksyscall/openat', { kind: 'auto' }],
  ['fexit.s/vfs_read', { kind: 'auto' }],
  ['uprobe//bin/sh:main+4', { kind: 'uprobe', binary: '</bin/sh>', symbol: 'main', offset: 4, ret: false }],
  ['uretprobe.s/libc:malloc', { kind: 'uprobe', binary: '<libc>', symbol: 'malloc', ret: true }],
  ['uprobe/./a.out:0x1234', { kind: 'uprobe', binary: '<./a.out>', offset: 0x1234, ret: false }],
  ['uprobe.multi.s/libc:mallo*', { kind: 'uprobe', binary: '<libc>', symbol: 'mallo*', ret: false }],
  ['usdt/libc:libc:setjmp', { kind: 'usdt', binary: '<libc>', provider: 'libc', name: 'setjmp' }],
  ['iter/task', { kind: 'iter' }],
  ['iter.s/cgroup', { kind: 'iter', cgroups: true }],
  ['perf_event', { kind: 'clock', period: 10_101_010, everyCpu: true }],
  ['syscall', { kind: 'begin' }],
  ['tp', { kind: 'tail_call' }],
  ['kprobe/3', { kind: 'tail_call', index: 3 }],
];

describe('SEC()', () => {
  for (const [section, expected] of ATTACHED)
    test(section, () => {
      assert.deepEqual(attach(section), expected);
      assert.equal(code(section), undefined);
    });

  for (const section of [
    'tp/sched',
    'tp/a/b/c',
    'fentry',
    'fentry/',
    'kprobe.multi',
    'kprobe.session/',
    'kprobe/vfs_*',
    'uprobe/malloc',
    'usdt/libc:setjmp',
    'iter',
    'syscall/x',
    'perf_event/cycles',
  ])
    test(`${section}: what is missing is told`, () => assert.equal(code(section), 'section-incomplete'));

  for (const section of ['tpp/a/b', 'kprobes/vfs_read', '', 'tp.s/a/b', 'fentry.multi/f'])
    test(`"${section}": no kind of program`, () => assert.equal(code(section), 'section-unknown'));

  test('a mistyped kind is guessed', () =>
    assert.equal(sectionProblem('kprob/vfs_read', undefined)?.remedy, 'Did you mean kprobe?'));

  for (const section of [
    ...['xdp', 'xdp.frags/devmap', 'tc', 'tcx/ingress', 'classifier', 'action', 'netkit/peer', 'netfilter'],
    ...['lwt_in', 'flow_dissector', 'socket', 'sockops', 'sk_skb/verdict', 'sk_msg', 'sk_lookup'],
    ...['sk_reuseport/migrate', 'cgroup/skb', 'cgroup_skb/egress', 'lsm/file_open', 'lsm.s/bpf'],
    ...['lsm_cgroup/x', 'fmod_ret/f', 'fmod_ret.s/f', 'freplace/f', 'struct_ops/f', 'struct_ops.s/f'],
    ...['lirc_mode2', 'uprobe.session/libc:malloc'],
  ])
    test(`${section}: refused, with what to use instead`, () => {
      const told = sectionProblem(section, undefined)!;
      assert.equal(told.code, 'section-refused');
      assert.match(told.remedy!, /SEC\(|bpf|probe/);
    });

  test('no kind stands twice', () => {
    const names = SECTIONS.flatMap(row => row.names);
    assert.equal(new Set(names).size, names.length);
    for (const { names: refused } of REFUSED_SECTIONS)
      for (const name of refused) assert.ok(!names.includes(name));
  });
});
