/** `trace --fmt`: the program again, formatted. */
import { renameSync, writeFileSync } from 'node:fs';
import { format } from '../language/formatter.ts';
import { CommandError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import type { Program } from './program.ts';
import { Output, say } from './terminal.ts';

/** To a file or to standard output; status 1 for what is no program, and then nothing is written. */
export function formatProgram({ file, source }: Program, output: string | undefined): number {
  const formatted = format(source);
  if ('diagnostics' in formatted) {
    for (const diagnostic of formatted.diagnostics) say(diagnosticText(diagnostic, { file, source }));
    return 1;
  }
  if (output === undefined) {
    const standard = new Output();
    standard.write(formatted.text);
    standard.close();
  } else replaceFile(output, formatted.text);
  return 0;
}

/** At once: the file may be the very program that was read. */
function replaceFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    throw new CommandError('output-file', { file: path, reason: (error as Error).message });
  }
}
