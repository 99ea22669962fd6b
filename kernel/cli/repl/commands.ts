/** Commands of a REPL: a table; they begin with a dot, as no program does. */
import { CellError } from '../../errors.ts';
import { describeMap } from '../../language/editor/index.ts';
import { cellText } from '../../notebook/index.ts';
import type { CellLanguage } from '../../protocol.ts';
import { diagnosticText } from '../diagnostics.ts';
import { readProgram } from '../program.ts';
import type { ReplCell } from './cell.ts';
import type { History } from './history.ts';
import type { ReplSession } from './session.ts';

export interface ReplContext {
  session: ReplSession;
  history: History;
}

export interface ReplCommand {
  name: string;
  /** What stands behind the name. */
  argument?: string;
  summary: string;
  run(context: ReplContext, argument: string): Promise<void> | void;
}

/** Said in place of what a command would do. */
class Misuse extends Error {}

const LANGUAGES: readonly CellLanguage[] = ['bpftrace', 'bpf-c'];
const HISTORY_LINES = 30;
const MOST_PROBES = 200;

/** Cell `argument`, or the newest that `fits`. */
function cellOf({ session }: ReplContext, argument: string, fits: (cell: ReplCell) => boolean): ReplCell {
  const cell = argument ? session.cells[Number(argument) - 1] : session.cells.findLast(fits);
  if (!cell)
    throw new Misuse(argument ? `there is no cell ${argument}; .cells shows them` : 'there is no such cell');
  return cell;
}

const isC = ({ input }: ReplCell) => input.cell.language === 'bpf-c';

const firstLine = (source: string) => {
  const [line = '', ...rest] = source.trim().split('\n');
  return rest.length > 0 ? `${line} …` : line;
};

export const COMMANDS: readonly ReplCommand[] = [
  {
    name: '.help',
    summary: 'this list',
    run: ({ session }) => session.screen.write(helpText()),
  },
  {
    name: '.cells',
    summary: 'the cells so far, live or over',
    run({ session }) {
      for (const cell of session.cells)
        session.screen.write(`[${cell.number}] ${cell.state}: ${firstLine(cell.input.cell.source)}\n`);
    },
  },
  {
    name: '.maps',
    summary: 'the maps that can be read now, and whose they are',
    run({ session }) {
      for (const { name, definition, cell } of session.maps())
        session.screen.write(`${describeMap(name, definition)}  (cell ${cell.number}, ${cell.state})\n`);
    },
  },
  {
    name: '.vars',
    argument: '[N]',
    summary: 'the global variables of BPF C cell N, or of the last one',
    async run(context, argument) {
      const { screen, kernel } = context.session;
      const cell = cellOf(context, argument, isC);
      for (const { name, type, value } of await kernel.variables(cell.run.id))
        screen.write(`${name} = ${cellText(value, 'other')}  (${type})\n`);
    },
  },
  {
    name: '.set',
    argument: '[N] NAME VALUE',
    summary: 'set a variable of live BPF C cell N, or of the last one: .set limit 10',
    async run(context, argument) {
      const [, number = '', name, value] = /^(?:(\d+)\s+)?(\S+)\s+(?:=\s*)?(.+)$/s.exec(argument) ?? [];
      if (name === undefined || value === undefined)
        throw new Misuse('.set takes a name and a value: .set limit 10');
      const cell = cellOf(context, number, one => isC(one) && one.run.alive);
      await context.session.kernel.setVariable(cell.run.id, name, value);
    },
  },
  {
    name: '.stop',
    argument: '[N]',
    summary: 'stop cell N, or all that are live',
    async run(context, argument) {
      const { session } = context;
      await session.stop(argument ? [cellOf(context, argument, () => true)] : session.live);
    },
  },
  {
    name: '.c',
    argument: '[N]',
    summary: 'the C that cell N, or the last one, became',
    async run(context, argument) {
      const { input } = cellOf(context, argument, ({ input }) => input.cell.language === 'bpftrace');
      const { c, diagnostics } = await context.session.kernel.emitC(input);
      const { cell, file = '' } = input;
      if (c === undefined)
        for (const one of diagnostics)
          context.session.screen.say(diagnosticText(one, { file, source: cell.source }));
      else context.session.screen.write(c);
    },
  },
  {
    name: '.list',
    argument: 'PATTERN',
    summary: 'probes whose names match',
    async run({ session }, argument) {
      if (!argument) throw new Misuse('.list takes a pattern: .list tracepoint:sched:*');
      const probes = await session.kernel.listProbes(argument, { verbose: false });
      const shown = probes.slice(0, MOST_PROBES);
      session.screen.write(shown.map(({ name }) => `${name}\n`).join(''));
      const more = probes.length - shown.length;
      if (more > 0) session.screen.say(`… and ${more} more; "ebpfnb list" shows all\n`);
      for (const note of await session.kernel.probeNotes(argument, probes))
        session.screen.say(diagnosticText(note, { phases: false }));
      if (probes.length === 0) session.screen.say('nothing matches\n');
    },
  },
  {
    name: '.load',
    argument: 'FILE',
    summary: 'run a program from a file: FILE.bt, FILE.bpf.c',
    async run({ session }, argument) {
      if (!argument) throw new Misuse('.load takes a file');
      await session.run(readProgram(undefined, argument));
    },
  },
  {
    name: '.language',
    argument: '[NAME]',
    summary: `what inputs are: ${LANGUAGES.join(' or ')}`,
    run({ session }, argument) {
      const language = LANGUAGES.find(name => name === argument);
      if (argument && !language) throw new Misuse(`inputs can be ${LANGUAGES.join(' or ')}`);
      session.language = language ?? session.language;
      session.screen.say(`inputs are ${session.language}${HOW_IT_ENDS[session.language] ?? ''}\n`);
    },
  },
  {
    name: '.history',
    summary: `the last ${HISTORY_LINES} lines typed`,
    run({ session, history }) {
      session.screen.write(
        history.lines
          .slice(-HISTORY_LINES)
          .map(line => `${line}\n`)
          .join(''),
      );
    },
  },
];

