/** Probes at functions of Linux's own: what they read, and what is said of those that cannot be. */
import assert from 'node:assert/strict';
import { release } from 'node:os';
import { after, describe, test } from 'node:test';
import { native } from '../../native/addon.ts';
import { Background, skip, TestKernel, textOf } from '../host/kernel-helpers.ts';
import { describeArticles } from './articles.ts';
import { describeUntraceable } from './untraceable.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

const missing = skip ? {} : native.missingFeatures();

/** With a workload that reads 9 bytes from a file of its own. */
async function lines(program: string, workload = "sh -c 'echo 12345678 > /tmp/nine; exec cat /tmp/nine'") {
  const snapshot = await tests.run(`//| workload: ${workload}\n${program}`);
  const problems = snapshot.diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(problems, []);
  return textOf(snapshot);
}

async function refusal(program: string): Promise<string[]> {
  const { diagnostics } = await tests.run(program);
  return diagnostics.map(({ severity, message }) => `${severity}: ${message}`);
}

/** Why Linux does not count the hits of kprobes that it skips; false where it does. */
function countsSkipped(): string | false {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 7) ? false : 'Linux tells them since 6.7';
}

const OPENED = 'str(((struct filename *)arg1).name)';

describe('kprobe', { skip: skip || missing.kprobe || false }, () => {
  test('arguments are words, and casts reach into them', async () => {
    const shown = await lines(`kprobe:do_filp_open /pid == cpid/ { @[${OPENED}] = count(); }
end { printf("%d\\n", @["/tmp/nine"]); }`);
    assert.ok(shown.includes('2'), shown.join('\n'));
  });

  test('the time between entry and return', async () => {
    const [took] = await lines(`kprobe:vfs_write /pid == cpid/ { @start[tid] = nsecs; }
kretprobe:vfs_write /@start[tid]/ { printf("%d %d\\n", retval, nsecs - @start[tid] > 0); exit(); }`);
    assert.equal(took, '9 1');
  });

  test('names: func and probe', async () => {
    const [shown] = await lines('kprobe:vfs_rea* /pid == cpid/ { printf("%s %s\\n", probe, func); exit(); }');
    assert.equal(shown, 'kprobe:vfs_read vfs_read');
  });

  test('entry and return are one program where Linux has sessions', async () => {
    const run = tests.start(`//| workload: cat /etc/hostname
kprobe:vfs_read /pid == cpid/ { @in[tid] = arg0; } kretprobe:vfs_read /@in[tid]/ { @out = sum(retval); }
end { printf("%d %d\\n", len(@in), @out > 0); }`);
    const { probes, ...ended } = await run.ended;
    assert.deepEqual(
      [probes, textOf({ probes, ...ended })[0]],
      [['kprobe:vfs_read', 'kretprobe:vfs_read', 'end'], '1 1'],
    );
    if (missing.kprobe_session || missing.kprobe_multi) return;
    assert.equal(run.attachedPlaces, 2, 'both at once, and end');
  });

  test('one by one where there is no kprobe.multi: all that can be are attached', async () => {
    const run = tests.start('kprobe:vfs_r* { @ = count(); } begin { printf("begun\\n"); }');
    await tests.live(run);
    run.end('stopped');
    assert.deepEqual(textOf(await run.ended)[0], 'begun');
  });

  test('a wildcard is one program for all its functions', async () => {
    const run = tests.start(
      '//| workload: cat /etc/hostname\nkprobe:vfs_* /pid == cpid/ { @[func] = count(); } end { print(@); }',
    );
    const shown = textOf(await run.ended);
    assert.ok(
      shown.some(line => /^@\[vfs_read\]: [1-9]/.test(line)),
      shown.join('\n'),
    );
    assert.ok(
      shown.some(line => /^@\[vfs_open\]: [1-9]/.test(line)),
      shown.join('\n'),
    );
  });

  test('a module', async () => {
    const [shown] = await lines('kprobe:overlay:ovl_open { printf("%s\\n", func); exit(); }');
    assert.equal(shown, 'ovl_open');
  });

  test('an instruction, by its offset and by its address', async () => {
    const [shown] = await lines(
      'kprobe:vfs_read+0 /pid == cpid/ { printf("%d\\n", reg("ip") != 0); exit(); }',
    );
    assert.equal(shown, '1');
    const snapshot = await tests.run('kprobe:0x12345678 { }', { unsafe: true });
    assert.match(snapshot.diagnostics[0]!.message, /Unable to attach probe: kprobe:305419896/);
  });

  test('what cannot be attached is left out where that is asked for', async () => {
    const source = 'kprobe:0x12345678 { } interval:ms:10 { printf("on\\n"); exit(); }';
    const warned = await tests.run(`config = { missing_probes = warn } ${source}`, { unsafe: true });
    assert.deepEqual(textOf(warned), ['on']);
    assert.match(warned.diagnostics[0]!.message, /^Unable to attach probe: kprobe:305419896\. Skipping\.$/);
    const silent = await tests.run(`config = { missing_probes = ignore } ${source}`, { unsafe: true });
    assert.deepEqual([textOf(silent), silent.diagnostics], [['on'], []]);
    const none = await tests.run('config = { missing_probes = ignore } kprobe:0x12345678 { }', {
      unsafe: true,
    });
    assert.equal(none.diagnostics.at(-1)?.message, 'Attachment failed for all probes.');
  });

  test("the frames of a function's callers", async () => {
    const shown = await lines('kprobe:vfs_read /pid == cpid/ { print(kstack(4)); exit(); }');
    assert.ok(
      shown.some(line => line.includes('ksys_read')),
      shown.join('\n'),
    );
  });

  test('hits that Linux skips are counted, by probe', { skip: countsSkipped() }, async () => {
    // The second is within the first, where Linux handles no other kprobe.
    const { losses = [] } = await tests.run(`//| workload: cat /proc/self/maps
kprobe:vfs_read /pid == cpid/ { @ = kstack; } kprobe:get_perf_callchain { @inner = count(); }`);
    const skipped = losses.find(({ problem }) => problem.code === 'skipped-kprobe');
    assert.equal(skipped?.problem.program, 'kprobe:get_perf_callchain');
    assert.ok(skipped.count > 0);
  });

  test('and those of BPF C, by section', { skip: countsSkipped() }, async () => {
    const source = `//| workload: cat /proc/self/maps
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
SEC("tp/syscalls/sys_enter_read") int outer(void *ctx)
{
	unsigned long stack[8];
	return bpf_get_stack(ctx, stack, sizeof(stack), 0) < 0;
}
SEC("kprobe/get_perf_callchain") int inner(void *ctx) { return 0; }`;
    const { losses = [], diagnostics } = await tests.run(source, { language: 'bpf-c' });
    const skipped = losses.find(({ problem }) => problem.code === 'skipped-recursion');
    assert.equal(
      skipped?.problem.program,
      'kprobe/get_perf_callchain',
      JSON.stringify([losses, diagnostics]),
    );
    assert.ok(skipped.count > 0);
  });

  test('functions in which probes can do harm are left alone', async () => {
    const [refused] = await refusal('kprobe:_raw_spin_lock { exit(); }');
    assert.match(
      refused!,
      /^error: kprobe:_raw_spin_lock can do harm\. Maps and ring buffers take such locks/,
    );
    const run = tests.start('kprobe:_raw_*lock* { @ = count(); } interval:ms:500 { exit(); }', {
      details: true,
    });
    const { reason, diagnostics } = await run.ended;
    assert.equal(reason, 'exit');
    assert.match(diagnostics.map(({ message }) => message).join('\n'), /left out .*_raw_spin_lock_irqsave/);
  });

  test('names that are none', async () => {
    assert.deepEqual(await refusal('kprobe:vmlinux:nonsense { exit(); }'), [
      'warning: nonsense is not traceable (either non-existing, inlined, or marked as "notrace"); attaching to it will likely fail',
      'error: No matches for kprobe vmlinux:nonsense.',
    ]);
    assert.deepEqual(await refusal('kprobe:rcu_* { exit(); }'), ['error: Probe has no valid attach points.']);
    assert.deepEqual(
      await refusal('config = { missing_probes = ignore } kprobe:nonsense, begin { exit(); }'),
      [],
    );
    assert.deepEqual(
      await refusal('config = { max_probes = 1 } kprobe:vfs_read, kprobe:vfs_write { exit(); }'),
      ["error: Can't attach to 2 probes because it exceeds the current limit of 1 probes."],
    );
  });
});

