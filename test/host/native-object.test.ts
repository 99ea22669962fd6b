import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { native } from '../../native/addon.ts';
import { compile, load, loadedPrograms, snapshotOf } from './fixtures/native/support.ts';
import { until } from './kernel-helpers.ts';

const { BpfObject } = native;
const open = (elf: Uint8Array) => new BpfObject(elf, { name: 'test' });

describe('opening', () => {
  test('tells programs and maps, global sections by their own name', () => {
    const object = open(compile('events', 'RING_BYTES=65536'));
    const { programs, maps } = object;
    assert.deepEqual(programs[0], {
      name: 'nt_tp',
      section: 'tp/syscalls/sys_enter_getppid',
      type: 'tracepoint',
      takesAllAtOnce: false,
    });
    const byName = Object.fromEntries(maps.map(map => [map.name, map]));
    assert.deepEqual(byName['hash'], {
      name: 'hash',
      type: 'hash',
      keySize: 4,
      valueSize: 8,
      maxEntries: 1024,
      flags: 0,
      shared: false,
    });
    assert.equal(byName['events']?.maxEntries, 65536);
    assert.equal(byName['.rodata']?.valueSize, 4);
    assert.ok(byName['.data.on']);
    object.close();
  });

  test('refuses what is no object file', () => {
    for (const bytes of [
      new Uint8Array(0),
      new Uint8Array(100),
      Buffer.from('\x7fELF'),
      compile('events').subarray(0, 900),
    ])
      assert.throws(() => open(bytes), { code: 'EINVAL', message: /not a BPF object file/ });
  });

  test('survives object files with broken bytes', async () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const originals = ['controls', 'shared', 'events'].map(name => compile(name));
    let opened = 0;
    for (let round = 0; round < 600; round++) {
      const elf = Buffer.from(originals[round % 3]!);
      for (let i = 0; i <= random(8); i++) elf[random(round % 2 ? elf.length : 64)] = random(256);
      try {
        const btf = native.Btf.fromElf(elf);
        btf.dump(Array.from({ length: btf.count }, (_, i) => i + 1));
      } catch {}
      try {
        const object = open(elf);
        opened++;
        object.scan();
        await object.load().finally(() => object.close());
      } catch {}
    }
    assert.ok(opened > 50, `${opened} opened`);
  });
});

describe('the allow-list', () => {
  for (const [variant, message] of [
    ['HELPER', /helper bpf_probe_write_user is not allowed/],
    ['KFUNC', /kernel function bpf_task_kill_everything is not allowed/],
    ['TYPE', /program nt_forbidden \(xdp\) is not allowed/],
    ['OPERATIONS', /map nt_operations \(struct_ops\) is not allowed/],
    ['ATTACH', /program nt_forbidden \(fmod_ret\/security_file_open\) is not allowed/],
  ] as const) {
    test(`refuses ${variant.toLowerCase()}`, () => {
      const object = open(compile('forbidden', variant));
      assert.throws(() => object.scan(), { code: 'EPERM', message });
      assert.throws(() => object.load(), { code: 'EPERM', message: /not scanned/ });
      object.close();
    });
  }

  test('lets through what the run may do, and knows what that can be', () => {
    const object = open(compile('forbidden', 'HELPER'));
    assert.throws(() => object.scan(['signal']), { code: 'EPERM', message: /bpf_probe_write_user/ });
    object.scan(['signal', 'write_user']);
    assert.throws(() => object.scan(['reboot' as 'signal']), { code: 'EINVAL', message: /no action reboot/ });
    object.close();
  });
});

