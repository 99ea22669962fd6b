import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { scratchFolder } from '../scratch.ts';
import { Background, COMMAND, ebpfnb, fixture, heldBy, skip, survivors, until } from './kernel-helpers.ts';

const folder = scratchFolder();

test('the first one-liner prints rows, and the map at the end', { skip }, () => {
  const program = `tracepoint:syscalls:sys_enter_openat /pid == cpid/ { printf("%s %s\\n", comm, str(args.filename)); @[comm] = count(); }`;
  const { status, stdout, stderr } = ebpfnb(['trace', '-e', program, '-c', '/bin/ls /']);
  assert.equal(status, 0);
  assert.equal(stderr, 'Attached 1 probe\n');
  // Linux reads no user page that is not in memory yet: such a name is empty, as it is with bpftrace.
  const rows = [...stdout.matchAll(/^ls (\/.*)?$/gm)].map(([row]) => row);
  assert.ok(rows.includes('ls /etc/ld.so.cache'));
  assert.match(stdout, new RegExp(`\\n\\n@\\[ls\\]: ${rows.length}\\n$`));
  assert.match(stdout, /^usr$/m, 'the command writes where we write');
});

test('JSON lines as bpftrace writes them', { skip }, () => {
  const { stdout } = ebpfnb([
    'trace',
    '-f',
    'json',
    '-e',
    'BEGIN { printf("x %d\\n", 1); @a["k"] = count(); exit(); }',
  ]);
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.deepEqual(lines, [
    { type: 'attached_probes', count: 1, data: { probes: 1 } },
    { type: 'printf', data: 'x 1\n' },
    { type: 'map', data: { '@a': { k: 1 } } },
  ]);
});

test('-q leaves only the output', { skip }, () => {
  const { stdout, stderr } = ebpfnb(['trace', '-q', '-e', 'BEGIN { printf("only\\n"); exit(); }']);
  assert.deepEqual([stdout.trim(), stderr], ['only', '']);
});

test('the status is what exit() was given', { skip }, () => {
  assert.equal(ebpfnb(['trace', '-e', 'BEGIN { exit(69); }']).status, 69);
});

test('a libbpf program: typed rows, its map at the end', { skip }, async () => {
  const traced = new Background(['trace', '-f', 'json', '--duration', '1500ms', fixture('cli/exec.bpf.c')]);
  await until(() => traced.stderr.includes('Attached 2 probes'), 'attached probes');
  const child = spawnSync('/bin/sh', ['-c', 'exit 7']);
  // One that outlives the trace, so that the map is not empty in the end.
  const lasting = spawn('/bin/sleep', ['10']);
  assert.equal(await traced.ended, 0);
  lasting.kill();
  const lines = traced.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  const rows = lines
    .filter(({ type, data }) => type === 'row' && data.pid === child.pid)
    .map(({ data }) => data);
  const [start, end] = rows;
  const { ppid } = start;
  assert.equal(ppid, process.pid);
  assert.deepEqual(start, {
    pid: child.pid,
    ppid,
    exit_code: 0,
    duration_ns: 0,
    comm: 'sh',
    filename: '/bin/sh',
    exited: false,
  });
  assert.ok(end.duration_ns > 0);
  assert.deepEqual(end, { ...start, exit_code: 7, duration_ns: end.duration_ns, filename: '', exited: true });
  assert.equal(lines.at(-1).type, 'map');
  assert.ok(lines.at(-1).data.started.some(({ key }: { key: number }) => key === lasting.pid));
});

test('--param changes what a program reports', { skip }, async () => {
  const traced = new Background([
    'trace',
    '-f',
    'json',
    '--duration',
    '1500ms',
    '--param',
    'min_duration_ns=200000000',
    fixture('cli/exec.bpf.c'),
  ]);
  await until(() => traced.stderr.includes('Attached'), 'attached probes');
  const quick = spawnSync('/bin/true');
  const slow = spawnSync('/bin/sleep', ['0.3']);
  await traced.ended;
  const pids = traced.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(({ type }) => type === 'row')
    .map(({ data }) => data.pid);
  assert.ok(pids.includes(slow.pid));
  assert.ok(!pids.includes(quick.pid));
});

test('rows of a libbpf program as a table', { skip }, async () => {
  const traced = new Background(['trace', '--duration', '1s', fixture('cli/exec.bpf.c')]);
  await until(() => traced.stderr.includes('Attached'), 'attached probes');
  const { pid } = spawnSync('/bin/true');
  await traced.ended;
  assert.match(traced.stdout, /^ *PID +PPID +EXIT_CODE +DURATION_NS +COMM +FILENAME +EXITED/m);
  assert.match(traced.stdout, new RegExp(`^ *${pid} .*/bin/true`, 'm'));
});

