/**
 * Text that was copied from an article or a terminal: what hides in it, told from the source alone.
 */

/** A prompt, sudo, and the command's name, which copying may have torn apart or doubled. */
const COMMAND = /^\s*(?:[#$%>]\s*)?(?:sudo\s+)?(?:bpf ?trace\s+)+/i;
/** `-e` with its dashes lost, doubled or made pretty, and the opening quote behind it. */
const PROGRAM = /(?:^|\s)[-–—]*e\s*(['"‘’“”])/;
/** Flags that a cell has an option for. */
const SETTINGS: readonly [flag: RegExp, option: string][] = [
  [/(?:^|\s)[-–—]+p\s+(\d+)/, 'pid'],
  [/(?:^|\s)[-–—]+c\s+(?:'([^']*)'|"([^"]*)"|(\S+))/, 'workload'],
];

const SINGLE = "'‘’";
const DOUBLE = '"“”';
/** What closes a quote, where word processors may have made them pretty. */
export const CLOSING_QUOTES: Readonly<Record<string, string>> = Object.fromEntries(
  [SINGLE, DOUBLE].flatMap(quotes => [...quotes].map(quote => [quote, quotes])),
);

export interface PastedCommand {
  /** Offsets of the command before the program. */
  start: number;
  end: number;
  /** The program alone, below the cell options that stand for the command's flags. */
  cell: string;
}

/** A shell command line that holds a program, or undefined when the source is no such thing. */
export function pastedCommand(source: string): PastedCommand | undefined {
  const command = COMMAND.exec(source)?.[0];
  if (command === undefined) return undefined;
  const rest = source.slice(command.length);
  const open = PROGRAM.exec(rest);
  if (!open) return undefined;
  const start = open.index + open[0].length;
  const tail = rest.slice(start);
  // Between single quotes a shell takes none; between double ones the program's own strings have some.
  const closing = CLOSING_QUOTES[open[1]!]!;
  const ends = [...tail.matchAll(new RegExp(`[${closing}]`, 'g'))];
  const last = ends.at(closing === SINGLE ? 0 : -1)?.index ?? -1;
  const program = (last < 0 ? tail : tail.slice(0, last)).trim();
  const flags = `${rest.slice(0, open.index)} ${last < 0 ? '' : tail.slice(last + 1)}`;
  const options = SETTINGS.flatMap(([flag, option]) => {
    const found = flag.exec(flags);
    return found ? [`//| ${option}: ${found.slice(1).find(part => part !== undefined)}`] : [];
  });
  return {
    start: command.search(/\S/),
    end: command.length + start,
    cell: [...options, program].join('\n'),
  };
}

/** Shorter runs of numbers could be meant. */
const FEWEST_NUMBERS = 3;

/**
 * The program without the line numbers that were copied with it: a run of bare numbers above it, or one in front
 * of each line. Undefined when the source has none.
 */
export function withoutLineNumbers(source: string): string | undefined {
  const lines = source.split('\n');
  const bare = lines.findIndex((line, i) => line.trim() !== String(i + 1));
  if (bare >= FEWEST_NUMBERS) return lines.slice(bare).join('\n');
  const text = lines.filter(line => line.trim() !== '');
  const isNumbered = text.every((line, i) => new RegExp(`^\\s*${i + 1}(?![0-9])`).test(line));
  if (text.length < FEWEST_NUMBERS || !isNumbered) return undefined;
  return lines.map(line => line.replace(/^\s*[0-9]+[.:|]? ?/, '')).join('\n');
}

/** 1-based line of a `//` comment that holds an assignment to a variable, whose line break was lost. */
export function commentedAssignment(source: string, variable: string): number | undefined {
  const name = variable.replaceAll('$', '\\$');
  const assigned = new RegExp(`//.*${name}\\s*=(?!=)`);
  const line = source.split('\n').findIndex(text => assigned.test(text));
  return line < 0 ? undefined : line + 1;
}
