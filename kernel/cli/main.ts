/** `ebpfnb`: a table of commands. Whatever goes wrong, the user sees a sentence and never a stack trace. */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CellError } from '../errors.ts';
import { loaderBundle } from '../paths.ts';
import { serve } from '../server/stdio.ts';
import { build } from './build.ts';
import { type Command, CommandError, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { doctor } from './doctor.ts';
import { emit } from './emit.ts';
import { explain } from './explain.ts';
import { exportCommand } from './export.ts';
import { list } from './list.ts';
import { repl } from './repl.ts';
import { run } from './run.ts';
import { Output, say } from './terminal.ts';
import { trace } from './trace.ts';
import { versionText } from './version.ts';

const kernel: Command = {
  name: 'kernel',
  usage: '--stdio',
  summary: 'serve an editor: JSON-RPC over stdin and stdout',
  help: 'Ends when stdin closes. docs/protocol.md describes the messages.',
  async run(args) {
    if (args.join() !== '--stdio') throw new UsageError('the kernel serves --stdio only');
    await serve(process.stdin, process.stdout);
    return 0;
  },
};

/** Resolves never: the loader ends its process itself, when stdin does. */
const loader: Command = {
  name: 'loader',
  usage: '',
  summary: 'the privileged half, for a kernel to talk to (as root)',
  help: 'Speaks frames over stdin and stdout and ends when stdin closes.',
  async run() {
    await import(pathToFileURL(loaderBundle()).href);
    return new Promise(() => {});
  },
};

const COMMANDS: Record<string, Command> = {
  trace,
  build,
  run,
  repl,
  list,
  emit,
  explain,
  export: exportCommand,
  doctor,
  kernel,
  loader,
};

const usage = () =>
  `USAGE:
  ebpfnb COMMAND …

COMMANDS:
${Object.values(COMMANDS)
  .map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n')}

"ebpfnb COMMAND --help" tells more, "ebpfnb --version" which one this is.
`;

const commandHelp = ({ name, usage, summary, help }: Command) =>
  `ebpfnb ${name}: ${summary}\n\nUSAGE:\n  ebpfnb ${name} ${usage}\n\n${help}\n`;

const HELP = ['-h', '--help', 'help'];
const VERSION = ['-V', '--version'];

async function main([name = '', ...args]: string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    if (HELP.includes(name)) return print(usage());
    if (VERSION.includes(name)) return print(versionText());
    say(name ? `ERROR: no such command: ${name}\n\n${usage()}` : usage());
    return 1;
  }
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  try {
    if (own.includes('--help') || own.includes('-h'))
      return print(command.helpOf?.(args) ?? commandHelp(command));
    return await command.run(args);
  } catch (error) {
    say(inWords(error, command));
    return 1;
  }
}

function print(text: string): number {
  new Output().write(text);
  return 0;
}

function inWords(error: unknown, { name, usage }: Command): string {
  const { message, code } = error as Error & { code?: unknown };
  const unparsed = String(code).startsWith('ERR_PARSE_ARGS');
  if (unparsed || error instanceof UsageError)
    return `ERROR: ${unparsed ? message.split('. ')[0] : message}\n\nUSAGE:\n  ebpfnb ${name} ${usage}\n`;
  if (!(error instanceof CellError)) return `ERROR: ${message}\n`;
  const phases = !(error instanceof CommandError);
  return error.diagnostics.map(one => diagnosticText(one, { phases })).join('');
}

// Without this, a fault of ours would print its stack; and every run must end with the process.
process.on('uncaughtException', error => {
  say(`ERROR: internal error: ${error.message}\n`);
  process.exit(1);
});

// By this name, on a link to the command, scripts run that begin with `#!/usr/bin/env bpftrace`.
const [, program = '', ...words] = process.argv;
process.exit(await main(basename(program) === 'bpftrace' ? [trace.name, ...words] : words));
