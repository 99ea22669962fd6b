/** Maps across cells of BPF C and of bpftrace. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { skip, TestKernel, textOf, until } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

let notebooks = 0;

/** A notebook of its own. C cells run until they are ended. */
function notebook() {
  const name = `state-c-${++notebooks}`;
  return {
    name,
    bpftrace: (id: string, source: string) => tests.run(source, { id, notebook: name, durationMs: 5_000 }),
    startBpftrace: async (id: string, source: string) => {
      const run = tests.start(source, { id, notebook: name });
      await tests.live(run);
      return run;
    },
    async c(id: string, source: string) {
      const run = tests.start(source, { id, notebook: name, language: 'bpf-c' });
      await tests.live(run);
      return run;
    },
  };
}

const map = (name: string, kind: string, key: string, value: string, more = '') => `
struct {
	__uint(type, BPF_MAP_TYPE_${kind});
	__uint(max_entries, ${/ARRAY/.test(kind) ? (/\d+$/.exec(more)?.[0] ?? 1) : 64});
	__type(key, ${key});
	__type(value, ${value});
	${more.replace(/\d+$/, '')}
} ${name} SEC(".maps");`;

const PINNED = '__uint(pinning, LIBBPF_PIN_BY_NAME);';

/** A program that fills its maps each time that this process calls getppid. */
const program = (maps: string, body: string) => `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
${maps}

SEC("tp/syscalls/sys_enter_getppid")
int fill(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 != ${process.pid})
		return 0;
	${body}
	return 0;
}
char LICENSE[] SEC("license") = "GPL";`;

const call = (times = 1) => {
  for (let i = 0; i < times; i++) process.ppid;
};

function lines(snapshot: RunSnapshot): string[] {
  assert.notEqual(snapshot.reason, 'failed', JSON.stringify(snapshot.diagnostics));
  return textOf(snapshot).filter(line => line !== '');
}

const errorOf = ({ diagnostics }: RunSnapshot) => diagnostics.find(({ severity }) => severity === 'error');

