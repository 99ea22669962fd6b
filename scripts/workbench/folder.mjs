/**
 * A workbench's folder: VS Code's user data and extensions, apart from the user's own, with this project as its
 * one extension. The same for desktop VS Code, code-server and the browser tests.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../setup/folders.mjs';

/** Only what a notebook needs on screen. Written once: afterwards the settings are the user's. */
const SETTINGS = {
  'files.autoSave': 'off',
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
};

/**
 * Makes the folder, or brings it up to date.
 * @param {string} folder
 * @param {Record<string, unknown>} [settings] more settings, for a folder that has none yet
 * @returns {{userData: string, extensions: string}}
 */
export function prepareWorkbench(folder, settings = {}) {
  const userData = join(folder, 'data');
  const extensions = join(folder, 'extensions');
  const settingsFile = join(userData, 'User', 'settings.json');
  mkdirSync(join(userData, 'User'), { recursive: true });
  if (!existsSync(settingsFile))
    writeFileSync(settingsFile, JSON.stringify({ ...SETTINGS, ...settings }, null, 2));
  installExtension(extensions);
  return { userData, extensions };
}

/**
 * Installs the project as an unpacked extension: copies of exactly the files that a package of it would hold.
 * Links would not do: VS Code tells an extension's code by its real path. And a build does not pull the files from
 * under a workbench that runs.
 */
function installExtension(extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const relativeLocation = `${publisher}.${name}-${version}`;
  const location = join(extensions, relativeLocation);
  rmSync(location, { recursive: true, force: true });
  mkdirSync(location, { recursive: true });
  for (const file of packagedFiles()) {
    if (existsSync(inRoot(file))) cpSync(inRoot(file), join(location, file), { recursive: true });
  }
  // VS Code takes only what this list names.
  const entry = {
    identifier: { id: `${publisher}.${name}` },
    version,
    location: { $mid: 1, scheme: 'file', path: location },
    relativeLocation,
    metadata: { installedTimestamp: 0, pinned: true, source: 'vsix' },
  };
  writeFileSync(join(extensions, 'extensions.json'), JSON.stringify([entry]));
}

/** What .vscodeignore lets through: it excludes everything and takes back files and whole folders, `!dist/**`. */
function packagedFiles() {
  const lines = readFileSync(inRoot('.vscodeignore'), 'utf8').split('\n');
  return lines.filter(line => line.startsWith('!')).map(line => line.slice(1).replace(/\/\*\*$/, ''));
}
