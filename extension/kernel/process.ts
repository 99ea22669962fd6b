/** The notebook kernel as a child process of the extension host. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface KernelCommand {
  /** Path of the `ebpfnb` bundle. */
  program: string;
  /** Added to the extension host's environment. */
  env: Record<string, string>;
  /** Receives what the kernel writes to its standard error, line by line. */
  log: (line: string) => void;
}

/**
 * Starts `ebpfnb kernel --stdio` with the Node the extension host runs on. Desktop VS Code's is Electron, which
 * acts as Node only when told so.
 */
export function spawnKernel({ program, env, log }: KernelCommand): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [program, 'kernel', '--stdio'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...env },
    stdio: 'pipe',
  });
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) log(line);
  });
  return child;
}

/** How the process ended, in words for an error message. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `killed by ${signal}` : `exit code ${code ?? 'unknown'}`;
}