describe('a bpftrace cell reads a map of a BPF C cell', { skip }, () => {
  const put = (key: string, value: string, [k, v]: [string, string]) =>
    `${key} key = ${k}; ${value} value = ${v}; bpf_map_update_elem(&m, &key, &value, 0);`;
  const ROWS: [what: string, maps: string, body: string, reader: string, expected: string[]][] = [
    [
      'integers of four bytes',
      map('m', 'HASH', '__u32', '__u32'),
      put('__u32', '__u32', ['7', '42']),
      'print(@m[7] + 1); print(@m); for ($kv : @m) { printf("%d %d\\n", $kv.0, $kv.1); } print(len(@m));',
      ['43', '7 42', '1', '@m[7]: 42'],
    ],
    [
      'signed integers, of one and two bytes',
      map('m', 'HASH', 'short', 'signed char'),
      put('short', 'signed char', ['-300', '-4']),
      'print(@m[-300]); if (has_key(@m, -300)) { print("has"); }',
      ['-4', 'has'],
    ],
    [
      'a struct as key, with a gap and padding',
      `struct key { __u8 cpu; __u64 id; char name[5]; __u8 pad[3]; };\n${map('m', 'LRU_HASH', 'struct key', '__u64')}`,
      "struct key key; __builtin_memset(&key, 0, sizeof key); key.cpu = 3; key.id = 99; key.name[0] = 'x'; __u64 value = 5; bpf_map_update_elem(&m, &key, &value, 0);",
      'print(@m[3, 99, "x"]); for ($kv : @m) { printf("%d %d %s %d\\n", $kv.0.0, $kv.0.1, $kv.0.2, $kv.1); }',
      ['5', '3 99 x 5'],
    ],
    [
      'a struct as value',
      `struct stat { __u16 small; __u64 large; char name[3]; __u8 last; };\n${map('m', 'HASH', '__u64', 'struct stat')}`,
      '__u64 key = 1; struct stat value = { 2, 3000000000, "ab", 9 }; bpf_map_update_elem(&m, &key, &value, 0);',
      'print(@m[1].small); print(@m[1].large); print(@m[1].name); $s = @m[1]; print($s.last); for ($kv : @m) { print($kv.1.large); } print(@m[2].large);',
      ['2', '3000000000', 'ab', '9', '3000000000', '0'],
    ],
    [
      'the name of a task as key',
      `struct name { char comm[16]; };${map('m', 'HASH', 'struct name', '__u64')}`,
      'struct name key = {}; bpf_get_current_comm(&key, sizeof key); __u64 value = 8; bpf_map_update_elem(&m, &key, &value, 0);',
      'for ($kv : @m) { printf("%d %d\\n", $kv.0 == "node", $kv.1); }',
      ['1 8'],
    ],
    [
      'an enum',
      `enum state { IDLE, BUSY = 5 };${map('m', 'HASH', 'enum state', 'enum state')}`,
      put('enum state', 'enum state', ['BUSY', 'BUSY']),
      'print(@m[5]); print(@m);',
      ['BUSY', '@m[BUSY]: BUSY'],
    ],
    [
      'a pointer to a struct of Linux',
      map('m', 'HASH', '__u32', 'struct task_struct *'),
      put('__u32', 'struct task_struct *', ['1', '(void *)bpf_get_current_task()']),
      'printf("%d %s\\n", @m[1]->tgid, @m[1]->comm); for ($kv : @m) { print($kv.1->tgid); }',
      [`${process.pid} node`, `${process.pid}`],
    ],
    [
      'an array of one: a scalar',
      map('m', 'ARRAY', '__u32', '__u64'),
      '__u32 key = 0; __u64 *value = bpf_map_lookup_elem(&m, &key); if (value) *value = 11;',
      'print(@m); print(@m * 2);',
      ['22', '@m: 11'],
    ],
    [
      'an array',
      map('m', 'ARRAY', '__u32', '__u16', '3'),
      '__u32 key = 1; __u16 *value = bpf_map_lookup_elem(&m, &key); if (value) *value = 11;',
      'print(@m[1]); print(len(@m));',
      ['11', '3'],
    ],
    [
      'a value for each CPU: their sum',
      map('m', 'PERCPU_HASH', '__u32', '__u32'),
      '__u32 key = 1, one = 1; __u32 *value = bpf_map_lookup_elem(&m, &key); if (value) (*value)++; else bpf_map_update_elem(&m, &key, &one, 0);',
      'print(@m); print((int64)@m[1]);',
      ['1', '@m[1]: 1'],
    ],
    [
      'a histogram of slots',
      `struct hist { __u32 slots[8]; };${map('m', 'HASH', '__u32', 'struct hist')}`,
      '__u32 key = 1; struct hist value = { { 0, 0, 0, 4 } }; bpf_map_update_elem(&m, &key, &value, 0);',
      'print(@m); print(@m[1].slots[3]);',
      ['4', '@m[1]:', '[8, 16)                4 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|'],
    ],
    [
      'flags',
      map('m', 'HASH', '__u32', '__u32', '__uint(map_flags, BPF_F_NO_PREALLOC);'),
      put('__u32', '__u32', ['7', '42']),
      'print(@m[7]);',
      ['42'],
    ],
    [
      'what it removes is gone there',
      map('m', 'HASH', '__u32', '__u32'),
      put('__u32', '__u32', ['7', '42']),
      'delete(@m, 7); print(len(@m));',
      ['0'],
    ],
  ];
  for (const [what, maps, body, reader, expected] of ROWS) {
    test(what, async () => {
      const { c, bpftrace } = notebook();
      const owner = await c('owner', program(maps, body));
      assert.equal(owner.phase, 'stream', JSON.stringify(owner.diagnostics));
      call();
      const seen = lines(await bpftrace('reader', `begin { ${reader} }`));
      assert.deepEqual(seen.toSorted(), expected.toSorted());
      owner.end('stopped');
      await owner.ended;
    });
  }

  test('when that cell is over, too', async () => {
    const { c, bpftrace } = notebook();
    const owner = await c(
      'owner',
      program(map('m', 'HASH', '__u32', '__u32'), put('__u32', '__u32', ['7', '42'])),
    );
    call();
    owner.end('stopped');
    await owner.ended;
    assert.deepEqual(lines(await bpftrace('reader', 'begin { print(@m[7]); }')), ['42']);
  });

  const UNFIT: [what: string, maps: string, reader: string, code: string, text: RegExp][] = [
    [
      'a queue',
      '\nstruct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 4); __type(value, __u32); } m SEC(".maps");',
      'print(@m);',
      'map-unfit',
      /type queue/,
    ],
    [
      'structs for each CPU',
      `struct s { __u64 a, b; };${map('m', 'PERCPU_HASH', '__u32', 'struct s')}`,
      'print(@m);',
      'map-unfit',
      /each CPU has values of its own/,
    ],
    [
      'a struct within the key',
      'struct in { __u8 a[3]; }; struct key { struct in in; __u32 b; };' +
        map('m', 'HASH', 'struct key', '__u64'),
      'print(@m);',
      'map-unfit',
      /in in its key is a struct/,
    ],
    [
      'another key',
      map('m', 'HASH', '__u32', '__u64'),
      'print(@m["a"]);',
      'map-key-mismatch',
      /another cell's map/,
    ],
    [
      'no key',
      map('m', 'HASH', '__u32', '__u64'),
      'printf("%d", @m);',
      'map-needs-key',
      /another cell's map/,
    ],
  ];
  for (const [what, maps, reader, code, text] of UNFIT) {
    test(`not ${what}`, async () => {
      const { c, bpftrace } = notebook();
      const owner = await c('owner', program(maps, '(void)&m;'));
      const error = errorOf(await bpftrace('reader', `begin { ${reader} }`));
      assert.equal(error?.code, code, JSON.stringify(error));
      assert.match(`${error.message} ${error.remedy}`, text);
      owner.end('stopped');
      await owner.ended;
    });
  }

  test('who gives it a value has one of his own', async () => {
    const { c, bpftrace } = notebook();
    const owner = await c(
      'owner',
      program(map('m', 'HASH', '__u32', '__u32'), put('__u32', '__u32', ['7', '42'])),
    );
    call();
    assert.deepEqual(lines(await bpftrace('writer', 'begin { @m["a"] = 1; print(@m); }')), ['@m[a]: 1']);
    owner.end('stopped');
    await owner.ended;
  });
});