describe('fentry', { skip: skip || missing.fentry || false }, () => {
  test('arguments and results have types', async () => {
    const shown = await lines(`fentry:vfs_read /pid == cpid/ { @asked = args.count; }
fexit:vfs_read /pid == cpid && retval == 9/ {
  printf("%d %s %d\\n", retval, str(args.file.f_path.dentry.d_name.name), @asked >= 9); exit();
}`);
    assert.equal(shown[0], '9 nine 1');
  });

  test("a pointer may be the program's", async () => {
    const [shown] = await lines(
      'fentry:vfs_write /pid == cpid/ { printf("%s %d\\n", str(args.buf, 4), args.count); exit(); }',
    );
    assert.match(shown!, /^1234? 9$/);
  });

  test('paths and sockets: pointers that Linux itself follows', async () => {
    const closed = await lines(
      'fentry:filp_close /pid == cpid/ { printf("%s\\n", path(args.filp.f_path)); }',
    );
    assert.ok(closed.includes('/tmp/nine'), closed.join('\n'));
    const [connected] = await lines(
      'fentry:tcp_connect /pid == cpid/ { printf("%d\\n", socket_cookie(args.sk) != 0); exit(); }',
      "bash -c 'exec 3<>/dev/tcp/127.0.0.1/1'",
    );
    assert.equal(connected, '1');
  });

  test('a BPF program that runs is a function, too', async () => {
    const other = tests.start('interval:ms:50 { @ticks = count(); }', { id: 'other' });
    await tests.live(other);
    const [shown] = await lines(
      'fexit:bpf:interval_ms_50 { printf("%s %d\\n", probe, retval); exit(); }',
      'sleep 30',
    );
    assert.match(shown!, /^fexit:bpf:\d+:interval_ms_50 0$/);
    other.end('stopped');
    await other.ended;
  });

  test('older names, wildcards, negative results', async () => {
    const [shown] = await lines(
      'kretfunc:do_sys_openat2 /pid == cpid && retval < 0/ { printf("%s %d\\n", probe, retval); exit(); }',
      'cat /nowhere',
    );
    assert.equal(shown, 'fexit:vmlinux:do_sys_openat2 -2');
    const calls = await lines('fentry:vfs_rea* /pid == cpid/ { @[func] = count(); } end { print(@); }');
    assert.ok(
      calls.some(line => /^@\[vfs_read\]: [1-9]/.test(line)),
      calls.join('\n'),
    );
  });
});

