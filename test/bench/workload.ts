/** The traced process: makes calls when it is asked to, and says what one cost it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Workload {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(program: string) {
    this.#child = spawn(program, { stdio: 'pipe' });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Makes so many calls. @returns ns of processor time that one took */
  async calls(count: number): Promise<number> {
    this.#child.stdin.write(`${count}\n`);
    const { value } = await this.#lines.next();
    return Number(value);
  }

  close(): void {
    this.#child.stdin.end();
  }
}
