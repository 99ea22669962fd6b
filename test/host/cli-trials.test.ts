/** `trace --test` and `--bench`: programs that are run instead of attached. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Background, ebpfnb, skip, until } from './kernel-helpers.ts';

const PLAIN = { env: { BPFTRACE_COLOR: 'never' } };
const trace = (...args: string[]) => ebpfnb(['trace', ...args], PLAIN);

test('tests pass and fail; what the failing ones printed is shown', { skip }, () => {
  const program = `
    test:passes { if (1 + 1 != 2) { return 1; } }
    test:returns { printf("seen\\n"); errorf("why"); printf("too\\n"); return 5; }
    test:exits { exit(3); }
    test:loops { for ($i : 0..5) { if ($i == 3) { return 1; } } }
    interval:ms:1 { printf("never\\n"); }
    end { printf("end\\n"); }`;
  const { status, stdout } = trace('--test', '-e', program);
  assert.equal(status, 1);
  assert.equal(
    stdout.replace(/\(\d+ (ns|μs)\)/g, '(TIME)'),
    `[==========] Running 4 tests.
[ RUN      ] passes
[       OK ] passes (TIME)
[ RUN      ] returns
seen
stdin:3:38-51: ERROR: why
too
[  FAILED  ] returns (TIME)
[ RUN      ] exits
[  FAILED  ] exits (TIME)
[ RUN      ] loops
[  FAILED  ] loops (TIME)
[==========] 4 tests ran.
[  PASSED  ] 1 test.
[  FAILED  ] 3 tests, listed below:
[  FAILED  ] returns
[  FAILED  ] exits
[  FAILED  ] loops
end
`,
  );
});

test('tests as JSON', { skip }, () => {
  const { status, stdout } = trace(
    '--mode',
    'test',
    '-f',
    'json',
    '-e',
    'test:a { } test:b { printf("x\\n"); return 1; }',
  );
  const results = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.equal(status, 1);
  assert.deepEqual(
    results.map(({ type, data }) => [
      type,
      Object.entries<{ passed: boolean; output: string }>(data).map(([name, { passed, output }]) => [
        name,
        passed,
        output,
      ]),
    ]),
    [
      ['test_result', [['a', true, '']]],
      ['test_result', [['b', false, 'x\n']]],
    ],
  );
});

test('benches tell how long they take, but for those that do not want to run', { skip }, () => {
  const { status, stdout, stderr } = trace(
    '--bench',
    '-e',
    'bench:count { @ = count(); } bench:skipped { return 1; }',
  );
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^Benchmark {32}Time\(ns\) {7}Iterations\n-{66}\ncount {36}\d+ +\d+\n$/);
});

test('a bench that fails', { skip }, () => {
  const { status, stdout, stderr } = trace(
    '--bench',
    '-f',
    'json',
    '-e',
    'bench:bad { errorf("no"); } bench:good { @++; }',
  );
  assert.deepEqual([status, stderr], [1, "ERROR: Benchmark 'bad' failed.\n"]);
  assert.match(
    stdout,
    /^\{"type": "benchmark_result", "data": \{"good": \{"average": \d+, "iters": \d+\}\}\}\n$/,
  );
});

test('what begin prints counts to the first test', { skip }, () => {
  const begin = 'begin { printf("begin\\n"); }';
  assert.equal(trace('--test', '-e', begin).stdout.trim(), 'begin');
  const { stdout } = trace('--test', '-f', 'json', '-e', `${begin} test:a { return 1; }`);
  assert.equal(JSON.parse(stdout).data.a.output, 'begin\n');
});

test('without the flag they do not run', { skip }, () => {
  for (const kind of ['test', 'bench']) {
    const { status, stderr } = trace('-e', `${kind}:a { }`);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^ERROR: No probes attached; use --${kind} to run ${kind} probes\\.\n`));
  }
});

test('two of one name', { skip }, () => {
  const { status, stderr } = trace('--test', '-e', 'test:a { } bench:a { } test:a { }');
  assert.equal(status, 1);
  assert.match(stderr, /^stdin:1:24-30: ERROR: "a" was used as the name for more than one TEST probe\n/);
});

test('a signal of our own is a probe', { skip }, async () => {
  const traced = new Background(['trace', '-e', 'self:signal:SIGUSR1 { printf("got it\\n"); exit(); }']);
  await until(() => traced.stderr.includes('Attached 1 probe'), 'attached probes');
  await sleep(50);
  traced.child.kill('SIGUSR1');
  assert.equal(await traced.ended, 0);
  assert.match(traced.stdout, /^got it\n/);
});