/** Where the text alone does not tell: the line `.run` does. */
const HOW_IT_ENDS: Partial<Record<CellLanguage, string>> = {
  'bpf-c': '; a line .run ends the program and runs it',
};

const rows = (): [string, string][] => [
  ...COMMANDS.map(({ name, argument = '', summary }): [string, string] => [`${name} ${argument}`, summary]),
  ['.exit', 'leave (Ctrl-D, or Ctrl-C twice): all cells are stopped'],
];

const helpText =
  () => `A program runs until it ends or Ctrl-C stops it; its maps stay, and later inputs read them.
  begin { @x[comm] = count(); }      a program
  tracepoint:… { @ = count(); } &    in the background
  @x    1 + 2    print(nsecs)        a value or statement by itself
An open brace, quote or comment goes on in the next line. Tab completes.

${rows()
  .map(([name, summary]) => `  ${name.padEnd(18)} ${summary}`)
  .join('\n')}
`;

/** All that can stand first in a line. */
export const commandNames = [...COMMANDS.map(({ name }) => name), '.exit'];

/** Runs `.name argument`; what is wrong with it is said. */
export async function runCommand(line: string, context: ReplContext): Promise<void> {
  const { screen } = context.session;
  const [, name = '', argument = ''] = /^(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
  const command = COMMANDS.find(one => one.name === name);
  try {
    if (!command) throw new Misuse(`there is no command ${name}; .help lists them`);
    await command.run(context, argument);
  } catch (error) {
    if (error instanceof CellError)
      for (const one of error.diagnostics) screen.say(diagnosticText(one, { phases: false }));
    else if (error instanceof Misuse) screen.say(`ERROR: ${error.message}\n`);
    else throw error;
    context.session.failed = true;
  }
}
