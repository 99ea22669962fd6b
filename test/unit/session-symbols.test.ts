/** Names of code are asked for once, in time, and never more at once than the loader takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttachSpec, CellLayout } from '../../kernel/layout.ts';
import type { LoaderClient } from '../../kernel/loader/client.ts';
import { type LoaderRequests, MOST_ADDRESSES } from '../../kernel/loader/protocol.ts';
import { CodeSymbols } from '../../kernel/session/symbols.ts';
import { cell, record, site, streams, u64 } from './views-fixtures.ts';

type Params = LoaderRequests['symbols']['params'];
interface Asked {
  params: Params;
  addresses: bigint[];
}

/** Names even addresses only. */
function fakeLoader(asked: Asked[], fails = false): LoaderClient {
  const request = async (_: string, params: Params, binary: Buffer) => {
    const addresses = Array.from({ length: binary.length / 8 }, (_, i) => binary.readBigUInt64LE(8 * i));
    asked.push({ params, addresses });
    if (fails) throw new Error('it ended');
    const symbols = addresses.map(address =>
      address % 2n === 0n ? { name: `f${address}`, offset: 0 } : null,
    );
    return { result: { symbols }, binary: Buffer.alloc(0) };
  };
  return { request } as unknown as LoaderClient;
}

const USYM = site(1, { do: 'print' }, [['', { kind: 'usym', size: 16 }]]);
const KSYM = site(2, { do: 'print' }, [['', { kind: 'ksym', size: 8 }]]);
const NUMBER = site(3, { do: 'print' }, [['', u64]]);

const usym = (address: bigint, pid: number) => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(address);
  bytes.writeUInt32LE(pid, 8);
  return bytes;
};

function symbolsOf(layout: CellLayout, fails = false) {
  const asked: Asked[] = [];
  return { asked, symbols: new CodeSymbols(fakeLoader(asked, fails), layout, streams(layout)) };
}

test('each address once, by process; what nobody knows is not asked for again', async () => {
  const { asked, symbols } = symbolsOf(cell([USYM, KSYM]));
  const batch = Buffer.concat([
    record(USYM, [usym(2n, 7)]),
    record(USYM, [usym(3n, 7)]),
    record(USYM, [usym(2n, 7)]),
    record(USYM, [usym(2n, 8)]),
    record(KSYM, [4n]),
  ]);
  await symbols.learnFromBatch(batch);
  assert.deepEqual(asked, [
    { params: { demangle: true, pid: 7, lines: true, returns: false }, addresses: [2n, 3n] },
    { params: { demangle: true, pid: 8, lines: true, returns: false }, addresses: [2n] },
    { params: { demangle: true }, addresses: [4n] },
  ]);
  assert.equal(symbols.of(2n, 7)?.name, 'f2');
  assert.equal(symbols.of(3n, 7), undefined);
  assert.equal(symbols.of(4n)?.name, 'f4');
  assert.equal(symbols.learnFromBatch(batch), undefined, 'there is nothing to wait for');
});

const STACK = site(4, { do: 'print' }, [
  ['', { kind: 'stack', space: 'user', mode: 'bpftrace', limit: 2, size: 32 }],
]);

test('where calls return to is asked for by itself: the call is meant', async () => {
  const { asked, symbols } = symbolsOf({ ...cell([STACK]), withoutLines: true });
  const bytes = Buffer.alloc(32);
  for (const [i, word] of [7n, 2n, 10n, 12n].entries()) bytes.writeBigUInt64LE(word, 8 * i);
  await symbols.learnFromBatch(record(STACK, [bytes]));
  assert.deepEqual(asked, [
    { params: { demangle: true, pid: 7, lines: false, returns: false }, addresses: [10n] },
    { params: { demangle: true, pid: 7, lines: false, returns: true }, addresses: [12n] },
  ]);
  assert.equal(symbols.of(12n, 7, true)?.name, 'f12');
  assert.equal(symbols.of(12n, 7), undefined);
});

test('nothing waits where there are no addresses', () => {
  const { asked, symbols } = symbolsOf(cell([NUMBER]));
  assert.equal(symbols.learnFromBatch(record(NUMBER, [5n])), undefined);
  assert.equal(symbols.ofPrograms, false);
  symbols.prepare();
  assert.deepEqual(asked, []);
});

test('many addresses are asked for in parts', async () => {
  const { asked, symbols } = symbolsOf(cell([KSYM]));
  const many = Array.from({ length: MOST_ADDRESSES + 1 }, (_, i) => record(KSYM, [BigInt(i)]));
  await symbols.learnFromBatch(Buffer.concat(many));
  assert.deepEqual(
    asked.map(({ addresses }) => addresses.length),
    [MOST_ADDRESSES, 1],
  );
  assert.equal(symbols.of(BigInt(MOST_ADDRESSES))?.name, `f${MOST_ADDRESSES}`);
});

test('a loader that cannot say leaves addresses without names', async () => {
  const { symbols } = symbolsOf(cell([USYM]), true);
  await symbols.learnFromBatch(record(USYM, [usym(2n, 7)]));
  assert.equal(symbols.of(2n, 7), undefined);
});

/** what the program is attached to → whether it is a frame of its own stacks */
const SEES_ITSELF: [AttachSpec, boolean][] = [
  [{ kind: 'begin' }, true],
  [{ kind: 'raw_tracepoint', event: 'sched_switch' }, true],
  [{ kind: 'tracepoint', category: 'sched', event: 'sched_switch' }, false],
  [{ kind: 'clock', period: 1e7, everyCpu: true }, false],
];

for (const [attach, itself] of SEES_ITSELF)
  test(`${attach.kind}: the loader ${itself ? 'gets' : 'need not get'} ready`, () => {
    const layout = { ...cell([KSYM]), programs: [{ symbol: 'p', probe: 'p', attach }] };
    const { asked, symbols } = symbolsOf(layout);
    symbols.prepare();
    assert.equal(asked.length, itself ? 1 : 0);
  });

test('names stay as the linker knows them where the cell wants that', async () => {
  const { asked, symbols } = symbolsOf({ ...cell([KSYM]), mangled: true });
  await symbols.learnFromBatch(record(KSYM, [2n]));
  assert.equal(asked[0]?.params.demangle, false);
});
