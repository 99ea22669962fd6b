/**
 * `npm test [-- layer…]`: sets up what the layers need, runs them, and ends with one line that counts. Exit code 1
 * when a test failed or a layer ran none.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureCodeServer } from './setup/code-server.mjs';
import { CommandFailed, output } from './setup/command.mjs';
import { ensurePackages, NotReady } from './setup/packages.mjs';
import { installCodeServer, runMain, setUp } from './setup/setup.mjs';
import { bpfObjects, leftovers } from './test/leftovers.mjs';
import { runTestFiles } from './test/node-test.mjs';
import { runStaticChecks } from './test/static.mjs';
import { runVmTests } from './test/vm.mjs';

/** Test files wait for what they start: two keep even one processor busy no longer than one alone. */
const AT_ONCE = Math.max(2, availableParallelism() - 1);

/**
 * One row a layer: the Debian packages it needs, those without which it is skipped (emulators are not to be had
 * everywhere), and how it runs.
 */
const LAYERS = {
  static: { packages: [], run: runStaticChecks },
  unit: { packages: ['run'], run: () => runTestFiles('unit', { timeout: 120_000, atOnce: AT_ONCE }) },
  host: { packages: ['run', 'host', 'go', 'jupyter'], run: () => runOnHost('host', 300_000) },
  conformance: {
    packages: ['run', 'host'],
    run: () => runOnHost('conformance', 1_200_000),
    // Tests are named "suite: case" there.
    suites: true,
  },
  vm: { packages: ['run', 'host'], optional: ['vm'], run: runVmTests, suites: true },
  browser: { packages: ['run', 'host', 'web', 'browser'], run: runInBrowser },
};

/** Under way from the start of a whole run: it takes two minutes, and only the last layer needs it. */
let codeServer;

async function runInBrowser() {
  try {
    await installCodeServer(() => codeServer);
  } catch (error) {
    // What the other layers found is told all the same.
    return [{ name: 'code-server is installed', outcome: 'failed', error: error.message }];
  }
  return runTestFiles('browser', { timeout: 900_000, atOnce: AT_ONCE });
}

/** A layer that loads programs: as root, or through a sudo that asks nothing. It leaves none behind. */
async function runOnHost(layer, timeout) {
  const isRoot = process.getuid() === 0;
  const prefix = isRoot ? [] : ['sudo', '-n', '--preserve-env=PATH,CI'];
  if (!isRoot && output(['sudo', '-n', 'true']) === undefined)
    return [
      {
        name: layer,
        outcome: 'skipped',
        reason: 'loading BPF programs needs root, and sudo asks for a password',
      },
    ];
  const before = bpfObjects(prefix);
  const results = await runTestFiles(layer, { prefix, timeout, atOnce: AT_ONCE });
  const left = await leftovers(before, prefix);
  for (const object of left) console.log(`✖ left behind: ${object}`);
  return [
    ...results,
    { name: 'no program, map or link is left', outcome: left.length ? 'failed' : 'passed' },
  ];
}

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { yes: { type: 'boolean' } },
  });
  const unknown = positionals.filter(name => !(name in LAYERS));
  if (unknown.length)
    throw new NotReady(`no such layer: ${unknown.join(', ')}; there are ${Object.keys(LAYERS).join(', ')}`);
  const layers = positionals.length ? positionals : Object.keys(LAYERS);
  const yes = values.yes ?? false;
  const packages = [...new Set(layers.flatMap(name => LAYERS[name].packages))];
  await setUp(packages, { yes, codeServerLater: true });
  if (packages.includes('web')) codeServer = ensureCodeServer(() => {});
  // What is wrong with it is told by who waits for it.
  codeServer?.catch(() => {});
  const missing = new Map();
  for (const name of layers) missing.set(name, await whatIsMissing(name, yes));
  const rows = [];
  for (const name of layers) {
    console.log(`\n── ${name} ──`);
    const started = performance.now();
    const reason = missing.get(name);
    const results = reason ? [{ name, outcome: 'skipped', reason }] : await LAYERS[name].run();
    rows.push({ name, results, seconds: (performance.now() - started) / 1000 });
  }
  report(rows);
}

/** The reason why a layer cannot run here, if there is one. */
async function whatIsMissing(name, yes) {
  try {
    await ensurePackages(LAYERS[name].optional ?? [], { yes });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return `packages could not be installed: ${error.message.split('\n')[0]}`;
  }
}

const count = (results, outcome) => results.filter(result => result.outcome === outcome).length;
const OUTCOMES = ['passed', 'failed', 'skipped'];

/** A row for each suite of a layer whose tests name theirs, or are named "suite: case". */
function reportSuites(name, results) {
  const suiteOf = result => result.suite ?? result.name.split(': ')[0];
  const cases = results.filter(result => result.name.includes(': '));
  console.log(`\n${`${name}, by suite`.padEnd(28)}${headings()}`);
  for (const suite of [...new Set(cases.map(suiteOf))].sort())
    console.log(`${suite.padEnd(28)}${counts(cases.filter(result => suiteOf(result) === suite))}`);
}

const headings = () => OUTCOMES.map(outcome => outcome.padStart(9)).join('');
const counts = results => OUTCOMES.map(outcome => String(count(results, outcome)).padStart(9)).join('');

/** What a report has room for: who reads only its end has to see why. @param {string} text */
const beginning = text => text.split('\n').slice(0, 20).join('\n').slice(0, 2000);

function report(rows) {
  const all = rows.flatMap(({ name, results }) => results.map(result => ({ layer: name, ...result })));
  for (const outcome of ['skipped', 'failed']) {
    const some = all.filter(result => result.outcome === outcome);
    if (some.length) console.log(`\n${outcome}:`);
    for (const { layer, file, name, reason, error } of some) {
      console.log(`  ${layer}  ${file ? `${file}: ` : ''}${name}${reason ? ` (${reason})` : ''}`);
      if (error) console.log(beginning(error).replace(/^/gm, '      '));
    }
  }
  for (const { name, results } of rows) if (LAYERS[name].suites) reportSuites(name, results);
  console.log(`\n${'layer'.padEnd(14)}${headings()}      time`);
  for (const { name, results, seconds } of rows)
    console.log(`${name.padEnd(14)}${counts(results)}${`${seconds.toFixed(0)} s`.padStart(10)}`);
  const empty = rows.filter(({ results }) => results.length === 0);
  for (const { name } of empty) console.log(`\nthe layer ${name} ran no test`);
  if (empty.length || count(all, 'failed')) process.exitCode = 1;
  console.log(`\n${OUTCOMES.map(outcome => `${count(all, outcome)} ${outcome}`).join(', ')}`);
}

await runMain(main);
