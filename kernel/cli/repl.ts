/** `ebpfnb repl`: programs and statements typed one after another, each a cell of one notebook. */
import { parseArgs } from 'node:util';
import { type Reading, readInteractive } from '../language/index.ts';
import type { Command } from './command.ts';
import { UsageError } from './command.ts';
import { commandNames, runCommand } from './repl/commands.ts';
import { completer } from './repl/completion.ts';
import { History } from './repl/history.ts';
import { type LineInput, PipeInput, TerminalInput } from './repl/input.ts';
import { ReplSession } from './repl/session.ts';
import { Screen } from './screen.ts';

const CONTINUED = '     ... ';

export const repl: Command = {
  name: 'repl',
  usage: '[--unsafe]',
  summary: 'type programs one after another; their maps stay',
  help: `  --unsafe  allow what changes the traced system, such as system() and signal()

Each input is a cell of one notebook: a program, or a value or statement by itself (1 + 2, @x, print(nsecs)). It
runs until it ends or Ctrl-C stops it; "&" behind it leaves it in the background. Its maps stay for the inputs that
follow. .help lists the commands.

Standard input may be a pipe: a program with no end of its own then stays live until the input ends, and the exit
status is 1 when an input failed.`,
  async run(args) {
    const options = { unsafe: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length > 0) throw new UsageError('repl takes no program; .load FILE runs one');
    return new Repl(values.unsafe).run();
  },
};

class Repl {
  readonly #interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  readonly #screen = new Screen();
  readonly #session: ReplSession;
  readonly #history = new History();
  readonly #input: LineInput;
  /** The lines of an input that goes on. */
  #lines: string[] = [];
  /** Ctrl-C at an empty prompt: once more leaves. */
  #leaving = false;
  /** Asked to end by a signal, or nobody reads. */
  #hurried = false;

  constructor(unsafe: boolean) {
    this.#session = new ReplSession(this.#screen, { interactive: this.#interactive, unsafe });
    if (this.#interactive) {
      const typed = () => this.#lines.map(line => `${line}\n`).join('');
      this.#input = new TerminalInput(this.#history, completer(this.#session, commandNames, typed));
    } else this.#input = new PipeInput();
  }

  async run(): Promise<number> {
    this.#onSignals();
    this.#screen.show(this.#input);
    if (this.#interactive) this.#screen.say('.help lists the commands, Ctrl-D leaves\n');
    while (await this.#step());
    // What the end of a file broke off is wrong, and says so; who leaves means to drop it.
    if (this.#lines.length > 0 && !this.#interactive)
      await this.#session.run(this.#program(this.#reading().source));
    this.#screen.hide();
    this.#input.close();
    await this.#session.close(!this.#interactive && !this.#hurried);
    return this.#session.failed && !this.#interactive ? 1 : 0;
  }

  /** Takes one line. False when it was the last. */
  async #step(): Promise<boolean> {
    const prompt = this.#lines.length > 0 ? CONTINUED : `ebpfnb ${this.#session.nextNumber}> `;
    const line = await this.#input.next(prompt);
    if (line === undefined) return false;
    if (typeof line !== 'string') return this.#interrupted(line.interrupted === 'empty');
    this.#leaving = false;
    if (this.#lines.length === 0 && line.trim() === '') return true;
    if (this.#lines.length === 0 && line.startsWith('.')) {
      if (line.trim() === '.exit') return false;
      await this.#during(() => runCommand(line, { session: this.#session, history: this.#history }));
      return true;
    }
    return this.#typed(line);
  }

  async #typed(line: string): Promise<true> {
    const ends = line.trim() === '.run';
    if (!ends) this.#lines.push(line);
    const { kind, source } = this.#reading();
    const goesOn = kind === 'unfinished' || (kind === 'program' && (await this.#input.pasted()));
    if (goesOn && !ends) return true;
    const background = kind === 'program' && this.#isBackground();
    this.#lines = [];
    await this.#during(() => this.#session.run(this.#program(source), background));
    return true;
  }

  async #during(work: () => Promise<void>): Promise<void> {
    this.#screen.hide();
    await this.#input.during(work);
    this.#screen.show(this.#input);
  }

  /** `&` stands behind a program, where none of its own can. */
  #isBackground = () => /\}\s*&\s*$/.test(this.#lines.at(-1) ?? '');

  #reading(): Reading {
    const source = this.#lines.join('\n');
    // Only who types C knows where the program ends.
    if (this.#session.language === 'bpf-c') return { kind: 'unfinished', source };
    return readInteractive(source.replace(/\}\s*&\s*$/, '}'));
  }

  #program = (source: string) => ({ source, language: this.#session.language });

  #interrupted(empty: boolean): boolean {
    const nothing = empty && this.#lines.length === 0;
    if (nothing && this.#leaving) return false;
    this.#leaving = nothing;
    if (nothing) this.#screen.say('Ctrl-C once more leaves, and so does Ctrl-D\n');
    this.#lines = [];
    return true;
  }

  #onSignals(): void {
    process.on('SIGINT', () => {
      if (!this.#session.interrupt() && !this.#interactive) this.#leave();
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#leave());
    this.#screen.onClosed = () => this.#leave();
  }

  #leave(): void {
    this.#hurried = true;
    this.#session.interrupt();
    this.#input.close();
  }
}
