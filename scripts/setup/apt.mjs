/** apt with sources, lists and cache in a folder of the project's own; the system's are not touched. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirror } from './mirror.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Apt's options for one Debian suite, wherever this system itself comes from.
 * @param {string} folder made when it is missing
 * @param {{kind: 'deb' | 'deb-src', suite: string}} source
 * @returns {string[]} words for apt-get and apt-cache
 * @throws when this system's apt knows no Debian mirror
 */
export function ownApt(folder, { kind, suite }) {
  for (const name of ['lists/partial', 'cache/archives/partial', 'parts'])
    mkdirSync(join(folder, name), { recursive: true });
  const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
  writeFileSync(join(folder, 'sources.list'), `${kind} ${signed}${debianMirror()} ${suite} main\n`);
  const settings = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': join(folder, 'parts'),
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    // apt's own user may not be able to enter this folder.
    'APT::Sandbox::User': '',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
