/** Maps across the cells of a notebook. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { ebpfnb, fixture, heldBy, skip, TestKernel, textOf, until } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

let notebooks = 0;

/** A notebook of its own; `cell(id, source)` runs a cell to its end. */
function notebook() {
  const name = `state-${++notebooks}`;
  const about = (id: string) => ({ id, notebook: name, durationMs: 5_000 });
  return {
    name,
    start: (id: string, source: string) => tests.start(source, about(id)),
    async cell(id: string, source: string): Promise<RunSnapshot> {
      return tests.run(source, about(id));
    },
  };
}

/** The lines of a cell that ended well; where a series begins is known to some milliseconds only. */
function lines(snapshot: RunSnapshot): string[] {
  assert.notEqual(snapshot.reason, 'failed', JSON.stringify(snapshot.diagnostics));
  return textOf(snapshot)
    .filter(line => line !== '')
    .map(line => line.replace(/^\d\d:\d\d:\d\d\.\d+/, 'hh:mm:ss.ns'));
}

const errorOf = ({ diagnostics }: RunSnapshot) => diagnostics.find(({ severity }) => severity === 'error');

describe('a later cell reads what an earlier one wrote, as that one itself would', { skip }, () => {
  const ROWS: [what: string, owner: string, reader: string, declaration?: string][] = [
    ['a scalar', '@x = 42;', 'print(@x); printf("%d\\n", @x + 1);'],
    ['the unnamed map', '@ = 7;', 'print(@);'],
    ['a string', '@x = "hello";', 'printf("%s\\n", @x);'],
    ['keys', '@x["a"] = 1; @x["b"] = 2;', 'print(@x); print(@x["b"]);'],
    ['keys of several parts', '@x[1, "a"] = 5;', 'print(@x[1, "a"]); print(@x);'],
    ['has_key and len', '@x["a"] = 1;', 'printf("%d%d%d\\n", has_key(@x, "a"), has_key(@x, "b"), len(@x));'],
    ['find', '@x["a"] = 9;', 'if (find(@x, "a", $v)) { print($v); }'],
    ['for', '@x[3] = 4;', 'for ($kv : @x) { printf("%d %d\\n", $kv.0, $kv.1); }'],
    ['count', '@x = count(); @x = count();', 'print(@x); printf("%d\\n", (int64)@x);'],
    ['count by key', '@x["a"] = count();', 'for ($kv : @x) { printf("%s %d\\n", $kv.0, $kv.1); }'],
    ['sum', '@x = sum(5); @x = sum(-7);', 'print(@x);'],
    ['min and max', '@a = min(3); @b = max(4);', 'print(@a); print(@b);'],
    ['avg', '@x = avg(3); @x = avg(5);', 'print(@x); if (@x > 3) { print("more"); }'],
    ['stats', '@x = stats(3); @x = stats(5);', 'print(@x);'],
    ['hist', '@x = hist(5);', 'print(@x);'],
    ['hist by key', '@x["k"] = hist(5, 2);', 'print(@x);'],
    ['lhist', '@x = lhist(5, 0, 10, 5);', 'print(@x);'],
    ['tseries', '@x = tseries(5, 1h, 3);', 'print(@x);'],
    ['a tuple', '@x = (1, "two");', 'print(@x); print(@x.1);'],
    ['a record', '@x = (a=1, b="two");', 'print(@x.b);'],
    ['an enum', '@x = (enum bpf_map_type)1;', 'print(@x);'],
    ['a pointer', '@x = curtask;', 'printf("%d\\n", @x->pid == @x->pid);'],
    ['a timestamp', '@x = strftime("%Y", nsecs);', 'print(@x);'],
    ['a user as key', '@x[username] = 1;', 'print(@x);'],
    ['a stack as key', '@x[kstack(3)] = 1;', 'printf("%d\\n", len(@x)); for ($kv : @x) { print($kv.1); }'],
    ['a stack as value', '@x = ustack(3);', '$x = @x; printf("%d\\n", len($x));'],
    ['a declared kind', '@x[1] = 2;', 'print(@x);', 'let @x = lruhash(16);'],
    ['a struct of its own', '@x = ((struct p *)curtask)->a;', 'print(@x >= 0);', 'struct p { int a; };'],
  ];
  for (const [what, owner, reader, declaration = ''] of ROWS) {
    test(what, async () => {
      const { cell } = notebook();
      const expected = lines(await notebook().cell('alone', `${declaration}\nbegin { ${owner} ${reader} }`));
      assert.notDeepEqual(expected, []);
      lines(await cell('owner', `${declaration}\nbegin { ${owner} }`));
      assert.deepEqual(lines(await cell('reader', `begin { ${reader} }`)), expected);
    });
  }
});

