/** The checks that run nothing: types, format and lint, dependency arrows. Each counts as a test. */
import { CommandFailed, run } from '../setup/command.mjs';
import { ROOT } from '../setup/folders.mjs';

const CHECKS = {
  'types (tsc)': ['npx', 'tsc', '--noEmit'],
  'format and lint (biome)': ['npx', 'biome', 'check', '--error-on-warnings', '.'],
  'dependency arrows': [process.execPath, 'scripts/arrows.mjs'],
};

/** @returns {Promise<import('./node-test.mjs').Result[]>} */
export async function runStaticChecks() {
  const results = [];
  for (const [name, command] of Object.entries(CHECKS)) {
    try {
      await run(command, { cwd: ROOT });
      results.push({ name, outcome: 'passed' });
      console.log(`✔ ${name}`);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      results.push({ name, outcome: 'failed' });
      console.log(`✖ ${name}\n${error.message}`);
    }
  }
  return results;
}
