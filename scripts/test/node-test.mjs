/** Runs the test files of a layer by node:test; what fails is printed as it happens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inBuild, inRoot, ROOT } from '../setup/folders.mjs';

/** @typedef {{file?: string, name: string, outcome: 'passed' | 'failed' | 'skipped', reason?: string, error?: string, suite?: string}} Result */

/**
 * @param {string} layer a folder of test/
 * @param {object} options
 * @param {string[]} [options.prefix] words before the command
 * @param {number} options.timeout ms a file may take
 * @param {string[]} [options.files] these only, by their path from the project's root
 * @param {number} [options.atOnce] files that run at the same time; by default as many as node:test finds right
 * @param {string} [options.record] where each result is written as soon as it is there
 * @returns {Promise<Result[]>}
 */
export async function runTestFiles(
  layer,
  { prefix = [], timeout, files = testFiles(layer), record = inBuild('tests', `${layer}.ndjson`), atOnce },
) {
  if (files.length === 0) return [];
  mkdirSync(dirname(record), { recursive: true });
  rmSync(record, { force: true });
  const [program, ...args] = [
    ...prefix,
    ...[process.execPath, ...(files.some(name => name.endsWith('.ts')) ? ['--import', 'tsx'] : [])],
    ...['--test', `--test-timeout=${timeout}`, ...(atOnce ? [`--test-concurrency=${atOnce}`] : [])],
    ...['--test-reporter', 'spec', '--test-reporter-destination', 'stdout'],
    ...['--test-reporter', inRoot('scripts', 'test', 'reporter.mjs'), '--test-reporter-destination', record],
    ...files.map(name => inRoot(name)),
  ];
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  const results = readResults(record);
  // A runner that fails without a failed test (a crash, an unhandled rejection) is a failure all the same.
  if (code !== 0 && !results.some(result => result.outcome === 'failed'))
    results.push({ name: `the test runner ended with code ${code}`, outcome: 'failed' });
  return results;
}

/** The files of a layer, by their path from the project's root. @param {string} layer @returns {string[]} */
export function testFiles(layer) {
  const folder = inRoot('test', layer);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .sort()
    .map(name => join('test', layer, name));
}

/** What a record holds so far. @param {string} record @returns {Result[]} */
export const readResults = record =>
  existsSync(record)
    ? readFileSync(record, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
    : [];
