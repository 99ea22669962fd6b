/** What programs do besides watching, and what they are told of failures: with programs of our own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { COMMAND, ebpfnb, skip } from './kernel-helpers.ts';

const folder = scratchFolder();
const trace = (...args: string[]) => ebpfnb(['trace', ...args]);
/** A process of ours that makes itself known by what it opens. */
const OPENS = ['-c', '/bin/cat /nowhere/at/all'];
const AT_ITS_OPEN =
  'tracepoint:syscalls:sys_enter_openat /pid == cpid && strcontains(str(args.filename), "nowhere")/';

describe('unsafe actions', { skip }, () => {
  test('a signal ends the process it is sent to', () => {
    const { stdout, stderr } = trace(
      '--unsafe',
      ...OPENS,
      '-e',
      `${AT_ITS_OPEN} { signal("kill"); print("sent"); }`,
    );
    assert.match(stdout, /^sent$/m, stderr);
    assert.doesNotMatch(stderr, /No such file/, 'cat did not live to say so');
  });

  for (const [name, call] of [
    ['signal', 'signal(9)'],
    ['signal_thread', 'signal_thread("KILL")'],
    ['write_user', 'write_user(args.filename, "x", 1)'],
  ] as const) {
    test(`${name}() must be allowed`, () => {
      const { status, stderr } = trace('-e', `tracepoint:syscalls:sys_enter_openat { ${call}; }`);
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`ERROR: ${name}\\(\\) is unsafe\\. To use you need the --unsafe flag`));
    });
  }

  test('commands run in stream order', () => {
    const program = 'begin { print("a"); system("sleep 0.2; echo b%d", 1); print("c"); exit(); }';
    const { stdout } = trace('-q', '--unsafe', '-e', program);
    assert.equal(stdout.trim(), 'a\nb1\nc');
  });
});

test('packets are kept in a file of pcap’s form', { skip }, () => {
  const file = join(folder, 'packets.pcap');
  // A datagram to a port of our own that nobody listens at: its packet is dropped.
  const send = `require('node:dgram').createSocket('udp4').send('hello packet', 9, '127.0.0.1', () => process.exit())`;
  const { stdout, stderr } = trace(
    '-q',
    '-c',
    `${process.execPath} -e "${send}"`,
    '-e',
    `tracepoint:skb:kfree_skb /pid == cpid/ { print(skboutput("${file}", (struct sk_buff *)args.skbaddr, 200, 0)); }`,
  );
  assert.match(stdout, /^0$/m, stderr);
  const bytes = readFileSync(file);
  assert.equal(bytes.readUInt32LE(0), 0xa1b23c4d);
  assert.ok(bytes.includes('hello packet'), bytes.toString('latin1'));
});

describe('failures are told with their place', { skip }, () => {
  test('a full map', () => {
    const { stdout, stderr } = trace(
      '-e',
      'config = { max_map_keys = 1 } begin { @[1] = 1; @[2] = 2; exit(); }',
    );
    assert.match(stderr, /stdin:1:\d+-\d+: WARNING: Map full; can't update element/);
    assert.match(stdout, /@\[1\]: 1/);
  });

  test('a key that is not there, unless the answer is taken', () => {
    const { stderr } = trace('-e', 'begin { @[1] = 1; delete(@, 2); _ = delete(@, 3); exit(); }');
    assert.equal(stderr.match(/Can't delete map element because it does not exist/g)?.length, 1);
  });

  test('reads of memory, with -k', () => {
    const program = 'begin { print(str(uptr(1))); print(*(uint8 *)uptr(2)); exit(); }';
    assert.doesNotMatch(trace('-e', program).stderr, /WARNING/);
    const { stderr } = trace('-k', '-e', program);
    assert.match(
      stderr,
      /stdin:1:15-27: WARNING: Bad address\nAdditional Info - helper: probe_read_user_str, retcode: -14/,
    );
    assert.match(stderr, / {14}~{12}\n/, 'the place is shown in the source');
    assert.match(stderr, /helper: probe_read_user, retcode: -14/);
    const [, first] = trace('-k', '-f', 'json', '-e', program).stdout.split('\n');
    assert.deepEqual(JSON.parse(first!), {
      type: 'helper_error',
      msg: 'Bad address',
      helper: 'probe_read_user_str',
      retcode: -14,
      filename: 'stdin',
      line: 1,
      col: 15,
    });
  });
});

test('strings that were cut say so', { skip }, () => {
  const program = `config = { max_strlen = 8 } ${AT_ITS_OPEN} { print((str(args.filename), str(args.filename, 4))); exit(); }`;
  const { stdout, stderr } = trace('-q', ...OPENS, '-e', program);
  assert.equal(stdout.trim(), '(/nowhere.., /no)', stderr);
});

test('in a pid namespace of its own', { skip }, t => {
  const program =
    'begin { printf("%d %d %d\\n", pid, tid, pid(init)); } tracepoint:syscalls:sys_enter_openat /pid == cpid/ { print((pid == tid, pid != pid(init))); exit(); }';
  const words = ['--fork', '--pid', '--mount-proc', process.execPath, COMMAND, 'trace', '-q'];
  const { stdout, stderr, error } = spawnSync(
    'unshare',
    [...words, '-c', '/bin/cat /dev/null', '-e', program],
    {
      encoding: 'utf8',
    },
  );
  if (error) {
    t.skip('unshare is missing');
    return;
  }
  assert.match(stdout, /^1 1 (?!1$)\d+\n\(true, true\)/m, stderr);
});
