/** Starts the loader with the privilege it needs: as it is when root, else by sudo. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { CellError, problem } from '../errors.ts';
import { loaderBundle } from '../paths.ts';
import { Askpass } from './askpass.ts';
import { DEBUG_FOLDER, type OptionalFeature, WITHOUT, WRITES } from './protocol.ts';

/** Who answers for the user. */
export interface Elevation {
  /** Runs may write into the memory of programs, for which Linux asks the loader to keep CAP_SYS_ADMIN. */
  writes?: boolean;
  /** Ways of attaching that shall not be used. */
  without?: readonly OptionalFeature[];
  /** Where debug files are looked for, besides the usual places; absolute paths. */
  debugFolders?: readonly string[];
  /** May these words be run as root? Asked once a session. */
  consent(command: string[]): Promise<boolean>;
  /** sudo's question; undefined = the user gave up. Absent: sudo asks at the terminal by itself. */
  password?(prompt: string): Promise<string | undefined>;
}

/** A started process that has not yet said hello. */
export interface Launch {
  child: ChildProcess;
  /** How long its hello may take, ms. */
  patience: number;
  /** Frees what only the start needed. */
  settled(): void;
}

/** One way of starting; undefined = not this way. Each is tried in turn until one says hello. */
export type Way = (elevation: Elevation) => Promise<Launch | undefined>;

const AT_ONCE_MS = 15_000;
const TYPING_MS = 300_000;

/** The words that run the loader. Under Electron, the variable makes it a Node. */
export const loaderCommand = (elevation: Elevation) => [
  'env',
  'ELECTRON_RUN_AS_NODE=1',
  process.execPath,
  ...bundle(elevation),
];
const bundle = ({ writes, without = [], debugFolders = [] }: Elevation) => [
  loaderBundle(),
  ...(writes ? [WRITES] : []),
  ...without.map(feature => WITHOUT + feature),
  ...debugFolders.map(folder => DEBUG_FOLDER + folder),
];

function start(words: string[], patience: number, env: NodeJS.ProcessEnv = {}, settled = () => {}): Launch {
  const [program, ...args] = words as [string, ...string[]];
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    // A working folder that is always there and keeps no file system busy.
    cwd: '/',
  });
  return { child, patience, settled };
}

const asRoot: Way = async elevation =>
  process.getuid?.() === 0
    ? start([process.execPath, ...bundle(elevation)], AT_ONCE_MS, { ELECTRON_RUN_AS_NODE: '1' })
    : undefined;

const bySudoAlone: Way = async elevation =>
  process.getuid?.() === 0 ? undefined : start(['sudo', '-n', '--', ...loaderCommand(elevation)], AT_ONCE_MS);

const bySudoAsking: Way = async elevation => {
  if (process.getuid?.() === 0) return undefined;
  if (!elevation.password) return start(['sudo', '--', ...loaderCommand(elevation)], TYPING_MS);
  const askpass = await Askpass.open(prompt => elevation.password!(prompt));
  const env = { SUDO_ASKPASS: askpass.program };
  return start(['sudo', '-A', '--', ...loaderCommand(elevation)], TYPING_MS, env, () => askpass.close());
};

export const WAYS: Way[] = [asRoot, bySudoAlone, bySudoAsking];

/** Consent comes before the first word runs as another user. */
export async function permitted(elevation: Elevation): Promise<void> {
  if (!existsSync(loaderBundle())) {
    throw noPrivilege(`${loaderBundle()} is missing`, 'Run "npm run build".');
  }
  if (process.getuid?.() === 0) return;
  if (!(await elevation.consent(['sudo', ...loaderCommand(elevation)]))) {
    throw noPrivilege('you did not allow it', 'Run the cell again to be asked once more.');
  }
}

/** What stderr of a failed start means to the user. */
const REFUSALS: [RegExp, string][] = [
  [
    /no new privileges/,
    'This process may not gain privileges (NoNewPrivs). Start the kernel as root, or outside of the sandbox.',
  ],
  [/ENOENT|not found/, 'Install sudo, or start as root.'],
  [/not in the sudoers|not allowed/, 'Ask the administrator for a sudo rule, or start as root.'],
  [/password|tty|askpass|terminal/, 'Give the password when asked, add a sudo rule, or start as root.'],
];

export function noPrivilege(reason: string, remedy?: string): CellError {
  const fitting =
    remedy ??
    REFUSALS.find(([pattern]) => pattern.test(reason))?.[1] ??
    'Start as root, or see "ebpfnb doctor".';
  return new CellError([problem('no-privilege', { reason, remedy: fitting })]);
}
