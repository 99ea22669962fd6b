/** Runs a case with `ebpfnb trace` in the place of bpftrace. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case, Expectation } from './case.ts';
import { meets, told } from './expectation.ts';
import { buildPrograms } from './programs.ts';

const COMMAND = fileURLToPath(new URL('../../dist/ebpfnb.mjs', import.meta.url));
const ATTACHED = '__BPFTRACE_NOTIFY_PROBES_ATTACHED';
/** A case's limit is for the program alone; this is for starting and ending it on a busy machine, ms. */
const ALLOWANCE_MS = process.env['EBPFNB_EMULATED'] ? 400_000 : 20_000;
/** From the last expected line to Ctrl-C, for what comes behind it, ms. */
const SETTLE_MS = 150;

const WHOLE: readonly Expectation['mode'][] = ['file', 'json'];

export interface Outcome {
  /** Undefined when the case passed. */
  failure?: string;
  output: string;
}

/** A folder with a program `bpftrace`, and where cases run. */
export class Runner {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ebpfnb-cases-'));
  readonly #program = join(this.#folder, 'bpftrace');

  constructor() {
    writeFileSync(this.#program, `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' trace "$@"\n`);
    chmodSync(this.#program, 0o755);
    buildPrograms(this.#folder);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async run(test: Case): Promise<Outcome> {
    const { output, status } = await this.#end(test);
    const wrong = test.expect.filter(expectation => !meets(output, expectation)).map(told);
    if (test.exit_code !== undefined && status !== test.exit_code)
      wrong.push(`expected exit status ${test.exit_code}`);
    else if (test.will_fail && status === 0) wrong.push('expected it to fail');
    else if (!test.will_fail && test.exit_code === undefined && test.prog && status !== 0)
      wrong.push('expected exit status 0');
    if (wrong.length === 0) return { output };
    return { output, failure: `${wrong.join('\n')}\nexit status ${status}, output:\n${output}` };
  }

  /** What it wrote to both streams, and its exit status; Ctrl-C ends it when it has shown what is expected. */
  #end(test: Case): Promise<{ output: string; status: number | null }> {
    const [program, ...args] = this.#words(test);
    const child = spawn(program!, args, {
      cwd: this.#folder,
      env: { ...process.env, [ATTACHED]: '1', ...test.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that Ctrl-C reaches a shell's children as it does at a terminal.
      detached: true,
    });
    const kill = (signal: NodeJS.Signals) => {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        // It has ended.
      }
    };
    let text = '';
    // What is compared as a whole is the output alone, without the messages on stderr.
    const whole = test.expect.some(({ mode }) => WHOLE.includes(mode));
    let settling: NodeJS.Timeout | undefined;
    const timers = [
      setTimeout(kill, test.timeout_s * 1000 + ALLOWANCE_MS / 2, 'SIGINT'),
      setTimeout(kill, test.timeout_s * 1000 + ALLOWANCE_MS, 'SIGKILL'),
    ];
    const read = (bytes: string) => {
      text += bytes;
      const attached = text.includes(ATTACHED);
      if (settling || !attached || test.run || !test.expect.every(each => meets(withoutNotice(text), each)))
        return;
      settling = setTimeout(kill, SETTLE_MS, 'SIGINT');
      timers.push(settling);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    if (whole) child.stderr.resume();
    else child.stderr.setEncoding('utf8').on('data', read);
    return new Promise(done =>
      child.once('close', status => {
        for (const timer of timers) clearTimeout(timer);
        kill('SIGKILL');
        done({ output: withoutNotice(text), status });
      }),
    );
  }

  #words({ prog, run, expect }: Case): string[] {
    if (run !== undefined) return ['/bin/bash', '-c', run.replaceAll('{{BPFTRACE}}', this.#program)];
    const modes = expect.map(({ mode }) => mode);
    const flags = modes.includes('json') ? ['-q', '-f', 'json'] : [];
    return [this.#program, ...flags, '-e', prog!];
  }
}

const withoutNotice = (text: string) => text.replaceAll(`${ATTACHED}\n`, '');
