/** Set-up in order: Debian packages, npm packages, the addon, the bundles, code-server. Only what is missing. */
import { pathToFileURL } from 'node:url';
import { ensureBuild } from './build.mjs';
import { ensureCodeServer } from './code-server.mjs';
import { CommandFailed } from './command.mjs';
import { ensureNativeAddon } from './native.mjs';
import { ensureNpmPackages } from './npm.mjs';
import { ensurePackages, NotReady } from './packages.mjs';
import { step } from './progress.mjs';

/**
 * @param {import('./packages.mjs').Layer[]} layers what it is for; `web` brings code-server
 * @param {{yes?: boolean, codeServerLater?: boolean}} [options] install Debian packages without asking; code-server is
 * left to the caller, see {@link installCodeServer}
 */
export async function setUp(layers, { yes = false, codeServerLater = false } = {}) {
  await ensurePackages(['build', ...layers], { yes });
  await step('Installing npm packages', ensureNpmPackages);
  await step('Building the native addon', ensureNativeAddon);
  await step('Building the bundles', ensureBuild);
  if (layers.includes('web') && !codeServerLater) await installCodeServer();
}

/** @param {() => Promise<void>} work that installs it, or waits for who does */
export const installCodeServer = (work = ensureCodeServer) =>
  step('Installing code-server (once, about 2 minutes)', work);

/** Runs a program's main function; what the user can mend is told without a stack trace. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    const expected =
      error instanceof NotReady || error instanceof CommandFailed || error.code?.startsWith('ERR_PARSE_ARGS');
    console.error(expected ? error.message : error);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await runMain(() => setUp(['run'], { yes: process.argv.includes('--yes') }));
