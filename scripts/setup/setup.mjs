/** Set-up in order: Debian packages, npm packages, the addon, the bundles, code-server. Only what is missing. */
import { ensureBuild } from './build.mjs';
import { ensureCodeServer } from './code-server.mjs';
import { ensureNativeAddon } from './native.mjs';
import { ensureNpmPackages } from './npm.mjs';
import { ensurePackages } from './packages.mjs';
import { step } from './progress.mjs';

/**
 * @param {import('./packages.mjs').Layer[]} layers what it is for; `web` brings code-server
 * @param {{yes?: boolean}} [options] install Debian packages without asking
 */
export async function setUp(layers, { yes = false } = {}) {
  await ensurePackages(['build', ...layers], { yes });
  await step('Installing npm packages', ensureNpmPackages);
  await step('Building the native addon', ensureNativeAddon);
  await step('Building the bundles', ensureBuild);
  if (layers.includes('web')) await step('Installing code-server (once, about 2 minutes)', ensureCodeServer);
}