describe('who owns a map', { skip }, () => {
  const READ = 'begin { print(@x); }';

  test('the newest cell that gave it a value', async () => {
    const { cell } = notebook();
    await cell('one', 'begin { @x = 1; }');
    await cell('two', 'begin { @x = "two"; }');
    assert.deepEqual(lines(await cell('reader', READ)), ['@x: two']);
    await cell('one', 'begin { @x = 3; }');
    assert.deepEqual(lines(await cell('reader', READ)), ['@x: 3']);
  });

  test('an owner that runs again starts afresh, a reader reads again', async () => {
    const { cell } = notebook();
    const owner = 'begin { @x++; @x++; }';
    for (let round = 0; round < 2; round++) {
      await cell('owner', owner);
      for (let again = 0; again < 2; again++) assert.deepEqual(lines(await cell('reader', READ)), ['@x: 2']);
    }
  });

  test('a live cell: what it has written so far is there', async () => {
    const { start, cell } = notebook();
    const owner = start('owner', 'interval:ms:5 { @x = count(); @k[1] = count(); }');
    await tests.live(owner);
    const read = async () => Number(lines(await cell('reader', READ))[0]!.slice('@x: '.length));
    const first = await until(read, 'first count');
    await until(async () => (await read()) > first, 'higher count');
    owner.end('stopped');
    await owner.ended;
    assert.ok((await read()) > first);
  });

  test('to clear it is no claim to it: that empties what the other cell wrote', async () => {
    const { cell } = notebook();
    await cell('owner', 'begin { @x = 1; @k[1] = 1; @k[2] = 2; @c[3] = count(); }');
    await cell('eraser', 'begin { clear(@x); delete(@k, 1); zero(@c); }');
    const snapshot = await cell('reader', 'begin { print(@x); print(@k); print(@c); }');
    assert.deepEqual(lines(snapshot), ['@x: 0', '@k[2]: 2', '@c[3]: 0']);
  });

  test('a macro that writes makes an owner', async () => {
    const { cell } = notebook();
    await cell('one', 'begin { @x = 1; }');
    await cell('two', 'macro add(@m) { @m += 5 }\nbegin { add(@x); }');
    assert.deepEqual(lines(await cell('reader', READ)), ['@x: 5']);
  });

  test('a reader prints it where it says so, and shows it there; not at its end', async () => {
    const { cell } = notebook();
    const owner = await cell('owner', 'begin { @x["k"] = hist(5); }');
    assert.deepEqual(
      owner.panels.map(({ title }) => title),
      ['@x'],
    );
    const shown = await cell('reader', READ);
    assert.deepEqual(
      shown.panels.map(({ kind, title }) => `${kind} ${title}`),
      ['histogram @x', 'text Output'],
    );
    const silent = await cell('reader', 'begin { if (len(@x) > 0) { printf("some\\n"); } }');
    assert.deepEqual(
      silent.panels.map(({ kind }) => kind),
      ['text'],
    );
  });

  test('notebooks do not share', async () => {
    await notebook().cell('owner', 'begin { @x = 1; }');
    assert.equal(errorOf(await notebook().cell('reader', READ))?.code, 'undefined-map');
  });

  test('the generated C of a reader', async () => {
    const { name, cell } = notebook();
    const request = {
      notebook: name,
      directory: '/',
      cell: { id: 'r', language: 'bpftrace', source: READ },
      headers: [],
    } as const;
    assert.equal((await tests.kernel.emitC({ ...request, headers: [] })).c, undefined);
    await cell('owner', 'begin { @x["a"] = 1; }');
    assert.match(
      (await tests.kernel.emitC({ ...request, headers: [] })).c ?? '',
      /char a\[2\]|struct map_x_key/,
    );
  });
});

