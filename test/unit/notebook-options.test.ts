import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CellOptions, optionHelp, parseOptions } from '../../kernel/notebook/index.ts';

const READ: [language: string, source: string, options: Partial<CellOptions>][] = [
  ['bpftrace', '//| duration: 10s\nBEGIN {}', { durationMs: 10_000 }],
  [
    'bpf-c',
    '//|duration:500ms\r\n//|  workload:  ls -l /  \r\nint x;',
    { durationMs: 500, workload: 'ls -l /' },
  ],
  ['shellscript', '#!/bin/sh\n#| name: load\n#| duration: 2m\necho', { name: 'load', durationMs: 120_000 }],
  ['sql', '--| rows: 10_000\nselect 1', { rows: 10_000 }],
  ['bpftrace', '//| duration: 1.5s', { durationMs: 1500 }],
  ['bpftrace', '\n\n//| pid: 1234\n\n//| rows: 5', { pid: 1234, rows: 5 }],
  ['bpftrace', '//| unsafe: signal, system', { unsafe: ['signal', 'system'] }],
  ['bpftrace', '//| view: chart', { view: 'chart' }],
  ['bpftrace', '//| cpu-limit: 50%', { cpuLimit: 0.5 }],
  ['bpf-c', '//| cpu-limit: 0', { cpuLimit: 0 }],
  ['bpf-c', '//| perf-pages: 128\n//| freq: 997', { perfPages: 128, freq: 997 }],
  ['bpf-c', '//| event: hardware:cpu-cycles:1000000', { event: ['hardware:cpu-cycles', 1_000_000] }],
  ['bpf-c', '//| event: cs', { event: ['cs'] }],
  ['bpf-c', '//| file: net/bootstrap.h', { file: 'net/bootstrap.h' }],
  [
    'bpftrace',
    `//| params: a=1 b="two words" c='single "q"' d=x"y z"w 1=first e= f="esc \\" q"`,
    { params: { a: '1', b: 'two words', c: 'single "q"', d: 'xy zw', 1: 'first', e: '', f: 'esc " q' } },
  ],
  ['bpftrace', '//| params: a=1\n//| params: b=2', { params: { a: '1', b: '2' } }],
  [
    'bpftrace',
    "//| workload: sh -c 'for n in 1 2: do x; done' # : |",
    { workload: "sh -c 'for n in 1 2: do x; done' # : |" },
  ],
  ['bpftrace', '// plain\n//| duration: 10s', {}],
  ['bpftrace', 'BEGIN {}\n//| duration: 10s', {}],
  ['bpftrace', '//|\n//| pid: 7', { pid: 7 }],
  ['markdown', '//| duration: 10s\n#| pid: 1', {}],
  ['shellscript', '//| duration: 10s', {}],
  ['toString', '//| duration: 10s', {}],
  ['bpftrace', '', {}],
];
for (const [language, source, options] of READ)
  test(`options of ${language} ${JSON.stringify(source)}`, () => {
    const parsed = parseOptions(language, source);
    assert.deepEqual(parsed.diagnostics, []);
    assert.deepEqual(parsed.options, { params: {}, ...options });
  });

