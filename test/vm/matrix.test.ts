/**
 * Which kinds of probes this Linux has: each is attached and must count, be attached by a substitute, or be refused
 * with a reason. The outcomes go to the file that EBPFNB_MATRIX names, a line each.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { native } from '../../native/addon.ts';
import { fixture, skip, TestKernel, textOf } from '../host/kernel-helpers.ts';
import { scratchFolder } from '../scratch.ts';

type Way = 'kprobe' | 'fentry';

interface Row {
  type: string;
  program: string;
  /** The command whose actions are counted. */
  workload?: string;
  /** The program needs this of Linux, or can do with the second. */
  ways?: [Way, Way?];
  /** ADDRESS is that of a variable that changes in a process of its own. */
  watched?: boolean;
  /** Not every machine has it; what is said then. */
  refusal?: RegExp;
}

const HIT = '{ printf("hit\\n"); exit(); }';
const CHILD = `/pid == cpid/ ${HIT}`;
const READS = 'cat /etc/hostname';

const folder = scratchFolder();
const built = (name: string) => join(folder, name);
const WATCHED = 'watched';

before(() => {
  for (const name of ['usdt', WATCHED]) {
    const built = spawnSync('cc', ['-o', join(folder, name), fixture(`probes/${name}.c`)], {
      encoding: 'utf8',
    });
    assert.equal(built.status, 0, built.stderr);
  }
});

const ROWS: Row[] = [
  { type: 'begin', program: `begin ${HIT}` },
  { type: 'end', program: 'begin { exit(); } end { printf("hit\\n"); }' },
  {
    type: 'tracepoint',
    program: `tracepoint:syscalls:sys_enter_openat /pid == cpid && args.flags >= 0/ ${HIT}`,
    workload: READS,
  },
  { type: 'rawtracepoint', program: `rawtracepoint:sched_process_exec ${CHILD}`, workload: READS },
  { type: 'uprobe', program: `uprobe:libc:malloc ${CHILD}`, workload: READS },
  { type: 'uretprobe', program: `uretprobe:libc:malloc ${CHILD}`, workload: READS },
  { type: 'usdt', program: `usdt:${built('usdt')}:app:hit ${CHILD}`, workload: built('usdt') },
  { type: 'interval', program: `interval:ms:50 ${HIT}` },
  { type: 'profile', program: `profile:hz:99 ${HIT}` },
  { type: 'software', program: `software:page-faults:1 ${CHILD}`, workload: READS },
  {
    type: 'hardware',
    program: `hardware:cpu-cycles:1000000 ${HIT} interval:s:5 { exit(); }`,
    refusal: /no counter of such events/,
  },
  {
    type: 'watchpoint',
    program: `watchpoint:ADDRESS:8:w ${HIT} interval:s:5 { exit(); }`,
    watched: true,
    refusal: /Unable to attach/,
  },
  { type: 'iter', program: 'iter:task /ctx.task.pid > 0/ { printf("hit\\n"); }' },
  { type: 'kprobe', program: `kprobe:vfs_read ${CHILD}`, workload: READS, ways: ['kprobe', 'fentry'] },
  { type: 'kretprobe', program: `kretprobe:vfs_read ${CHILD}`, workload: READS, ways: ['kprobe', 'fentry'] },
  { type: 'kprobe, offset', program: `kprobe:vfs_read+0 ${CHILD}`, workload: READS, ways: ['kprobe'] },
  {
    type: 'kprobe, wildcard',
    program: `kprobe:vfs_re* ${CHILD}`,
    workload: READS,
    ways: ['kprobe', 'fentry'],
  },
  {
    type: 'kprobe and kretprobe',
    program: `kprobe:vfs_read /pid == cpid/ { @ = 1; } kretprobe:vfs_read /@ && pid == cpid/ ${HIT}`,
    workload: READS,
    ways: ['kprobe', 'fentry'],
  },
  {
    type: 'uprobe, wildcard',
    program: `uprobe:libc:mallo* ${CHILD}`,
    workload: READS,
  },
  {
    type: 'fentry',
    program: `fentry:vfs_read /args.count > 0/ ${HIT}`,
    workload: READS,
    ways: ['fentry', 'kprobe'],
  },
  {
    type: 'fexit',
    program: `fexit:vfs_read /retval >= 0/ ${HIT}`,
    workload: READS,
    ways: ['fentry', 'kprobe'],
  },
];

const tests = new TestKernel();
after(() => tests.kernel.close());

/** Starts the process with the variable, until the test ends. */
async function watching(program: string, t: TestContext): Promise<[source: string, about: { pid: number }]> {
  const child = spawn(built(WATCHED));
  t.after(() => child.kill());
  const [address] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return [program.replace('ADDRESS', address.trim()), { pid: child.pid! }];
}

/** What the run shows: `attached and counted`, `as fentry`, `refused: …`. */
function outcome(snapshot: RunSnapshot): string {
  const told = snapshot.diagnostics;
  const problem = told.find(({ severity }) => severity === 'error');
  // The same reason for several probes is one.
  const reason = problem?.message.replace(/^\S+ (?=cannot be attached)/, '');
  if (problem) return `refused: ${reason}${problem.remedy ? ` (${problem.remedy})` : ''}`;
  if (!textOf(snapshot).includes('hit')) return 'attached, and never ran';
  const substitute = told.find(({ code }) => code === 'substituted');
  return substitute ? /attached as \w+/.exec(substitute.message)![0] : 'attached and counted';
}

function expected({ ways, refusal }: Row): RegExp {
  const missing = native.missingFeatures();
  const [own, other] = ways ?? [];
  if (own && missing[own])
    return other && !missing[other]
      ? /^attached as/
      : /^refused: cannot be attached: .*(CONFIG_KPROBES|fentry)/;
  return refusal
    ? new RegExp(`^attached and counted|^refused: .*(${refusal.source})`)
    : /^attached and counted$/;
}

describe('matrix', { skip }, () => {
  for (const row of ROWS) {
    test(row.type, async t => {
      const { program, workload, watched } = row;
      const [source, about] = watched ? await watching(program, t) : [program, {}];
      const snapshot = await tests.run(`${workload ? `//| workload: ${workload}\n` : ''}${source}`, about);
      const found = outcome(snapshot);
      const { EBPFNB_MATRIX: record } = process.env;
      if (record) appendFileSync(record, `${JSON.stringify({ type: row.type, outcome: found })}\n`);
      assert.match(found, expected(row));
    });
  }
});
