/** Places in stacks that have no name, and why: told once for each file and reason, when a run is over. */
import { type Diagnostic, problem } from '../errors.ts';
import type { CodeSymbol, Unnamed } from '../loader/protocol.ts';

/** Reasons and files that are kept apart. */
const MOST = 20;

/** What is wrong, and what to do; reasons that are not here need no telling. */
const REASONS: { [reason in Unnamed]?: { reason: string; remedy: string } } = {
  ended: {
    reason: 'the process had ended before anyone could look',
    remedy: 'Name the process with -p or the pid option, or start it with the run: it is looked at then.',
  },
  compiled: {
    reason: 'they were made at run time',
    remedy:
      'Let the run-time compiler write /tmp/perf-PID.map: node --perf-basic-prof, java -XX:+DumpPerfMapAtExit.',
  },
  removed: {
    reason: '{module} was removed or replaced while it ran',
    remedy: 'Start the program again.',
  },
  unreadable: {
    reason: '{module} cannot be read from here',
    remedy: 'It may belong to a container that is gone: trace while it runs.',
  },
  stripped: {
    reason: '{module} has no symbols',
    remedy: 'Install the package with its debug symbols, or build it without stripping.',
  },
};

/** Distributions strip the C library, which calls main and the functions of threads. */
const LIBC = /\/(?:libc|ld-)[^/]*$/;

export class UnnamedCode {
  readonly #counts = new Map<string, { unnamed: Unnamed; module: string; count: number }>();

  note({ unnamed, module = '' }: CodeSymbol): void {
    if (!unnamed || !REASONS[unnamed]) return;
    const key = `${unnamed} ${module}`;
    const known = this.#counts.get(key);
    if (known) known.count++;
    else if (this.#counts.size < MOST) this.#counts.set(key, { unnamed, module, count: 1 });
  }

  /** Unless `all` are wanted, those that every program has are left out. */
  diagnostics(all: boolean): Diagnostic[] {
    const found = [...this.#counts.values()].filter(({ module }) => all || !LIBC.test(module));
    return found.map(({ unnamed, module, count }) => {
      const { reason, remedy } = REASONS[unnamed]!;
      const places = count === 1 ? '1 place' : `${count} places`;
      return problem('unnamed-code', { places, reason: reason.replace('{module}', module), remedy });
    });
  }
}