describe('loading', () => {
  test('a refusal carries program and log', async () => {
    const object = open(compile('refused'));
    object.scan();
    await assert.rejects(object.load(), (error: Error & { code: string; program: string; log: string }) => {
      assert.equal(error.program, 'nt_refused');
      assert.equal(error.code, 'EACCES');
      assert.match(error.log, /invalid mem access 'map_value_or_null'/);
      assert.doesNotMatch(error.log, /BEGIN PROG LOAD LOG/);
      return true;
    });
    assert.throws(() => object.run('nt_fine'), { message: /failed to load/ });
    object.close();
  });

  test('of a long log the beginning and the end are kept, and the reason is the same', async () => {
    const object = open(compile('refused', 'TURNS=5000'));
    object.scan();
    await assert.rejects(object.load(), (error: Error & { code: string; log: string }) => {
      assert.equal(error.code, 'EACCES');
      assert.ok(error.log.length < 300_000);
      const [beginning, end] = error.log.split(/^ {2}\[\d{6,} characters are left out here\]$/m);
      assert.match(beginning!, /^0: R1/m);
      assert.match(end!, /^R0 invalid mem access 'map_value_or_null'\nprocessed \d+ insns/m);
      return true;
    });
    object.close();
  });

  test('globals and sizes are set before, and only then', async () => {
    const object = open(compile('events'));
    object.scan();
    object.setMaxEntries('hash', 77);
    object.setGlobal('.rodata', 0, new Uint8Array([1, 2, 3, 4]));
    assert.throws(() => object.setGlobal('.rodata', 2, new Uint8Array(4)), { code: 'ERANGE' });
    assert.throws(() => object.setGlobal('hash', 0, new Uint8Array(1)), { code: 'EINVAL' });
    assert.throws(() => object.setGlobal('.nothing', 0, new Uint8Array(1)), { code: 'ENOENT' });
    await object.load();
    assert.throws(() => object.setMaxEntries('hash', 78), { code: 'EBUSY' });
    assert.throws(() => object.load(), { code: 'EBUSY' });
    assert.equal(object.maps.find(map => map.name === 'hash')?.maxEntries, 77);
    assert.equal(snapshotOf(object.snapshot('.rodata')).entries[0]?.values[0]?.readUInt32LE(), 0x04030201);
    object.poke('.data.on', 0, Uint8Array.of(0));
    assert.equal(snapshotOf(object.snapshot('.data.on')).entries[0]?.values[0]?.[0], 0);
    assert.throws(() => object.poke('.rodata', 0, Uint8Array.of(1)), { code: 'EINVAL' });
    assert.throws(() => object.poke('.data.on', 4096, Uint8Array.of(1)), { code: 'ERANGE' });
    assert.throws(() => object.snapshot('events'), { code: 'EOPNOTSUPP' });
    object.close();
  });
});

describe('what Linux says of it', () => {
  test('is nothing before it is loaded', () => {
    const object = open(compile('shared'));
    assert.deepEqual(object.details(), { programs: [], maps: [], links: [] });
    object.close();
  });

  test('is numbers and sizes of what is loaded, and where it is attached', async () => {
    const object = await load(compile('events', 'RING_BYTES=65536'));
    await object.attach('nt_raw', { kind: 'auto' });
    await object.attach('nt_tp', { kind: 'tracepoint', category: 'syscalls', event: 'sys_enter_getppid' });
    const { programs, maps, links } = object.details();
    assert.deepEqual(
      programs.map(({ program }) => program),
      object.programs.map(({ name }) => name),
    );
    for (const { id, instructions } of programs) assert.ok(id > 0 && instructions > 0);
    const ring = maps.find(({ map }) => map === 'events')!;
    assert.ok(ring.id > 0 && ring.maxEntries === 65536 && ring.bytes >= 65536, JSON.stringify(ring));
    assert.deepEqual(
      links.map(({ program, kind }) => [program, kind]),
      [
        ['nt_raw', 'raw_tracepoint'],
        ['nt_tp', 'perf_event'],
      ],
    );
    assert.match(links[0]!.target, /^sys_/);
    await object.detach();
    assert.deepEqual(object.details().links, []);
    object.close();
  });
});

