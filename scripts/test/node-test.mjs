/** Runs the test files of a layer by node:test; what fails is printed as it happens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { inBuild, inRoot, ROOT } from '../setup/folders.mjs';

/** @typedef {{file?: string, name: string, outcome: 'passed' | 'failed' | 'skipped', reason?: string}} Result */

/**
 * @param {string} layer a folder of test/
 * @param {{prefix?: string[], timeout: number}} options `prefix`: words before the command; `timeout`: ms a file may take
 * @returns {Promise<Result[]>}
 */
export async function runTestFiles(layer, { prefix = [], timeout }) {
  const folder = inRoot('test', layer);
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter(name => name.endsWith('.test.ts'))
        .sort()
    : [];
  if (files.length === 0) return [];
  const record = inBuild('tests', `${layer}.ndjson`);
  mkdirSync(inBuild('tests'), { recursive: true });
  rmSync(record, { force: true });
  const [program, ...args] = [
    ...prefix,
    ...[process.execPath, '--import', 'tsx', '--test', `--test-timeout=${timeout}`],
    ...['--test-reporter', 'spec', '--test-reporter-destination', 'stdout'],
    ...['--test-reporter', inRoot('scripts', 'test', 'reporter.mjs'), '--test-reporter-destination', record],
    ...files.map(name => inRoot('test', layer, name)),
  ];
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  const results = existsSync(record)
    ? readFileSync(record, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
    : [];
  // A runner that fails without a failed test (a crash, an unhandled rejection) is a failure all the same.
  if (code !== 0 && !results.some(result => result.outcome === 'failed'))
    results.push({ name: `the test runner ended with code ${code}`, outcome: 'failed' });
  return results;
}
