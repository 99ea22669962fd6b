/** `ebpfnb explain`: why the verifier refused a program, from a log that somebody saved. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { diagnoseVerifier, diagnosisText, parseVerifierLog } from '../verifier/index.ts';
import { type Command, CommandError, UsageError } from './command.ts';
import { readBytes } from './program.ts';
import { Output } from './terminal.ts';

export const explain: Command = {
  name: 'explain',
  usage: '(LOG | -)',
  summary: "say in plain words why Linux's verifier refused a program",
  help: `  LOG  the verifier's log in a file, as libbpf, bpftool or ip print it; "-": standard input`,
  async run(args) {
    const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      throw new UsageError('explain which log? a file, or - for standard input');
    const text = file === '-' ? readFileSync(0, 'utf8') : readBytes(file).toString('utf8');
    const log = parseVerifierLog(text);
    const found = diagnoseVerifier(log);
    const known = found.pattern !== undefined || log.report !== undefined;
    if (!known && (log.verdict.length === 0 || log.processed === undefined))
      throw new CommandError('no-verdict', { file });
    const output = new Output();
    output.write(diagnosisText(found));
    output.close();
    return 0;
  },
};
