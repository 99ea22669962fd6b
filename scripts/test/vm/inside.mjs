/**
 * Runs inside a virtual machine, as its only command: test files, and then a look at what they left in Linux.
 * Arguments: where results go and where the matrix of probes, line by line, and the files.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { output } from '../../setup/command.mjs';
import { bpfObjects, leftovers } from '../leftovers.mjs';
import { runTestFiles } from '../node-test.mjs';

/** Emulation makes everything ten times slower, and a busy machine more so. ms a file. */
const TIMEOUT = 600_000;

/** As many as the machine has processors: a file waits for what it starts. */
const AT_ONCE = 2;

/** What Linux says of a file system over 9p whose files change below it, of a slow machine, and of write_user(). */
const HARMLESS = /FS-Cache:|hrtimer: interrupt took|program with bpf_probe_write_user helper/;

const [record, matrix, ...files] = process.argv.slice(2);

const warnings = () =>
  output(['dmesg', '--level', 'emerg,alert,crit,err,warn'])
    .split('\n')
    .filter(line => line && !HARMLESS.test(line));

const line = result => `${JSON.stringify(result)}\n`;

function check(name, wrong) {
  for (const what of wrong) console.log(`✖ ${name}: ${what}`);
  appendFileSync(record, line({ name, outcome: wrong.length ? 'failed' : 'passed' }));
}

// For tests that measure times.
process.env.EBPFNB_EMULATED = '1';
process.env.EBPFNB_MATRIX = matrix;
process.env.CASES_OF_FEATURES = '1';
const said = warnings().length;
const before = bpfObjects([]);
const results = await runTestFiles('vm', { timeout: TIMEOUT, files, record, atOnce: AT_ONCE });
writeFileSync(record, results.map(line).join(''));
check('no program, map or link is left', await leftovers(before, []));
check('Linux warns of nothing', warnings().slice(said));