describe('what cannot be read', { skip }, () => {
  const ROWS: [what: string, owner: string, reader: string, code: string, text: RegExp][] = [
    ['a map that nobody has', '@y = 1;', 'print(@x);', 'undefined-map', /run the cell that fills it first/],
    ['another type of key', '@x[1] = 1;', 'print(@x["a"]);', 'map-key-mismatch', /another cell's map/],
    [
      'a longer string as key',
      '@x["ab"] = 1;',
      'print(@x["abc"]);',
      'map-key-mismatch',
      /another cell's map/,
    ],
    ['a key where there is none', '@x = 1;', 'print(@x[1]);', 'map-without-key', /another cell's map/],
    [
      'no key where there is one',
      '@x[1] = 1;',
      'printf("%d\\n", @x);',
      'map-needs-key',
      /another cell's map/,
    ],
    ['a value of another type', '@x = "a";', 'print(@x + 1);', 'comparison-types', /string/],
  ];
  for (const [what, owner, reader, code, text] of ROWS) {
    test(what, async () => {
      const { cell } = notebook();
      lines(await cell('owner', `begin { ${owner} }`));
      const error = errorOf(await cell('reader', `begin { ${reader} }`));
      assert.equal(error?.code, code);
      assert.match(`${error.message} ${error.remedy}`, text);
    });
  }

  test('a program by itself has its own maps only', async () => {
    const { name, cell } = notebook();
    await cell('owner', 'begin { @x = 1; }');
    const alone = await tests.run('begin { print(@x); }', { notebook: name, id: 'alone', standalone: true });
    assert.deepEqual([errorOf(alone)?.code, errorOf(alone)?.message], ['undefined-map', 'Undefined map: @x']);
  });

  test('an owner that failed', async () => {
    const { cell } = notebook();
    await cell('owner', 'begin { @x = 1; } uprobe:/bin/true:no_such_symbol { @x = 2; }');
    assert.equal(errorOf(await cell('reader', 'begin { print(@x); }'))?.code, 'undefined-map');
  });
});

describe('what stays in Linux', { skip }, () => {
  test('of a run that is over its maps, until its cell or notebook is closed', async () => {
    const { name, cell } = notebook();
    const gone = (map: string) => until(() => heldBy(map).maps.length === 0, `end of ${map}`);
    await cell('one', 'begin { @state_one[1] = 1; }');
    await cell('two', 'begin { @state_two[1] = 1; }');
    await cell('reader', 'begin { print(@state_one); print(@state_two); }');
    for (const map of ['map_state_one', 'map_state_two'])
      await until(() => heldBy(map).programs.length === 0, 'end of programs');
    assert.equal(heldBy('map_state_one').maps.length, 1);
    await tests.kernel.closeCell(name, 'one');
    await gone('map_state_one');
    assert.equal(heldBy('map_state_two').maps.length, 1);
    await tests.kernel.closeNotebook(name);
    await gone('map_state_two');
  });
});

test('in a notebook that runs without an editor', { skip }, () => {
  const { status, stdout, stderr } = ebpfnb(['run', fixture('cli/state.ebpfnb')]);
  assert.equal(status, 0, stderr);
  const reader = stdout.slice(stdout.indexOf('── reader'));
  assert.match(reader, /ticks\ntrue/);
  assert.match(reader, /@sizes\[k\]/);
});
