/** Why a function cannot be probed, as far as Linux tells, and what can be instead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceOn } from '../../kernel/language/advice.ts';
import type { LanguageTarget } from '../../kernel/language/index.ts';
import type { FunctionFacts } from '../../kernel/layout.ts';

const FUNCTIONS = ['vfs_read', 'tcp_ack_update.constprop.0'];
const TYPED = ['vfs_read', 'tcp_inlined'];

const target = (facts: Partial<FunctionFacts>): LanguageTarget => ({
  arch: 'x64',
  cpus: 1,
  tracepointFormat: () => undefined,
  tracepoints: () => ['tcp:tcp_probe', 'sched:sched_switch', 'irq:irq_handler_entry'],
  type: () => undefined,
  functions: () => new Map(FUNCTIONS.map(name => [name, ['vmlinux']])),
  functionType: name => (TYPED.includes(name) ? { params: [] } : undefined),
  functionFacts: () => ({ symbols: [], blacklisted: false, modules: [], ...facts }),
});

/** Function, what Linux says of it, what the user is told. */
const ADVICE: [name: string, facts: Partial<FunctionFacts>, told: RegExp][] = [
  ['tcp_hidden', { symbols: ['tcp_hidden'] }, /marked notrace.*Tracepoints about the same: tcp:tcp_probe\./],
  ['tcp_hidden', { symbols: ['tcp_hidden'], blacklisted: true }, /^Linux forbids probes in tcp_hidden \(/],
  [
    'tcp_ack_update',
    { symbols: ['tcp_ack_update.constprop.0', 'tcp_ack_update.cold'] },
    /^The compiler changed it and named it anew: probe tcp_ack_update\.constprop\.0, whose/,
  ],
  ['tcp_rare', { symbols: ['tcp_rare.cold'] }, /^Only parts of it are left \(tcp_rare\.cold\)/],
  ['tcp_inlined', {}, /^tcp_inlined has a type, but no code of its own: it was inlined/],
  ['btrfs_sync_file', { modules: ['btrfs'] }, /is not loaded: modprobe btrfs\.$/],
  ['vfs_raed', {}, /^Did you mean vfs_read\?$/],
  ['nonsense', {}, /^List functions with: ebpfnb list 'kprobe:\*nonsense\*'\.$/],
  ['rcu_read_lock_held', { symbols: ['rcu_read_lock_held'] }, /RCU/],
];
for (const [name, facts, told] of ADVICE)
  test(`${name}: ${told.source}`, () => assert.match(adviceOn(name, 'kprobe', target(facts)), told));
