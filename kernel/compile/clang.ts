import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CellError, problem } from '../errors.ts';

/** BTF-defined maps, CO-RE type relocations and BTF tags need this version. */
const OLDEST = 14;

/** A cell that makes clang loop or swell must not take the kernel down with it. */
const TIME_LIMIT_MS = 60_000;
const OUTPUT_LIMIT = 64 * 1024 * 1024;

export interface ClangResult {
  ok: boolean;
  stdout: Buffer;
  stderr: string;
}

/**
 * Path of the clang to use: `EBPFNB_CLANG`, else `clang` or the highest `clang-N` on PATH.
 * @throws CellError `no-clang`, with the command that installs it on this distribution
 */
export function findClang(env: NodeJS.ProcessEnv = process.env): string {
  if (env['EBPFNB_CLANG']) return env['EBPFNB_CLANG'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const versioned = folders
    .flatMap(folder =>
      list(folder).map(name => ({
        path: join(folder, name),
        version: Number(/^clang-(\d+)$/.exec(name)?.[1]),
      })),
    )
    .filter(({ path, version }) => version >= OLDEST && isExecutable(path))
    .sort((a, b) => b.version - a.version)[0];
  const found = versioned?.path ?? folders.map(folder => join(folder, 'clang')).find(isExecutable);
  if (!found) throw new CellError([problem('no-clang', { command: installCommand() })]);
  return found;
}

/** What tells one clang from another, without asking it. */
export function clangStamp(clang: string): string {
  try {
    const path = realpathSync(clang);
    const { size, mtimeMs } = statSync(path);
    return `${path} ${size} ${mtimeMs}`;
  } catch {
    return clang;
  }
}

/** Runs clang as the user, the source on its standard input. */
export function runClang(clang: string, args: string[], source: string, cwd: string): Promise<ClangResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(clang, args, { cwd, stdio: 'pipe', timeout: TIME_LIMIT_MS, killSignal: 'SIGKILL' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > OUTPUT_LIMIT) child.kill('SIGKILL');
      else into.push(chunk);
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    child.on('error', error =>
      reject(
        new CellError([
          problem('no-clang', { command: installCommand() }, { log: `${clang}: ${error.message}` }),
        ]),
      ),
    );
    child.on('close', (status, signal) => {
      const note = signal ? `clang: error: ended by ${signal}: it took too long or wrote too much\n` : '';
      resolve({
        ok: status === 0,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString() + note,
      });
    });
    // clang may end before it has read everything; that is its own error's story.
    child.stdin.on('error', () => {});
    child.stdin.end(source);
  });
}

const INSTALL: [distributions: string[], command: string][] = [
  [['debian', 'ubuntu'], 'sudo apt install clang'],
  [['fedora', 'rhel', 'centos'], 'sudo dnf install clang'],
  [['opensuse', 'suse', 'sles'], 'sudo zypper install clang'],
  [['arch'], 'sudo pacman -S clang'],
  [['alpine'], 'sudo apk add clang'],
  [['gentoo'], 'sudo emerge llvm-core/clang'],
];

/** The command that installs clang, by the ID and ID_LIKE of /etc/os-release. */
export function installCommand(osRelease = readOsRelease()): string {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(match =>
    match[1]!.split(' '),
  );
  const row = INSTALL.find(([distributions]) =>
    distributions.some(name => ids.some(id => id.startsWith(name))),
  );
  return row?.[1] ?? `install clang ${OLDEST} or newer with your package manager, or name it in EBPFNB_CLANG`;
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