/** What shall not be used, and by what each probe is replaced. */
const SUBSTITUTES: [without: string, by: Record<string, string>][] = [
  ['kprobe', { 'kprobe:vfs_rea*': 'fentry', 'kretprobe:vfs_read': 'fexit' }],
  ['fentry', { 'fentry:vfs_read': 'kprobe', 'fexit:vfs_read': 'kretprobe' }],
];

describe('what is used instead', { skip: skip || missing.kprobe || missing.fentry || false }, () => {
  for (const [without, by] of SUBSTITUTES)
    test(`of ${without}`, async () => {
      const probes = Object.keys(by).map(probe => `${probe} /pid == cpid/ { @["${probe}"] = count(); }`);
      const workload = ['-c', '/bin/cat /etc/hostname'];
      const run = new Background(['trace', '--no-feature', without, ...workload, '-e', probes.join('\n')]);
      assert.equal(await run.ended, 0, run.stderr);
      for (const [probe, substitute] of Object.entries(by)) {
        const told = `${probe} is attached as ${substitute}: ${without} is switched off`;
        assert.ok(run.stderr.includes(told), run.stderr);
        assert.ok(run.stdout.includes(`@[${probe}]: `), run.stdout);
      }
    });
});

describeUntraceable(tests, skip || missing.kprobe || false);
describeArticles(tests, skip || missing.kprobe || false);