describe('a BPF C cell shares its maps by name', { skip }, () => {
  const count = (more = PINNED) =>
    program(
      map('hits', 'HASH', '__u32', '__u64', more),
      `__u32 key = 1; __u64 one = 1, *value = bpf_map_lookup_elem(&hits, &key);
	if (value) __sync_fetch_and_add(value, 1); else bpf_map_update_elem(&hits, &key, &one, 0);`,
    );

  test('with another BPF C cell', async () => {
    const { c, bpftrace } = notebook();
    const first = await c('first', count());
    call(2);
    first.end('stopped');
    await first.ended;
    const second = await c('second', count());
    call(3);
    assert.deepEqual(lines(await bpftrace('reader', 'begin { print(@hits[1]); }')), ['5']);
    second.end('stopped');
    await second.ended;
  });

  test('not unless it asks to', async () => {
    const { c, bpftrace } = notebook();
    const first = await c('first', count());
    call(2);
    const second = await c('second', count(''));
    call(3);
    assert.deepEqual(lines(await bpftrace('reader', 'begin { print(@hits[1]); }')), ['3']);
    for (const run of [first, second]) {
      run.end('stopped');
      await run.ended;
    }
  });

  /** The map of a bpftrace cell, as C declares it. */
  const FROM_BPFTRACE: [what: string, owner: string, maps: string, body: string, expected: unknown][] = [
    [
      'a scalar',
      '@shared = 40; @shared += 2;',
      `struct scalar { __s64 value; __u64 set; };${map('shared', 'ARRAY', '__u32', 'struct scalar', PINNED)}`,
      '__u32 zero = 0; struct scalar *s = bpf_map_lookup_elem(&shared, &zero); if (s) got = s->value;',
      42,
    ],
    [
      'a map with a key',
      '@shared[5] = 6; @shared[7] = 8;',
      map('shared', 'HASH', '__u64', '__s64', `${PINNED}`).replace('max_entries, 64', 'max_entries, 4096'),
      '__u64 key = 7; __s64 *s = bpf_map_lookup_elem(&shared, &key); if (s) got = *s;',
      8,
    ],
    [
      'a count',
      '@shared[3] = count(); @shared[3] = count();',
      map('shared', 'PERCPU_HASH', '__u64', '__u64', PINNED),
      '__u64 key = 3; for (int cpu = 0; cpu < 64; cpu++) { __u64 *s = bpf_map_lookup_percpu_elem(&shared, &key, cpu); if (!s) break; got += *s; }',
      2,
    ],
    [
      'text as key',
      '@shared["abc"] = 9;',
      `struct key { char text[8]; };${map('shared', 'HASH', 'struct key', '__s64', PINNED)}`,
      'struct key key = { "abc" }; __s64 *s = bpf_map_lookup_elem(&shared, &key); if (s) got = *s;',
      9,
    ],
  ];
  for (const [what, owner, maps, body, expected] of FROM_BPFTRACE) {
    test(`takes the map of a bpftrace cell: ${what}`, async () => {
      const { c, bpftrace } = notebook();
      lines(await bpftrace('owner', `begin { ${owner} }`));
      const reader = await c('reader', program(`long got;\n${maps}`, body));
      assert.equal(reader.phase, 'stream', JSON.stringify(reader.diagnostics));
      call();
      const variables = await tests.kernel.variables(reader.id);
      assert.deepEqual(variables.find(({ name }) => name === 'got')?.value, expected);
      reader.end('stopped');
      await reader.ended;
    });
  }

  test('what differs is told with what it should be', async () => {
    const { c, bpftrace } = notebook();
    lines(await bpftrace('owner', 'begin { @hits[1] = count(); }'));
    const error = errorOf((await c('reader', count())).snapshot());
    assert.equal(error?.code, 'map-differs');
    assert.equal(error.phase, 'load');
    assert.equal(count().split('\n')[error.span?.start.line ?? 0], '} hits SEC(".maps");');
    assert.match(error.message, /type hash here and percpu_hash there, key size 4 here and 8 there/);
    assert.match(error.remedy ?? '', /BPF_MAP_TYPE_PERCPU_HASH, a key of 8 bytes, a value of 8 bytes/);
  });

  test('a ring is not shared: records belong to the cell that writes them', async () => {
    const { c } = notebook();
    const ring = `struct event { __u32 pid; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); ${PINNED} } events SEC(".maps");`;
    const source = program(
      ring,
      'struct event event = { bpf_get_current_pid_tgid() >> 32 }; bpf_ringbuf_output(&events, &event, sizeof(event), 0);',
    );
    const runs = [await c('one', source), await c('two', source)];
    call(5);
    for (const run of runs) {
      run.end('stopped');
      const [table] = (await run.ended).panels;
      assert.ok(table?.kind === 'table');
      assert.deepEqual(table.rows, Array(5).fill([process.pid]));
    }
  });

  test('a BPF C cell that reads a map of a bpftrace cell is told, too', async () => {
    const { c, startBpftrace } = notebook();
    const owner = 'begin { @shared[1] = 1; } interval:s:100 { @shared[2] = 2; }';
    const maps = map('shared', 'HASH', '__u64', '__s64', PINNED);
    const first = await startBpftrace('owner', owner);
    const reader = await c('reader', program(maps, '(void)&shared;'));
    first.end('stopped');
    await first.ended;
    const second = await startBpftrace('owner', owner);
    assert.deepEqual(
      reader.diagnostics.map(({ code, map }) => `${code} ${map}`),
      ['map-replaced @shared'],
    );
    for (const run of [second, reader]) {
      run.end('stopped');
      await run.ended;
    }
  });

  test('a live reader is told when the cell that it reads was run again', async () => {
    const { c, startBpftrace, bpftrace } = notebook();
    const owner = await c('owner', count(''));
    const ticks = 'interval:s:100 { print(@hits); }';
    const reader = await startBpftrace('reader', ticks);
    const other = await startBpftrace('other', 'interval:s:100 { @other = 1; }');
    owner.end('stopped');
    await owner.ended;
    assert.deepEqual(reader.diagnostics, []);
    const again = await c('owner', count(''));
    const told = reader.diagnostics.map(({ code, message }) => `${code} ${message}`);
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^map-replaced .*@hits/);
    assert.deepEqual(other.diagnostics, []);
    const restarted = await startBpftrace('reader', ticks);
    assert.deepEqual(restarted.diagnostics, []);
    lines(await bpftrace('count', 'begin { print(len(@hits)); }'));
    for (const run of [again, restarted, other]) {
      run.end('stopped');
      await run.ended;
    }
    await until(() => !reader.alive, 'end');
  });
});
