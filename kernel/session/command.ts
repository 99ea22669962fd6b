/** A shellscript cell: run as the user, its output as text. */
import { commandBundle } from '../paths.ts';
import type { EndReason, Panel, PanelDelta } from '../protocol.ts';
import { type OutputCursor, OutputLog } from './output.ts';
import { Run, type RunCursor } from './run.ts';
import { Workload } from './workload.ts';

const ROWS = 10_000;

/** Cells may use `ebpfnb` wherever it is installed. On the first line of the text, so that line numbers stay. */
const PRELUDE = `ebpfnb() { ELECTRON_RUN_AS_NODE=1 '${process.execPath}' '${commandBundle()}' "$@"; }; `;

export class CommandRun extends Run {
  readonly #log = new OutputLog('output', this.options.rows ?? ROWS);
  #workload?: Workload;
  #timer?: NodeJS.Timeout;

  protected async live(): Promise<EndReason> {
    const { cell, directory, params } = this.input;
    const words = ['/bin/sh', '-c', PRELUDE + cell.source, 'sh'];
    this.#workload = await this.step('open', () =>
      Workload.start(words, {
        directory,
        held: false,
        env: { ...this.options.params, ...params },
        onOutput: (stream, bytes) => {
          this.#log.write(stream, bytes);
          this.listener.output?.(this, stream, bytes);
        },
      }),
    );
    this.enter('stream');
    const durationMs = this.input.durationMs ?? this.options.durationMs;
    if (durationMs !== undefined) this.#timer = setTimeout(() => this.end('duration'), durationMs);
    const ended = this.#workload.ended.then(({ code }): EndReason => {
      this.exitCode = code ?? 1;
      return 'done';
    });
    return Promise.race([ended, this.ending]);
  }

  protected async release(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#workload?.kill();
    this.#log.finish();
  }

  async dispose(): Promise<void> {}

  async refresh(): Promise<void> {}

  panels(): Panel[] {
    return this.#log.panels();
  }

  cursor(): RunCursor {
    return this.#log.cursor();
  }

  delta(cursor: RunCursor): PanelDelta[] {
    return this.#log.delta(cursor as OutputCursor);
  }
}
