/**
 * `npm run differential [-- topic… --name TEXT --program FILE]`: runs the project's own cases of the language with
 * bpftrace 0.23 and with `ebpfnb trace`, in text and in JSON, and shows where the two differ. Exit code 1 when they
 * do. A topic is a file of cases; `--name` takes those whose name contains the text, `--program` another build's
 * ebpfnb.mjs instead of this folder's.
 */
import { parseArgs } from 'node:util';
import { ensureBpftrace, RELEASE } from './differential/bpftrace.mjs';
import { readCases, runCase } from './differential/cases.mjs';
import { CHANGES, changeOf } from './differential/changes.mjs';
import { difference } from './differential/compare.mjs';
import { inRoot } from './setup/folders.mjs';
import { runMain, setUp } from './setup/setup.mjs';

/** @typedef {'equal' | 'differs' | 'newer' | 'changed' | 'not here'} Verdict */
/** @type {Record<Verdict, string>} */
const VERDICTS = {
  equal: 'both print the same',
  differs: 'they do not, and nobody said why',
  newer: `not in 0.${RELEASE} yet`,
  changed: 'bpftrace changed it since, on purpose',
  'not here': 'neither can run it on this Linux',
};

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { yes: { type: 'boolean' }, name: { type: 'string' }, program: { type: 'string' } },
  });
  const options = { yes: values.yes ?? false };
  if (!values.program) await setUp(['run'], options);
  const ours = `${process.execPath} ${values.program ?? inRoot('dist', 'ebpfnb.mjs')} trace`;
  const bpftrace = await ensureBpftrace(options);
  const cases = readCases(positionals).filter(({ name }) => name.includes(values.name ?? ''));
  const rows = [];
  for (const one of cases) rows.push(...(await judge(one, { bpftrace, ours })));
  report(rows);
  if (rows.some(({ verdict }) => verdict === 'differs')) process.exitCode = 1;
}

/** @returns {Promise<{topic: string, verdict: Verdict}[]>} a row for each format that the case runs in */
async function judge(one, programs) {
  const rows = [];
  for (const format of one.run || one.will_fail ? ['text'] : ['text', 'json']) {
    const row = await verdictOf(one, programs, format);
    rows.push({ topic: one.topic, verdict: row.verdict });
    if (row.verdict === 'differs')
      console.log(`\n✖ ${one.topic}: ${one.name} (${format})\n  ${one.prog ?? one.run}\n${row.diff}`);
  }
  return rows;
}

async function verdictOf(one, programs, format) {
  const change = one.newer && changeOf(one.newer);
  if ((one.since ?? 0) > RELEASE) return { verdict: 'newer' };
  const theirs = await runCase(one, programs.bpftrace, format);
  const ours = await runCase(one, programs.ours, format);
  const diff = difference(one, theirs, ours, format);
  const shouldFail = one.will_fail || one.exit_code;
  if (!shouldFail && theirs.status !== 0 && ours.status !== 0) return { verdict: 'not here' };
  if (diff === undefined) return { verdict: 'equal' };
  return change ? { verdict: 'changed' } : { verdict: 'differs', diff };
}

/** @param {{topic: string, verdict: Verdict}[]} rows */
function report(rows) {
  const names = Object.keys(VERDICTS);
  const line = (topic, cells) => topic.padEnd(14) + cells.map(cell => String(cell).padStart(10)).join('');
  const count = (some, verdict) => some.filter(row => row.verdict === verdict).length;
  console.log(`\n${line('topic', names)}`);
  for (const topic of new Set(rows.map(row => row.topic))) {
    const own = rows.filter(row => row.topic === topic);
    console.log(
      line(
        topic,
        names.map(name => count(own, name)),
      ),
    );
  }
  console.log(
    line(
      'all',
      names.map(name => count(rows, name)),
    ),
  );
  console.log(`\n${names.map(name => `${name}: ${VERDICTS[name]}`).join('\n')}`);
  console.log('\nWhat changed since, and is taken into account:');
  for (const { name, since, what } of CHANGES)
    console.log(`  ${(since ? `0.${since}` : '').padEnd(4)}  ${name}: ${what}`);
}

await runMain(main);
