/** Places in stacks that have no name, and why: told once for each file and reason, when a run is over. */
import { type Diagnostic, problem } from '../errors.ts';
import type { CodeSymbol, Unnamed } from '../loader/protocol.ts';

/** Reasons and files that are kept apart. */
const MOST = 1000;

/** Files that are told by name for one reason, where there are more. */
const NAMED = 2;

/** What is wrong, with one file and with several, and what to do; reasons that are not here need no telling. */
const REASONS: { [reason in Unnamed]?: { reason: string; others?: string; remedy: string } } = {
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
    others: '{files} other files were removed or replaced while they ran',
    remedy: 'Start the program again.',
  },
  unreadable: {
    reason: '{module} cannot be read from here',
    others: '{files} other files cannot be read from here',
    remedy: 'It may belong to a container that is gone: trace while it runs.',
  },
  stripped: {
    reason: '{module} has no symbols',
    others: '{files} other files have no symbols',
    remedy: 'Install the package with its debug symbols, or build it without stripping.',
  },
};

/** Distributions strip the C library, which calls main and the functions of threads. */
const LIBC = /\/(?:libc|ld-)[^/]*$/;

interface Places {
  unnamed: Unnamed;
  module: string;
  count: number;
}

export class UnnamedCode {
  readonly #counts = new Map<string, Places>();

  note({ unnamed, module = '' }: CodeSymbol): void {
    if (!unnamed || !REASONS[unnamed]) return;
    const key = `${unnamed} ${module}`;
    const known = this.#counts.get(key);
    if (known) known.count++;
    else if (this.#counts.size < MOST) this.#counts.set(key, { unnamed, module, count: 1 });
  }

  /** Unless `all` are wanted, those that every program has are left out. The most frequent first. */
  diagnostics(all: boolean): Diagnostic[] {
    const found = [...this.#counts.values()]
      .filter(({ module }) => all || !LIBC.test(module))
      .sort((a, b) => b.count - a.count);
    const reasons = [...new Set(found.map(({ unnamed }) => unnamed))];
    return reasons.flatMap(reason =>
      told(
        reason,
        found.filter(({ unnamed }) => unnamed === reason),
      ),
    );
  }
}

/** All that have one reason: several files as one, but for the first. */
function told(unnamed: Unnamed, places: Places[]): Diagnostic[] {
  const { reason, others = reason, remedy } = REASONS[unnamed]!;
  const named = places.length > NAMED + 1 ? places.slice(0, NAMED) : places;
  const rest = places.slice(named.length);
  const tell = (count: number, reason: string) =>
    problem('unnamed-code', { places: count === 1 ? '1 place' : `${count} places`, reason, remedy });
  return [
    ...named.map(({ count, module }) =>
      tell(
        count,
        reason.replace('{module}', () => module),
      ),
    ),
    ...(rest.length > 0
      ? [
          tell(
            rest.reduce((sum, { count }) => sum + count, 0),
            others.replace('{files}', String(rest.length)),
          ),
        ]
      : []),
  ];
}
