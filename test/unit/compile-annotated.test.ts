/** What comments and macros of other tools, and fields beside each other, make of a layout. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotated } from '../../kernel/compile/annotated.ts';
import { docComments } from '../../kernel/compile/docComments.ts';
import { joined, stackMaps } from '../../kernel/compile/neighbours.ts';
import { encodeParameters } from '../../kernel/compile/parameters.ts';
import type { CellLayout, DataType, Field, GlobalLayout, MapLayout } from '../../kernel/layout.ts';
import { Reader, toValue } from '../../kernel/views/decode.ts';
import { globalHistograms } from '../../kernel/views/global-histograms.ts';
import { mapPanel } from '../../kernel/views/map-panel.ts';
import { NO_NAMES } from '../../kernel/views/names.ts';
import { bytesOf, fieldsOf, map, snapshot, struct, u32, u64 } from './views-fixtures.ts';

const COMMENTS: [what: string, source: string, found: Record<string, object>][] = [
  [
    'a description',
    '/// @description "Process to trace"\nconst volatile pid_t pid_target = 0;\n',
    { pid_target: { about: 'Process to trace', line: 1 } },
  ],
  [
    'words without a tag, in two lines',
    'int a;\n/// What is\n/// meant.\nconst volatile int b = 1;\n',
    { b: { about: 'What is meant.', line: 3 } },
  ],
  [
    'an argument of the command line',
    '/// @cmdarg {"default": false, "short": "f", "long": "failed"}\n/// @description only those that fail\nconst volatile bool targ_failed = false;\n',
    {
      targ_failed: {
        about: 'only those that fail',
        cmdarg: '{"default": false, "short": "f", "long": "failed"}',
        line: 2,
      },
    },
  ],
  [
    'a map',
    '/// @sample {"interval": 1000, "type" : "log2_hist"}\nstruct {\n\t__uint(type, BPF_MAP_TYPE_HASH);\n} hists SEC(".maps");\n',
    { hists: { sample: '{"interval": 1000, "type" : "log2_hist"}', line: 1 } },
  ],
  ['an array', '/// x\nconst volatile char comm[16] = {};\n', { comm: { about: 'x', line: 1 } }],
  ['two slashes only', '// @sample {}\nstruct { int a; } m SEC(".maps");\n', {}],
];

for (const [what, source, found] of COMMENTS)
  test(`comments in front: ${what}`, () => assert.deepEqual(Object.fromEntries(docComments(source)), found));

const global = (name: string, more: Partial<GlobalLayout> = {}): GlobalLayout => ({
  name,
  section: '.rodata',
  offset: 0,
  type: u32,
  parameter: true,
  ...more,
});
const layoutOf = (more: Partial<CellLayout>): CellLayout => ({
  programs: [],
  maps: [],
  records: [],
  globals: [],
  taggedRings: [],
  ...more,
});
const said = (layout: Partial<CellLayout>, source: string, notes: string[] = []) =>
  annotated(layoutOf(layout), [source], notes, { arch: 'x64' });

test('a parameter has the names, the default and the words of its comment', () => {
  const { layout } = said(
    { globals: [global('targ_us')] },
    '/// @cmdarg {"default": 7, "long": "min-us", "short": "m", "help": "least"}\nconst volatile u32 targ_us = 0;\n',
  );
  const [parameter] = layout.globals;
  assert.deepEqual(
    [parameter!.about, parameter!.aliases, parameter!.preset],
    ['least', ['min-us', 'm'], '7'],
  );
  const encoded = (values: Record<string, string>) =>
    encodeParameters(layout.globals, values).map(({ bytes }) => bytes[0]);
  assert.deepEqual(encoded({}), [7]);
  for (const name of ['targ_us', 'min-us', 'min_us', 'm']) assert.deepEqual(encoded({ [name]: '9' }), [9]);
});

test('what is no JSON is told, on the line of the declaration', () => {
  const { warnings } = said(
    { maps: [map('m', u64, { keys: [['key', u32]] })] },
    '\n/// @sample {type: log2_hist}\nstruct { int a; } m SEC(".maps");\n',
  );
  assert.match(warnings[0]!.message, /^what is said of m is no JSON: \{type: log2_hist\}/);
  assert.equal(warnings[0]!.span?.start.line, 2);
});

test('macros of gadgets name tables and maps', () => {
  const record = {
    id: 0,
    ring: 'events',
    name: 'event',
    size: 4,
    fields: [],
    action: { do: 'row' },
  } as const;
  const { layout } = said({ records: [{ ...record, fields: [] }], maps: [map('counts', u64)] }, '', [
    'ebpfnb_tracer_exec___events___event',
    'ebpfnb_mapiter_top___counts',
  ]);
  assert.equal(layout.records[0]!.name, 'exec');
  assert.equal(layout.maps[0]!.title, 'top');
});

const counts: DataType = { kind: 'array', size: 16, element: u32, length: 4 };
const sampled = (layout: MapLayout, sample: string): MapLayout =>
  said({ maps: [layout] }, `/// @sample ${sample}\nstruct { int a; } m SEC(".maps");\n`).layout.maps[0]!;

test('a map is drawn as its comment says: any array in the value, the bucket in the key, in a unit', () => {
  const wide = map(
    'm',
    struct([
      ['total', u32],
      ['many', counts],
    ]),
    { keys: [['key', u32]] },
  );
  assert.equal(wide.histogram, undefined);
  const drawn = sampled(wide, '{"type": "log2_hist", "unit": "usecs"}');
  const panel = mapPanel({ ...drawn, names: NO_NAMES }, snapshot(wide, [[[7], [[3, [0, 0, 0, 3]]]]]), 10);
  assert.deepEqual(
    [panel.kind, panel.kind === 'histogram' && [panel.unit, panel.series]],
    ['histogram', ['us', [{ key: '7', buckets: [{ lo: 8, hi: 16, count: 3 }] }]]],
  );
  const flat = map('m', u64, { keys: [['key', u32]] });
  const linear = sampled(flat, '{"type": "linear_hist"}');
  const second = mapPanel({ ...linear, names: NO_NAMES }, snapshot(flat, [[[2], [5]]]), 10);
  assert.deepEqual(second.kind === 'histogram' && [second.scale, second.series], [
    'linear',
    [{ key: '', buckets: [{ lo: 2, hi: 3, count: 5 }] }],
  ]);
  const slots = map('m', struct([['slots', counts]]), { histogram: { slots: 'slots' } });
  assert.equal(sampled(slots, '{"type": "default_kv_map"}').histogram, undefined);
});

const ipv4 = { ...u32, display: 'ipv4' } as const;
const ipv6 = { kind: 'inet', size: 16 } as const;

test('of an address in two forms the one that its family names is shown', () => {
  const fields: Field[] = [
    { name: 'saddr_v4', offset: 0, type: ipv4 },
    { name: 'saddr_v6', offset: 0, type: ipv6 },
    { name: 'af', offset: 16, type: u32 },
  ];
  const [address, ...rest] = joined(fields, []);
  assert.deepEqual([address!.name, rest.map(({ name }) => name)], ['saddr', ['af']]);
  const shown = (family: number) => {
    const bytes = Buffer.alloc(24);
    bytes.set([10, 0, 0, 1]);
    bytes[15] = 9;
    bytes.writeUInt32LE(family, 16);
    return toValue(new Reader(bytes), address!.type, 0);
  };
  assert.deepEqual(
    [shown(2), shown(10), shown(4), shown(6)],
    ['10.0.0.1', 'a00:1::9', '10.0.0.1', 'a00:1::9'],
  );
});

test('without a family both forms stay', () => {
  const fields: Field[] = [
    { name: 'v4', offset: 0, type: ipv4 },
    { name: 'v6', offset: 0, type: ipv6 },
  ];
  assert.deepEqual(joined(fields, []), fields);
});

const stackMap = map('stackmap', struct([['stack', stackType()]]), {
  type: 'stack_trace',
  keys: [['stack_id', u32]],
});
function stackType(): DataType {
  return { kind: 'stack', size: 32, space: 'either', mode: 'bpftrace', limit: 4 };
}

test('the number of a stack is shown as the stack, by the process beside it', () => {
  const i32 = { kind: 'int', size: 4, signed: true } as const;
  const fields = joined(
    fieldsOf([
      ['pid', u32],
      ['tgid', u32],
      ['user_stack_id', i32],
      ['kern_stack_id', i32],
      ['count', u32],
    ]),
    stackMaps([stackMap]),
  );
  assert.deepEqual(
    fields.map(({ type }) => type.kind),
    ['int', 'int', 'stack-id', 'stack-id', 'int'],
  );
  const bytes = bytesOf(
    {
      kind: 'struct',
      size: 20,
      fields: fieldsOf([
        ['a', u32],
        ['b', u32],
        ['c', i32],
        ['d', i32],
        ['e', u32],
      ]),
    },
    [1, 77, 3, -14, 5],
  );
  const frames = Buffer.alloc(32);
  frames.writeBigUInt64LE(0x1000n);
  frames.writeBigUInt64LE(0x2000n, 8);
  const asked: string[] = [];
  const reader = new Reader(bytes, {
    ...NO_NAMES,
    stack: (of, id) => (of === 'stackmap' && id === 3 ? frames : undefined),
    userSymbol: (address, pid) => {
      asked.push(`${address.toString(16)} of ${pid}`);
      return { name: `f${address.toString(16)}`, offset: 1 };
    },
  });
  const cells = fields.map(({ type, offset }) => toValue(reader, type, offset));
  assert.deepEqual(cells, [1, 77, 'f1000+1\nf2000+1\n… (cut short: the caller has no frame pointer)', '', 5]);
  assert.deepEqual(asked, ['1000 of 77', '2000 of 77']);
});

test('texts one behind the other are as long as the number beside them says', () => {
  const words: DataType = { kind: 'string', size: 16, words: {} };
  const [length, text] = joined(
    fieldsOf([
      ['args_size', u32],
      ['args', words],
    ]),
    [],
  );
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32LE(6, length!.offset);
  bytes.write('ls\0-l\0junk', text!.offset);
  assert.equal(toValue(new Reader(bytes), text!.type, text!.offset), 'ls -l');
  assert.equal(toValue(new Reader(bytes), words, text!.offset), 'ls -l junk');
});

test('an array of addresses is a stack', () => {
  const stack: DataType = { kind: 'array', size: 32, element: u64, length: 4 };
  const [field] = joined(fieldsOf([['kern_stack', stack]]), []);
  assert.deepEqual(field!.type, { kind: 'stack', size: 32, space: 'either', mode: 'bpftrace', limit: 4 });
  const [other] = joined(fieldsOf([['laps', stack]]), []);
  assert.equal(other!.type.kind, 'array');
});

test('an array of histograms in a variable is a series each', () => {
  const type: DataType = { kind: 'array', size: 48, element: struct([['slots', counts]]), length: 3 };
  const [histogram] = globalHistograms([
    global('hists', { type, section: '.bss', histogram: { slots: 'slots', each: true } }),
  ]);
  const section = Buffer.alloc(24 + 48);
  section.writeUInt32LE(5, 24 + 16 + 4);
  const panel = mapPanel(histogram!.map, histogram!.payload(section), 10);
  assert.deepEqual(panel.kind === 'histogram' && panel.series, [
    { key: '1', buckets: [{ lo: 2, hi: 4, count: 5 }] },
  ]);
});
