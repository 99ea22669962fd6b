/** Ordinary users, made for a test and removed after it. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { output } from '../../../scripts/setup/command.mjs';
import { inRoot } from '../../../scripts/setup/folders.mjs';
import { idle } from './processes.ts';

export interface UserOptions {
  /** The process id is added. */
  name: string;
  /** What sudo asks for; without one, it asks nothing. */
  password?: string;
}

export interface User extends UserOptions {
  uid: number;
  /** Words that run a command as this user. */
  prefix: string[];
  env: NodeJS.ProcessEnv;
  /** Gives a folder to the user. */
  own(path: string): void;
  /** Waits until the user runs nothing, and removes the user with home and sudo rule. */
  remove(): Promise<void>;
}

const command = (program: string, args: string[], input?: string) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input ? { input } : {}),
  }).trim();

/** Why no user can be made here, or none could run the project; undefined when they can. */
export function obstacleToUsers(): string | undefined {
  if (process.getuid!() !== 0) return 'making users needs root';
  const asNobody = [
    '--reuid=nobody',
    '--regid=nogroup',
    '--clear-groups',
    'test',
    '-r',
    inRoot('package.json'),
  ];
  if (output(['setpriv', ...asNobody]) === undefined)
    return 'other users cannot read the project where it is';
  return undefined;
}

/** Makes a user who may become root by sudo. Needs root; the caller removes the user. */
export function createUser(options: UserOptions): User {
  const { password } = options;
  // One that a killed run left behind is in nobody's way.
  const name = `${options.name}-${process.pid}`;
  const rule = `/etc/sudoers.d/${name}`;
  const home = `/home/${name}`;
  command('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/sh', name]);
  writeFileSync(rule, `${name} ALL=(root) ${password ? '' : 'NOPASSWD: '}ALL\n`, { mode: 0o440 });
  if (password) command('chpasswd', [], `${name}:${password}\n`);
  const uid = Number(command('id', ['-u', name]));
  const gid = command('id', ['-g', name]);
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
  return {
    name,
    ...(password ? { password } : {}),
    uid,
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
    remove: async () => {
      rmSync(rule, { force: true });
      await idle(uid);
      command('userdel', ['--remove', name]);
    },
  };
}
