/** The formatter moves white space, and nothing but white space. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Reporter, Source } from '../../kernel/language/diagnostics.ts';
import { format } from '../../kernel/language/formatter.ts';
import { parseProgram } from '../../kernel/language/parser/program.ts';
import { BUILTINS } from '../../kernel/language/tables/builtins.ts';
import { CONFIG } from '../../kernel/language/tables/config.ts';
import { FUNCTIONS } from '../../kernel/language/tables/functions.ts';
import { MAP_FUNCTIONS } from '../../kernel/language/tables/mapFunctions.ts';
import { PROBES } from '../../kernel/language/tables/probes.ts';
import { inRoot } from '../../scripts/setup/folders.mjs';
import { golden } from './language-fixtures.ts';

/** Two probes pasted without a line break between them, and whatever else the grammar has. */
const CRAMPED = `#!/usr/bin/env bpftrace
//| duration: 10s
/*
 * A title.
 */
#include <linux/x.h>
#define A 1 /* one */
struct foo { int x;
   int y; };
config={max_strlen=64;
missing_probes=warn}
import "lib.bt";let @m=lruhash(10);
macro add(a,$b,@c){ a+$b /* sum */ }
fn twice($a:int64,$b:string[4]):int64{return $a*2}
BEGIN{printf("hello %d %d\\n",-1- -2,(1+2)*3);@start[tid]=nsecs;}kretprobe:vfs_read,kretprobe:vfs_write,
kprobe:vfs_open // trailing
/@start[tid]&&!$1/{ // what
$x=(struct sock *)arg0;   // comment



/*
   * a comment
 * of stars */

if($x->a.b[3]>5){exit();}else if($x){@a[1,2]=hist(nsecs-@start[tid]);}else{ }
// before y
$y=$x?1:2;$z++;++$z; let $q:uint8*[4]=5; for($i:0..10){print($i)}
while($i<5){$i++;break;} unroll(5){@=count()} for $kv:@m{continue}
$t=(a=1,b="x"); $p = *$x; $v = { $l=1; $l+1 }; $w = if $a {1} else {2}; _=sizeof(struct foo*);
printf("%s %s %s %s very long format string to be wrapped around %d\\n","aaaaaaaaaaaaaaaaaaa",bbbbbbbbbbbbb,ccccccccccccccccccc, // why
 dddd);
@verylongmap[pid,comm,ustack,kstack]=lhist(args->bytes_alloc+args->bytes_req+args->something_else_that_is_long,0,1000,10);
print({ $a=1;;$a });  /* kept */ return
}
t:a:b/ *@p == 1 && has_key(@start, (args.dev, args.sector)) && has_key(@iopid, (args.dev, args.sector))/{}
// end
END{clear(@start)} // bye
`;

/** The tree without its positions. */
function shape(source: string): string {
  const reporter = new Reporter(new Source(source));
  const tree = parseProgram(reporter);
  assert.deepEqual(reporter.diagnostics, []);
  return JSON.stringify(tree, (key, value) => {
    if (['start', 'end', 'nameRange', 'valueRange', 'kindRange'].includes(key)) return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
}

function formatted(source: string): string {
  const result = format(source);
  assert.ok('text' in result, `refused: ${source}`);
  return result.text;
}

function notebookPrograms(): string[] {
  const files = readdirSync(inRoot('notebooks')).filter(name => name.endsWith('.ebpfnb'));
  const cells = files.flatMap(name => JSON.parse(readFileSync(inRoot('notebooks', name), 'utf8')).cells);
  return cells
    .filter(cell => cell.metadata.vscode?.languageId === 'bpftrace')
    .map(cell => cell.source.join(''));
}

const ROWS = [...PROBES, ...BUILTINS, ...FUNCTIONS, ...MAP_FUNCTIONS, ...CONFIG];
const PROGRAMS = [CRAMPED, ...notebookPrograms(), ...ROWS.map(row => row.example)];

test('formats', () => golden('formatted.bt', formatted(CRAMPED)));

test(`keeps the meaning of ${PROGRAMS.length} programs, to the last character that is not blank`, () => {
  for (const source of PROGRAMS) {
    const text = formatted(source);
    assert.equal(shape(text), shape(source));
    assert.equal(text.replaceAll(/\s/g, ''), source.replaceAll(/\s/g, ''));
  }
});

test('formatting twice is formatting once', () => {
  for (const source of PROGRAMS) {
    const text = formatted(source);
    assert.equal(formatted(text), text);
  }
});

test('a program with a syntax error is left alone', () => {
  for (const source of [
    'begin { printf("x); }',
    'begin { ',
    'sudo bpftrace -e "begin { }"',
    'begin { $x = ; }',
  ]) {
    const result = format(source);
    assert.ok(!('text' in result) && result.diagnostics.length > 0, source);
  }
});

test('nothing but comments', () => {
  assert.equal(formatted(''), '');
  assert.equal(formatted('\n\n//| pid: 1  \n\n\n// a\n'), '//| pid: 1\n\n// a\n');
});

/** Programs with something left out, put in or doubled; the same ones each time. */
function* damaged(count: number): Generator<string> {
  const pieces = [
    '{',
    '}',
    '(',
    ')',
    '"',
    '/*',
    '*/',
    '//',
    ';',
    ',',
    '.',
    '->',
    '--',
    '-',
    '*',
    '/',
    'if',
    '=',
  ];
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed % below;
  };
  for (let i = 0; i < count; i++) {
    const source = PROGRAMS[random(PROGRAMS.length)]!;
    const at = random(source.length);
    const put = random(3) === 0 ? source.slice(at, at + random(30)) : pieces[random(pieces.length)]!;
    yield source.slice(0, at) + put + source.slice(at + random(8));
  }
}

test('whatever is formatted stays the same but for white space', () => {
  for (const source of damaged(2000)) {
    const result = format(source);
    if (!('text' in result)) continue;
    assert.equal(result.text.replaceAll(/\s/g, ''), source.replaceAll(/\s/g, ''));
    assert.equal(formatted(result.text), result.text);
  }
});
