/** Where this system's apt gets Debian from, so that no address stands in the project. */
import { output } from './command.mjs';

/** The Debian mirror of the system's own apt configuration. @returns {string} @throws when there is none */
export function debianMirror() {
  const targets = output([
    ...['apt-get', 'indextargets', '--format', '$(REPO_URI) $(COMPONENT)'],
    'Created-By: Packages',
  ]);
  const uris = (targets ?? '')
    .split('\n')
    .filter(line => line.endsWith(' main'))
    .map(line => line.split(' ')[0])
    .filter(uri => /\/debian\/?$/.test(uri));
  if (!uris[0]) throw new Error('apt has no Debian mirror configured');
  return uris[0];
}