test('-o writes a file', { skip }, () => {
  const file = join(folder, 'out');
  const { stdout } = ebpfnb(['trace', '-o', file, '-e', 'BEGIN { printf("to a file\\n"); exit(); }']);
  assert.equal(stdout, '');
  assert.match(readFileSync(file, 'utf8'), /^to a file\n/);
});

test('-p ends with its process', { skip }, async () => {
  const child = spawn('/bin/sleep', ['0.5']);
  const { status } = ebpfnb(['trace', '-p', String(child.pid), '-e', 'interval:ms:50 { @n = count(); }']);
  assert.equal(status, 0);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends with END and the maps`, { skip }, async () => {
    const traced = new Background([
      'trace',
      '-e',
      'interval:ms:10 { @n = count(); } END { printf("bye\\n"); }',
    ]);
    await until(() => traced.stderr.includes('Attached 2 probes'), 'attached probes');
    await sleep(200);
    traced.child.kill(signal);
    assert.equal(await traced.ended, 0);
    assert.match(traced.stdout, /^bye\n\n\n@n: [1-9]\d*\n$/);
  });
}

test('SIGTERM to the whole group, as timeout(1) sends it, ends with END and the maps', { skip }, async () => {
  const program = 'begin { @n = 5; } interval:s:100 { } end { printf("bye\\n"); }';
  const child = spawn('timeout', ['60', process.execPath, COMMAND, 'trace', '-e', program]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', text => {
    stdout += text;
  });
  child.stderr.on('data', text => {
    stderr += text;
  });
  await until(() => stderr.includes('Attached 3 probes'), 'attached probes');
  // What it is sent itself it passes on to its group.
  child.kill('SIGTERM');
  await new Promise(done => child.once('close', done));
  assert.equal(stdout, 'bye\n\n\n@n: 5\n');
});

test('messages stand between the lines of output where the program gave them', { skip }, () => {
  const program = 'begin { printf("a\\n"); errorf("b"); printf("c\\n"); }';
  const words = [process.execPath, COMMAND, 'trace', '-q', '-e', program].map(word => `'${word}'`).join(' ');
  const { stdout } = spawnSync('/bin/sh', ['-c', `${words} 2>&1`], { encoding: 'utf8' });
  assert.equal(stdout.trim(), 'a\nstdin:1:24-35: ERROR: b\nc');
});

test('a reader that goes ends it quietly', { skip }, () => {
  const line = `"${process.execPath}" "${COMMAND}" trace -q -e 'interval:ms:1 { printf("line\\n"); }' | head -2`;
  const { stdout, stderr, status } = spawnSync('/bin/bash', ['-c', `set -o pipefail; ${line}`], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.deepEqual([stdout, stderr, status], ['line\nline\n', '', 0]);
});

test('runners of bpftrace tests learn that probes are attached, before anything is printed', { skip }, () => {
  const { stdout } = ebpfnb(['trace', '-q', '-e', 'BEGIN { printf("x\\n"); exit(); }'], {
    env: { __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1' },
  });
  assert.equal(stdout.trim(), '__BPFTRACE_NOTIFY_PROBES_ATTACHED\nx');
});

const objectFile = join(folder, 'elf.bpf.c');
writeFileSync(objectFile, readFileSync('/bin/true'));

const BAD: [string, string[], RegExp, Record<string, string>?][] = [
  [
    'a syntax error',
    ['-e', 'BEGIN { printf("x" }'],
    /^stdin:1:20-21: ERROR: syntax error.*\nBEGIN \{ printf\("x" \}\n {19}~\nPHASE: parse\n$/,
  ],
  [
    'an unknown probe',
    ['-e', 'tracepoint:sched:sched_swich { }'],
    /^stdin:1:1-\d+: ERROR: .*sched_swich.*\n.*\n~+\nHINT: Did you mean .*sched_switch/,
  ],
  [
    'an unknown field',
    ['-e', 'tracepoint:sched:sched_switch { print(args.prev_pit); }'],
    /ERROR: .*does not contain a field named 'prev_pit'\n[\s\S]*HINT: Did you mean prev_pid\?\nPHASE: check\n$/,
  ],
  [
    'a program the verifier refuses',
    [fixture('cli/null-pointer.bpf.c')],
    /null-pointer\.bpf\.c:19:.*ERROR: the verifier refused .*may be NULL.*map_value_or_null'\)\n\treturn \*value;\n[\s\S]*R0: a pointer to a value .*, or NULL\n[\s\S]*HINT: Check it before the first use/,
  ],
  [
    'C that does not compile',
    [fixture('cli/undeclared.bpf.c')],
    /undeclared\.bpf\.c:19:9-\d+: ERROR: .*'valu'/,
  ],
  [
    'a missing clang',
    ['-e', 'BEGIN { @unheard_of_1 = 1; exit(); }'],
    /^ERROR: clang was not found\nHINT: Install it: .+\nPHASE: compile\n$/,
    { PATH: '/nonexistent', XDG_CACHE_HOME: join(folder, 'cache') },
  ],
  ['an object instead of a source', [objectFile], /is not a program text\nHINT: Give the source/],
  [
    'a missing file',
    ['/no/such/file.bt'],
    /failed to open file .\/no\/such\/file.bt.: No such file or directory\nHINT/,
  ],
  ['an unknown flag', ['--bogus'], /^ERROR: Unknown option '--bogus'\n\nUSAGE:\n/],
  [
    'a pid that is none',
    ['-p', '111a1', '-e', 'BEGIN { }'],
    /ERROR: Failed to parse pid: invalid trailing bytes: 111a1\n/,
  ],
  ['a pid out of range', ['-p', '5000000', '-e', 'BEGIN { }'], /ERROR: Pid out of range: 5000000\n/],
  [
    'an unknown parameter',
    ['--param', 'nope=1', fixture('cli/exec.bpf.c')],
    /ERROR: there is no parameter nope\nHINT: Known parameters: min_duration_ns\.\n/,
  ],
  ['no program', [], /^ERROR: USAGE: filename or -e 'program' required/],
];
for (const [name, args, message, env] of BAD) {
  test(`${name}: one clear message`, { skip }, () => {
    const { status, stdout, stderr } = ebpfnb(['trace', ...args], env ? { env } : {});
    assert.match(stderr, message);
    assert.deepEqual([status, stdout], [1, '']);
    assert.doesNotMatch(stderr, /^ +at .*\.(mjs|ts)/m, 'no stack trace');
  });
}

for (const victim of ['the command', 'the loader'] as const) {
  test(`kill -9 of ${victim} leaves nothing of 20 probes`, { skip }, async () => {
    const { stdout } = ebpfnb(['list', 'tracepoint:syscalls:sys_enter_m*']);
    const probes = stdout.trim().split('\n').slice(0, 20);
    assert.equal(probes.length, 20);
    const name = victim === 'the command' ? 'k9cmd' : 'k9load';
    const traced = new Background(['trace', '-e', `${probes.join(',')} /pid == 1/ { @${name} = count(); }`]);
    await until(() => traced.stderr.includes('Attached 20 probes'), 'attached probes');
    const held = heldBy(`map_${name}`);
    assert.deepEqual([held.maps.length, held.programs.length, held.links.length], [1, 20, 20]);
    const loader = spawnSync('pgrep', ['-P', String(traced.child.pid)], { encoding: 'utf8' }).stdout.trim();
    process.kill(victim === 'the command' ? traced.child.pid! : Number(loader), 'SIGKILL');
    const status = await traced.ended;
    const gone = () => Object.values(survivors(held)).every(ids => ids.length === 0);
    await until(gone, 'clean host', 2_000);
    if (victim === 'the loader') {
      assert.equal(status, 1);
      assert.match(
        traced.stderr,
        /ERROR: the loader ended unexpectedly \(killed by SIGKILL\); its probes are detached\nHINT/,
      );
    }
  });
}

test('a zeroed histogram is shown without buckets, a cleared one not at all', { skip }, () => {
  const program = 'begin { @zeroed = hist(2); zero(@zeroed); @cleared = hist(2); clear(@cleared); exit(); }';
  const { stdout } = ebpfnb(['trace', '-q', '-f', 'json', '-e', program]);
  assert.equal(stdout, '{"type": "hist", "data": {"@zeroed": []}}\n');
});

test('the heaviest histograms come last, equal ones by key', { skip }, () => {
  const program =
    'begin { @[3] = hist(10); @[1] = hist(10); @[2] = hist(20); @[1] = hist(9); print(@, 2); clear(@); exit(); }';
  const { stdout } = ebpfnb(['trace', '-q', '-e', program]);
  assert.deepEqual(stdout.match(/^@\[\d\]:$/gm), ['@[3]:', '@[1]:']);
});

const BYTES = String.raw`begin { printf("%s\n", "a\x01\xff\xc3\xbc"); warnf("%s", "\x1bw"); exit(); }`;

test('strings are bytes in a pipe', { skip }, () => {
  const { stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'trace', '-q', '-e', BYTES]);
  assert.equal(stdout.toString('latin1').trim(), 'a\x01\xff\xc3\xbc');
  assert.ok(stderr.toString().includes('WARNING: \x1bw\n'));
});

test('a terminal is shown what it would obey', {
  skip: skip || (spawnSync('script', ['--version']).error ? 'there is no script(1)' : false),
}, () => {
  const command = `exec ${process.execPath} ${COMMAND} trace -q -e '${BYTES}'`;
  const env = { ...process.env, BPFTRACE_COLOR: 'never' };
  const { stdout } = spawnSync('script', ['-qfec', command, '/dev/null'], { encoding: 'utf8', env });
  assert.match(stdout, /^a\\x01\\xffü\r$/m);
  assert.ok(stdout.includes('WARNING: \\x1bw\r\n'));
});
