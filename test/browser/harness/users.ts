/** Ordinary users, made for a test and removed after it. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

export interface User {
  name: string;
  home: string;
  /** Words that run a command as this user. */
  prefix: string[];
  env: NodeJS.ProcessEnv;
  /** Gives a folder to the user. */
  own(path: string): void;
  canRead(path: string): boolean;
  remove(): void;
}

const command = (program: string, args: string[], input?: string) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input ? { input } : {}),
  }).trim();

/**
 * Makes a user who may become root by sudo: with this password, or without being asked.
 * Needs root; the caller removes the user.
 */
export function createUser(name: string, password?: string): User {
  const rule = `/etc/sudoers.d/${name}`;
  const home = `/home/${name}`;
  command('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/sh', name]);
  writeFileSync(rule, `${name} ALL=(root) ${password ? '' : 'NOPASSWD: '}ALL\n`, { mode: 0o440 });
  if (password) command('chpasswd', [], `${name}:${password}\n`);
  const uid = command('id', ['-u', name]);
  const gid = command('id', ['-g', name]);
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
  return {
    name,
    home,
    prefix,
    env: {
      HOME: home,
      USER: name,
      LOGNAME: name,
      SHELL: '/bin/sh',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'C.UTF-8',
    },
    own: path => void command('chown', ['-R', `${uid}:${gid}`, path]),
    canRead: path => {
      try {
        command(prefix[0]!, [...prefix.slice(1), 'test', '-r', path]);
        return true;
      } catch {
        return false;
      }
    },
    remove: () => {
      rmSync(rule, { force: true });
      command('userdel', ['--remove', name]);
    },
  };
}
