/** Global variables of BPF C programs: watched and set while the cell is live; parameters before it. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { CellError } from '../../kernel/errors.ts';
import type { TablePanel, Value } from '../../kernel/protocol.ts';
import { skip, TestKernel } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

/** Counts the getppid calls of this process, as its variables say. */
const SOURCE = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct settings { bool enabled; unsigned int step; char label[8]; };

const volatile int only = ${process.pid};
const volatile char greeting[8] = "hello";
unsigned long hits;
long thresholds[3] = { 1, 2, 3 };
unsigned long many[40];
struct settings setup = { true, 1, "first" };
enum mode { OFF, ON } mode = ON;
static volatile unsigned long long delay_ns = 1500000;

SEC("tp/syscalls/sys_enter_getppid")
int count(void *ctx)
{
	static int calls = 0;
	if (bpf_get_current_pid_tgid() >> 32 != only)
		return 0;
	__sync_fetch_and_add(&calls, 1);
	if (setup.enabled && mode && delay_ns)
		hits += setup.step * thresholds[0] + many[0];
	return 0;
}
char LICENSE[] SEC("license") = "GPL";`;

const table = (panels: readonly { id: string }[]): { [name: string]: Value } => {
  const panel = panels.find(({ id }) => id === 'variables') as TablePanel | undefined;
  return Object.fromEntries((panel?.rows ?? []) as [string, Value][]);
};

async function live(source = SOURCE) {
  const run = tests.start(source, { language: 'bpf-c' });
  await tests.live(run);
  assert.equal(run.phase, 'stream', JSON.stringify(run.diagnostics));
  return run;
}

const refused = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => assert.fail('it was taken'),
    (thrown: CellError) => thrown,
  );
  const [{ code, message, remedy = '' } = assert.fail(String(error))] = error.diagnostics ?? [];
  return `${code}: ${message}. ${remedy}`;
};

const call = (times: number) => {
  for (let i = 0; i < times; i++) process.ppid;
};

describe('variables of a BPF C cell', { skip }, () => {
  test('are shown as they change, set while it is live, and kept at its end', async () => {
    const run = await live();
    call(3);
    await run.refresh();
    const first = table(run.panels());
    assert.deepEqual(
      { ...first, many: undefined },
      {
        hits: 3,
        thresholds: '[1, 2, 3]',
        setup: '{ .enabled = true, .step = 1, .label = first }',
        mode: 'ON',
        delay_ns: '1.5ms',
        'count.calls': 3,
        many: undefined,
      },
    );
    assert.match(String(first['many']), /^\[0, .*, … 24 more\]$/);
    const variables = await tests.kernel.variables(run.id);
    assert.equal(variables.find(({ name }) => name === 'hits')?.type, 'unsigned long');
    assert.equal(
      variables.some(({ name }) => name === 'only'),
      false,
    );

    const set = (name: string, value: string) => tests.kernel.setVariable(run.id, name, value);
    await set('setup.step', '100');
    await set('setup.label', 'second');
    await set('thresholds[0]', '0x2');
    call(1);
    assert.equal((await tests.kernel.variables(run.id)).find(({ name }) => name === 'hits')?.value, 203);
    await set('mode', 'OFF');
    await set('count.calls', '-5');
    call(1);
    run.end('stopped');
    const ended = table((await run.ended).panels);
    assert.deepEqual(
      [ended['hits'], ended['setup'], ended['count.calls'], ended['mode']],
      [203, '{ .enabled = true, .step = 100, .label = second }', -4, 'OFF'],
    );
    assert.match(await refused(set('hits', '1')), /^not-live: /);
  });

  test('what cannot be set says why', async () => {
    const run = await live();
    const ROWS: [name: string, value: string, text: RegExp][] = [
      ['nothing', '1', /^no-variable: there is no variable nothing. It has: .*hits/],
      ['only', '1', /^constant-variable: only is const.*params: only=1/],
      ['hits', 'many', /^bad-variable: .* whole number/],
      ['hits', '-1', /expected a number from 0/],
      ['setup', '1', /a struct cannot be given as text/],
      ['setup.color', '1', /it has no field color/],
      ['setup.label', 'much too long', /at most 7 bytes/],
      ['thresholds[3]', '1', /it has 3 elements/],
      ['hits.more', '1', /leads nowhere/],
      ['mode', 'MAYBE', /expected one of OFF, ON/],
    ];
    for (const [name, value, text] of ROWS)
      assert.match(await refused(tests.kernel.setVariable(run.id, name, value)), text, name);
    run.end('stopped');
    await run.ended;
  });

  test('parameters, with the values that they would have', async () => {
    const request = {
      notebook: 'parameters',
      directory: '/',
      cell: { id: 'p', language: 'bpf-c', source: `//| params: only=7\n${SOURCE}` },
      headers: [],
    } as const;
    const { parameters } = await tests.kernel.parameters({ ...request, headers: [] });
    assert.deepEqual(parameters, [
      { name: 'only', type: 'int', value: '7' },
      { name: 'greeting', type: 'char[8]', value: 'hello' },
    ]);
    const wrong = { ...request, headers: [], cell: { ...request.cell, source: 'int main(' } };
    assert.equal((await tests.kernel.parameters(wrong)).diagnostics[0]?.phase, 'compile');
  });

  test('a program without any has no table', async () => {
    const bare = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
SEC("tp/syscalls/sys_enter_getppid") int nothing(void *ctx) { return 0; }
char LICENSE[] SEC("license") = "GPL";`;
    const run = await live(bare);
    await run.refresh();
    assert.deepEqual(run.panels(), []);
    run.end('stopped');
    await run.ended;
  });
});