/** The span that a diagnostic points at is put in «». */
const WRONG: [source: string, code: string, message: RegExp, remedy: RegExp][] = [
  ['//| «durration»: 10s', 'unknown-option', /unknown cell option: durration/, /Did you mean duration\?/],
  ['//| «workloads»: ls', 'unknown-option', /workloads/, /Did you mean workload\?/],
  ['//| «zzz»: 1', 'unknown-option', /zzz/, /Known options: duration, workload/],
  ['//| «constructor»: 1', 'unknown-option', /constructor/, /Known options/],
  ['//| duration: «ten»', 'syntax-error', /duration must be a time such as 10s/, /duration: 10s/],
  ['//| duration: «0s»', 'syntax-error', /must be a time/, /10s/],
  ['//| «duration:»', 'syntax-error', /must be a time/, /10s/],
  ['//| pid: «-1»', 'syntax-error', /pid must be a number/, /1234/],
  ['//| perf-pages: «100»', 'syntax-error', /perf-pages must be a power of two from 1 to 65536/, /256/],
  ['//| event: «page faults»', 'syntax-error', /event must be the name of an event/, /page-faults:100/],
  ['//| event: «cs:0»', 'syntax-error', /event must be/, /page-faults:100/],
  ['//| rows: «10e3»', 'syntax-error', /rows must be a number/, /10000/],
  ['//| params: «a=1 b»', 'syntax-error', /“b” is none/, /name=value|min_duration_ns/],
  ['//| params: «a="open»', 'syntax-error', /unclosed quote/, /./],
  ['//| file: «../../etc/passwd»', 'syntax-error', /plain file name/, /bootstrap\.h/],
  ['//| file: «/etc/passwd»', 'syntax-error', /plain file name/, /bootstrap\.h/],
  ['//| cpu-limit: «half»', 'syntax-error', /must be a percentage such as 50% or 0/, /cpu-limit: 50%/],
  ['//| view: «pie»', 'syntax-error', /one of table, chart/, /./],
  ['//| unsafe: «a;b»', 'syntax-error', /function names/, /./],
  ['//| «just words»', 'syntax-error', /“key: value”/, /./],
  ['\n  //| pid: «x»  ', 'syntax-error', /pid/, /./],
];
for (const [marked, code, message, remedy] of WRONG)
  test(`wrong option ${JSON.stringify(marked)}`, () => {
    const { diagnostics } = parseOptions('bpftrace', marked.replaceAll(/[«»]/g, ''));
    assert.equal(diagnostics.length, 1);
    const [{ span, ...found }] = diagnostics as [(typeof diagnostics)[0]];
    assert.equal(found.code, code);
    assert.match(found.message, message);
    assert.match(found.remedy ?? '', remedy);
    const lines = marked.split('\n');
    const line = lines.findIndex(text => text.includes('«'));
    assert.deepEqual(span, {
      start: { line, column: lines[line]!.indexOf('«') },
      end: { line, column: lines[line]!.indexOf('»') - 1 },
    });
  });

test('a wrong value leaves the others standing, and their places are known', () => {
  const { options, spans } = parseOptions('bpftrace', '//| pid: x\n//| name: n\nBEGIN {}');
  assert.deepEqual(options, { params: {}, name: 'n' });
  assert.deepEqual(spans.name, { start: { line: 1, column: 10 }, end: { line: 1, column: 11 } });
});

/** What is offered where the bar is. */
function offered(language: string, marked: string) {
  const offset = marked.indexOf('|', marked.indexOf('|') + 1);
  const source = marked.slice(0, offset) + marked.slice(offset + 1);
  const help = optionHelp(language, source, offset);
  return (
    help && { ...help, replaced: source.slice(help.start, help.end), labels: help.offers.map(o => o.label) }
  );
}

test('option lines are completed by name and by value', () => {
  const names = offered('bpftrace', '//| du| \nbegin { }');
  assert.ok(names?.labels.includes('duration') && names.labels.includes('workload'));
  assert.equal(names?.replaced, 'du');
  assert.equal(names?.offers.find(({ label }) => label === 'duration')?.text, 'duration: ');
  assert.deepEqual(offered('bpf-c', '//| view: ch|')?.labels, [
    'table',
    'chart',
    'heatmap',
    'lines',
    'flame',
    'text',
  ]);
  assert.equal(offered('bpf-c', '//| view: ch|')?.replaced, 'ch');
  assert.match(offered('bpftrace', '//| dura|tion: 10s')?.documentation ?? '', /Ends the cell/);
  assert.equal(offered('bpftrace', 'begin { a | b |}'), undefined);
  assert.equal(offered('markdown', '//| du|'), undefined);
});
