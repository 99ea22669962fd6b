/** The npm packages of package-lock.json. */
import { run } from './command.mjs';
import { inRoot, ROOT } from './folders.mjs';
import { hashOf, unlessStamped } from './stamp.mjs';

/** `npm ci`, when the lock file changed. @param {(line: string) => void} log */
export const ensureNpmPackages = log =>
  unlessStamped(
    inRoot('node_modules', '.installed'),
    `${process.version} ${hashOf([inRoot('package-lock.json')])}`,
    () => run(['npm', 'ci', '--no-audit', '--no-fund'], { cwd: ROOT, onLine: log }),
  );