describe('sharing', () => {
  test('one map serves two objects, outlives the first and is pinned nowhere', async () => {
    const first = await load(compile('shared'));
    assert.equal(first.maps[0]?.shared, true);
    const second = open(compile('shared'));
    second.scan();
    second.reuseMap('table', first, 'table');
    await second.load();
    assert.equal(first.run('nt_put'), 0);
    first.close();
    const { entries } = snapshotOf(second.snapshot('table'));
    assert.deepEqual(
      entries.map(({ key, values }) => [key.readUInt32LE(), values[0]?.readUInt32LE()]),
      [[3, 33]],
    );
    assert.equal(existsSync('/sys/fs/bpf/table'), false);
    second.close();
  });

  for (const [define, difference] of [
    ['KEY=__u64', /key size is 8 here and 4 there/],
    ['VALUE=__u32', /value size is 4 here and 8 there/],
    ['TYPE=BPF_MAP_TYPE_LRU_HASH', /type is 9 here and 1 there/],
    ['FLAGS=BPF_F_NO_PREALLOC', /flags is 1 here and 0 there/],
  ] as const) {
    test(`refuses a map with another ${define.split('=')[0]!.toLowerCase()}`, async () => {
      const first = await load(compile('shared'));
      const second = open(compile('shared', define));
      assert.throws(() => second.reuseMap('table', first, 'table'), { code: 'EINVAL', message: difference });
      second.close();
      first.close();
    });
  }
});

describe('a retired object', () => {
  test('has only the maps that were kept, to be read and shared', async () => {
    const first = await load(compile('shared'));
    first.run('nt_put');
    const before = first.snapshot('table');
    first.retire(['table']);
    assert.deepEqual([first.programs, first.maps], [[], []]);
    assert.deepEqual(first.snapshot('table'), before);
    const { programs, maps, links } = first.details();
    assert.deepEqual([programs, maps.map(({ map }) => map), links], [[], ['table'], []]);
    assert.throws(() => first.counts(), { code: 'EBUSY' });
    const second = open(compile('shared'));
    second.scan();
    second.reuseMap('table', first, 'table');
    await second.load();
    first.close();
    assert.deepEqual(second.snapshot('table'), before);
    second.close();
  });

  test('frees the others, and its programs', async () => {
    const object = await load(compile('shared'));
    assert.ok(loadedPrograms().includes('nt_put'));
    object.retire([]);
    // Others on this machine may run the same test.
    await until(() => !loadedPrograms().includes('nt_put'), 'end of the program');
    assert.throws(() => object.snapshot('table'), { code: 'EBUSY' });
    object.close();
  });
});

describe('misuse', () => {
  test('a closed object says so', async () => {
    const object = await load(compile('shared'));
    object.close();
    object.close();
    for (const use of [
      () => object.maps,
      () => object.run('nt_put'),
      () => object.snapshot('table'),
      () => object.details(),
      () => object.detach(),
    ])
      assert.throws(use, { code: 'EBADF', message: 'the object is closed' });
  });

  test('wrong arguments are TypeErrors', async () => {
    const object = await load(compile('shared'));
    const wrong = object as unknown as Record<string, (...values: unknown[]) => unknown>;
    for (const use of [
      () => new BpfObject('elf' as never, { name: 'x' }),
      () => new BpfObject(new Uint8Array(1), undefined as never),
      () => wrong['run']!(1),
      () => wrong['setGlobal']!('.data', -1, new Uint8Array(1)),
      () => wrong['setGlobal']!('.data', 0, [1]),
      () => wrong['reuseMap']!('table', {}, 'table'),
      () => wrong['attach']!('nt_put', { kind: 'elsewhere' }),
      () => wrong['attach']!('nt_put', { kind: 'clock', period: '1', everyCpu: true }),
      () => wrong['poke']!('.data', 0, 1),
      () => new native.RingReader({} as never, { rings: [], controls: [], onBatch() {} }),
      () => new native.RingReader(object, { rings: [], controls: [], onBatch: 1 as never }),
    ])
      assert.throws(use, TypeError, String(use));
    assert.throws(() => object.run('nothing'), { code: 'ENOENT' });
    object.close();
  });
});
