/**
 * Programs as libbpf-tools has them, of our own: parameters that are set before they are loaded, hashes from one probe
 * to another, histograms, keys that are structs, maps of stacks, records by ring and perf buffer. A row each: what its
 * own process does, and what is shown.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { cellText, panelText, tableForm } from '../../kernel/notebook/index.ts';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { scratchFolder } from '../scratch.ts';
import { fixture, skip, TestKernel } from './kernel-helpers.ts';

const tests = new TestKernel();
const folder = scratchFolder();
const children: ChildProcess[] = [];
const servers: Server[] = [];
after(async () => {
  disk.detach();
  for (const child of children) child.kill('SIGKILL');
  for (const server of servers) server.close();
  await tests.kernel.close();
});

const HEADERS = readdirSync(fixture('tools'))
  .filter(name => name.endsWith('.h'))
  .map(name => ({ name, source: readFileSync(fixture(`tools/${name}`), 'utf8') }));

/** A shell that waits for a line before it does anything, so that it can be traced by its pid from the start. */
function held(script: string): ChildProcess & { pid: number } {
  const child = spawn('/bin/bash', ['-c', `read line; ${script}`], {
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: folder,
  });
  children.push(child);
  return child as ChildProcess & { pid: number };
}

async function listening(host: string, port = 0): Promise<number> {
  const server = createServer(socket => socket.on('error', () => {}));
  servers.push(server);
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Rows of a table as texts, by the names of its columns but for the time that perf buffers have of each. */
function rowsOf(snapshot: RunSnapshot, title: string): Record<string, string>[] {
  const found = snapshot.panels.find(one => one.title === title);
  assert.ok(
    found?.kind === 'table' || found?.kind === 'flame',
    `no table ${title} among ${snapshot.panels.map(({ title }) => title)}`,
  );
  const panel = tableForm(found);
  return panel.rows.map(row => {
    const { time: _, ...rest } = Object.fromEntries(
      panel.columns.map(({ name, kind }, i) => [name, cellText(row[i]!, kind)]),
    );
    return rest;
  });
}

/** The texts of a histogram's series, by their keys. */
function seriesOf(snapshot: RunSnapshot, title: string): Map<string, { count: number; text: string }> {
  const panel = snapshot.panels.find(one => one.kind === 'histogram' && one.title === title);
  assert.ok(panel?.kind === 'histogram', `no histogram ${title}`);
  return new Map(
    panel.series.map(one => [
      one.key,
      {
        count: one.buckets.reduce((sum, bucket) => sum + bucket.count, 0),
        text: panelText({ ...panel, series: [one] }),
      },
    ]),
  );
}

const DURATION = /^[\d.]+(ns|µs|ms|s|m|h)$/;
const TIME = /^\d\d:\d\d:\d\d\.\d{6}$/;

interface Tool {
  name: string;
  /** The parameter that names what is traced: the process, unless `what` says otherwise. */
  by: string;
  what?: () => string;
  params?: Record<string, string>;
  /** What the process does, in words of a shell. */
  does: string | (() => Promise<string>);
  /** Says so when it has done it, and stays: its code shall have names. */
  lingers?: boolean;
  shows(snapshot: RunSnapshot, pid: number): void;
}

const PORT = { ipv4: 0 };

/** A disk of the test's own. */
const disk = { path: '', detach: () => {} };

function attachDisk(): string {
  const file = join(folder, 'disk');
  writeFileSync(file, Buffer.alloc(1024 * 1024));
  const { stdout, stderr, status } = spawnSync('losetup', ['-f', '--show', file], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  disk.path = stdout.trim();
  disk.detach = () => {
    spawnSync('losetup', ['-d', disk.path]);
    disk.detach = () => {};
  };
  return `exec dd if=${disk.path} of=/dev/null iflag=direct bs=4096 count=8 status=none`;
}

/** Linux's number of the disk. */
const LOOP_MAJOR = 7;
const diskMinor = () => Number(/\d+$/.exec(disk.path)![0]);

const TOOLS: Tool[] = [
  {
    name: 'biolatency',
    by: 'targ_dev',
    what: () => String((LOOP_MAJOR << 20) | diskMinor()),
    does: async () => attachDisk(),
    shows: snapshot => {
      disk.detach();
      const [[key, { count, text }], ...more] = [...seriesOf(snapshot, 'hists')] as [
        [string, { count: number; text: string }],
      ];
      assert.match(key, new RegExp(`^7:${diskMinor()}, RS?$`));
      assert.deepEqual(more, []);
      assert.equal(count, 8);
      assert.match(text, /(µs|ms)\) +\d+ \|@/);
    },
  },
  {
    name: 'execsnoop',
    by: 'targ_tgid',
    does: 'exec /bin/echo hello world',
    shows: (snapshot, pid) => {
      const [row, ...more] = rowsOf(snapshot, 'event');
      assert.deepEqual(more, []);
      const { args_size: _, ...rest } = row!;
      assert.deepEqual(rest, {
        pid: String(pid),
        ppid: String(process.pid),
        uid: '0',
        retval: '0',
        args_count: '3',
        comm: 'echo',
        args: '/bin/echo hello world',
      });
    },
  },
  {
    name: 'opensnoop',
    by: 'targ_tgid',
    does: ': < /etc/passwd; : < /not/there; : > opened',
    shows: (snapshot, pid) => {
      const rows = rowsOf(snapshot, 'event').filter(({ fname }) => /passwd|there|opened/.test(fname!));
      assert.deepEqual(
        rows.map(({ pid, uid, flags, comm, fname }) => [pid, uid, flags, comm, fname]),
        [
          [String(pid), '0', 'O_RDONLY', 'bash', '/etc/passwd'],
          [String(pid), '0', 'O_RDONLY', 'bash', '/not/there'],
          [String(pid), '0', 'O_WRONLY|O_CREAT|O_TRUNC', 'bash', 'opened'],
        ],
      );
      assert.match(rows[0]!.ret!, /^\d+$/);
      assert.equal(rows[1]!.ret, '-ENOENT');
      assert.match(rows[0]!.ts!, TIME);
    },
  },
  {
    name: 'opensnoop',
    by: 'targ_pid',
    params: { targ_failed: 'true' },
    does: ': < /etc/passwd; : < /not/there',
    shows: snapshot => {
      const names = rowsOf(snapshot, 'event').map(({ fname }) => fname);
      assert.ok(names.includes('/not/there') && !names.includes('/etc/passwd'), String(names));
    },
  },
  {
    name: 'runqlat',
    by: 'targ_tgid',
    params: { targ_per_process: 'true' },
    does: 'for i in 1 2 3; do read -t 0.01 line; done; /bin/true',
    shows: (snapshot, pid) => {
      const { count, text } = seriesOf(snapshot, 'hists').get(`${pid} bash`)!;
      assert.ok(count >= 1);
      assert.match(text, /^hists\[\d+ bash\]\n(\[[\d.]+(ns|µs|ms), [\d.]+(µs|ms|s)\) +\d+ \|[@ ]+\|\n)+$/);
    },
  },
  {
    name: 'cpudist',
    by: 'targ_tgid',
    does: 'for i in 1 2 3; do read -t 0.01 line; done',
    shows: (snapshot, pid) => assert.ok(seriesOf(snapshot, 'hists').get(`${pid} bash`)!.count >= 1),
  },
  {
    name: 'cpudist',
    by: 'targ_tgid',
    params: { targ_offcpu: 'true' },
    does: 'read -t 0.03 line < <(sleep 1)',
    shows: (snapshot, pid) => {
      const { text } = seriesOf(snapshot, 'hists').get(`${pid} bash`)!;
      assert.match(text, /ms, [\d.]+ms\)/);
    },
  },
  {
    name: 'offcputime',
    by: 'targ_tgid',
    does: '/bin/sleep 0.03; /bin/true; echo done; read line',
    lingers: true,
    shows: (snapshot, pid) => {
      const rows = rowsOf(snapshot, 'info').filter(({ tgid }) => tgid === String(pid));
      const waiting = rows.find(({ stack }) => /do_wait/.test(stack!));
      assert.ok(waiting, JSON.stringify(rows));
      // Linux's frames are the innermost.
      assert.match(waiting.stack!, /schedule.* ← do_wait .*wait4?( |$)/);
      assert.match(waiting.delta!, DURATION);
      assert.equal(waiting.comm, 'bash');
    },
  },
  {
    name: 'whoopens',
    by: 'targ_tgid',
    does: ': > opened-here; echo done; read line',
    lingers: true,
    shows: (snapshot, pid) => {
      const row = rowsOf(snapshot, 'event').find(({ fname }) => fname === 'opened-here');
      assert.ok(row);
      const { user_stack_id, kern_stack_id, ...rest } = row;
      assert.match(user_stack_id!, /open/);
      assert.match(kern_stack_id!, /\+\d+ ← /);
      assert.deepEqual(rest, {
        pid: String(pid),
        tid: String(pid),
        'how.flags': 'O_WRONLY|O_CREAT|O_TRUNC',
        'how.mode': '0666',
        wants_write: '1',
        wants_close: '0',
        fname: 'opened-here',
      });
    },
  },
  {
    name: 'profile',
    by: 'targ_tgid',
    does: 'for ((i = 0; i < 200000; i++)); do :; done; echo done; read line',
    lingers: true,
    shows: (snapshot, pid) => {
      const rows = rowsOf(snapshot, 'counts');
      assert.ok(rows.length > 0);
      for (const row of rows) assert.deepEqual([row.pid, row.name], [String(pid), 'bash']);
      assert.ok(
        rows.some(({ stack }) => /[a-z]/.test(stack!)),
        JSON.stringify(rows),
      );
    },
  },
  {
    name: 'syscount',
    by: 'filter_pid',
    does: ': < /etc/passwd; : < /etc/passwd; exec /bin/true',
    shows: snapshot => {
      const calls = new Map(rowsOf(snapshot, 'data').map(row => [row.key, row]));
      assert.ok(Number(calls.get('openat')?.count) >= 2, [...calls.keys()].join());
      assert.match(calls.get('openat')!.total_ns!, DURATION);
      assert.equal(calls.get('execve')?.count, '1');
    },
  },
  {
    name: 'syscount',
    by: 'filter_pid',
    params: { count_by_process: 'true', filter_failed: 'true' },
    does: ': < /not/there',
    shows: (snapshot, pid) => {
      const [row] = rowsOf(snapshot, 'data');
      assert.deepEqual([row!.key, row!.comm], [String(pid), 'bash']);
    },
  },
  {
    name: 'tcpconnect',
    by: 'filter_pid',
    does: async () => {
      PORT.ipv4 = await listening('127.0.0.1');
      await listening('::1', PORT.ipv4);
      return `exec 3<>/dev/tcp/127.0.0.1/${PORT.ipv4}; exec 4<>/dev/tcp/::1/${PORT.ipv4}`;
    },
    shows: (snapshot, pid) =>
      assert.deepEqual(
        rowsOf(snapshot, 'event').map(({ saddr, daddr, af, pid, dport, task }) => [
          saddr,
          daddr,
          af,
          pid,
          dport,
          task,
        ]),
        [
          ['127.0.0.1', '127.0.0.1', 'AF_INET', String(pid), String(PORT.ipv4), 'bash'],
          ['::1', '::1', 'AF_INET6', String(pid), String(PORT.ipv4), 'bash'],
        ],
      ),
  },
  {
    name: 'tcpconnect',
    by: 'filter_pid',
    params: { do_count: 'true' },
    does: async () => {
      PORT.ipv4 = await listening('127.0.0.1');
      return `for i in 1 2 3; do exec 3<>/dev/tcp/127.0.0.1/${PORT.ipv4}; done`;
    },
    shows: snapshot =>
      assert.deepEqual(rowsOf(snapshot, 'ipv4_count'), [
        { saddr: '127.0.0.1', daddr: '127.0.0.1', dport: String(PORT.ipv4), value: '3' },
      ]),
  },
  {
    name: 'exitsnoop',
    by: 'target_pid',
    does: 'exit 3',
    shows: (snapshot, pid) => {
      const [row] = rowsOf(snapshot, 'event');
      const { start_time, exit_time, age_ns, ...rest } = row!;
      for (const time of [start_time!, exit_time!]) assert.match(time, TIME);
      assert.match(age_ns!, DURATION);
      assert.deepEqual(rest, {
        pid: String(pid),
        tid: String(pid),
        ppid: String(process.pid),
        sig: '0',
        exit_code: '3',
        coredump: 'false',
        comm: 'bash',
      });
    },
  },
  {
    name: 'exitsnoop',
    by: 'target_pid',
    params: { trace_failed_only: 'yes' },
    does: 'kill -KILL $$',
    shows: snapshot => assert.equal(rowsOf(snapshot, 'event')[0]!.sig, 'SIGKILL'),
  },
  {
    name: 'filelife',
    by: 'targ_tgid',
    does: ': > short-lived; exec rm short-lived',
    shows: (snapshot, pid) => {
      const [row] = rowsOf(snapshot, 'event');
      const { delta_ns, ...rest } = row!;
      assert.match(delta_ns!, DURATION);
      assert.deepEqual(rest, { pid: String(pid), tid: String(pid), task: 'rm', file: 'short-lived' });
    },
  },
  {
    name: 'bitesize',
    by: 'targ_tgid',
    params: { targ_comm: 'dd' },
    does: 'exec dd if=/dev/zero of=/dev/null bs=4096 count=3 status=none',
    shows: snapshot => {
      const { text } = seriesOf(snapshot, 'hists').get('dd')!;
      assert.match(text, /^hists\[dd\]\n\[4K, 8K\) +3 /);
    },
  },
  {
    name: 'statsnoop',
    by: 'target_pid',
    does: 'exec stat /etc/passwd /not/there',
    shows: (snapshot, pid) => {
      const rows = rowsOf(snapshot, 'event').filter(({ pathname }) => /passwd|there/.test(pathname!));
      assert.deepEqual(
        rows.map(({ pid, ret, comm, pathname }) => [pid, ret, comm, pathname]),
        [
          [String(pid), '0', 'stat', '/etc/passwd'],
          [String(pid), '-ENOENT', 'stat', '/not/there'],
        ],
      );
    },
  },
  {
    name: 'mountsnoop',
    by: 'target_pid',
    does: 'exec mount -t tmpfs -o ro,nosuid nothing /not/there',
    shows: (snapshot, pid) => {
      const [row] = rowsOf(snapshot, 'event');
      const { delta, mnt_ns, ...rest } = row!;
      assert.match(delta!, DURATION);
      assert.match(mnt_ns!, /^\d+$/);
      assert.deepEqual(rest, {
        flags: 'MS_RDONLY|MS_NOSUID',
        pid: String(pid),
        tid: String(pid),
        ret: '-ENOENT',
        comm: 'mount',
        fs: 'tmpfs',
        src: 'nothing',
        dest: '/not/there',
        op: 'MOUNT',
      });
    },
  },
  {
    name: 'sigsnoop',
    by: 'filtered_pid',
    does: 'kill -CONT $$; kill -USR1 2147483647',
    shows: (snapshot, pid) =>
      assert.deepEqual(rowsOf(snapshot, 'event'), [
        { pid: String(pid), tpid: String(pid), sig: 'SIGCONT', ret: '0', comm: 'bash' },
        { pid: String(pid), tpid: '2147483647', sig: 'SIGUSR1', ret: '-ESRCH', comm: 'bash' },
      ]),
  },
  {
    name: 'trace_open',
    by: 'targ_pid',
    does: ': < /etc/passwd; : < /not/there',
    shows: (snapshot, pid) => {
      const rows = rowsOf(snapshot, 'open').filter(({ fname }) => /passwd|there/.test(fname!));
      const mntns = String(statSync('/proc/self/ns/mnt').ino);
      assert.deepEqual(
        rows.map(({ timestamp_raw: _, ...rest }) => rest),
        [
          ['/etc/passwd', '0'],
          ['/not/there', 'ENOENT'],
        ].map(([fname, error]) => ({
          'proc.comm': 'bash',
          'proc.pid': String(pid),
          'proc.tid': String(pid),
          'proc.creds.uid': 'root',
          'proc.creds.gid': '0',
          'proc.parent.comm': readFileSync('/proc/self/comm', 'utf8').trim(),
          'proc.parent.pid': String(process.pid),
          'proc.mntns_id': mntns,
          error_raw: error,
          flags_raw: 'O_RDONLY',
          fname,
        })),
      );
      const [opens] = rowsOf(snapshot, 'opens');
      assert.equal(opens!.comm, 'bash');
      assert.ok(Number(opens!.opens) >= 2);
    },
  },
  {
    name: 'writes',
    by: 'pid_target',
    does: 'exec dd if=/dev/zero of=/dev/null bs=4096 count=3 status=none',
    shows: (snapshot, pid) => {
      assert.match(seriesOf(snapshot, 'by_process').get(String(pid))!.text, /\n\[4K, 8K\) +3 /);
      assert.match(seriesOf(snapshot, 'by_fd').get('')!.text, /\n\[1\] +3 /);
    },
  },
  {
    name: 'writes',
    by: 'pid_target',
    params: { 'at-least': '5000' },
    does: 'exec dd if=/dev/zero of=/dev/null bs=4096 count=3 status=none',
    shows: snapshot => assert.deepEqual(snapshot.panels, []),
  },
  {
    name: 'funclatency',
    by: 'targ_tgid',
    does: async () => {
      const c =
        'int work(int n) { for (volatile int i = 0; i < n; i++); return n; }\nint main(void) { return work(9000) + work(9000) != 18000; }\n';
      const { status } = spawnSync('cc', ['-O0', '-x', 'c', '-', '-o', join(folder, 'callee')], { input: c });
      assert.equal(status, 0);
      return 'exec ./callee';
    },
    shows: snapshot => assert.equal(seriesOf(snapshot, 'hist').get('')!.count, 2),
  },
];

describe('tools', { skip }, () => {
  for (const { name, by, what, params = {}, does, lingers, shows } of TOOLS) {
    const switches = Object.entries(params).map(([key, value]) => `, ${key}=${value}`);
    test(`${name}: ${by}${switches.join('')}`, async () => {
      const child = held(typeof does === 'string' ? does : await does());
      const run = tests.start(readFileSync(fixture(`tools/${name}.bpf.c`), 'utf8'), {
        language: 'bpf-c',
        id: `${name}${switches.join('')}`,
        directory: folder,
        headers: HEADERS,
        params: { [by]: what?.() ?? String(child.pid), ...params },
      });
      await tests.live(run);
      child.stdin!.write('go\n');
      await (lingers ? once(child.stdout!, 'data') : once(child, 'exit'));
      run.end('stopped');
      const snapshot = await run.ended;
      const problems = snapshot.diagnostics.filter(({ severity }) => severity !== 'hint');
      assert.deepEqual(
        problems.map(({ message }) => message),
        [],
      );
      shows(snapshot, child.pid);
    });
  }
});
