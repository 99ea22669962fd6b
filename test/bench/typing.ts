/**
 * How long the editor's work takes for a script of 200 lines, as one types: parsing, checking, completing,
 * formatting. Prints processor time per round, in milliseconds, which is about what one waits for on a machine at rest.
 * Run: node --import tsx test/bench/typing.ts
 */

import { Reporter, Source } from '../../kernel/language/diagnostics.ts';
import { analyse, complete } from '../../kernel/language/editor/index.ts';
import { format } from '../../kernel/language/formatter.ts';
import { parseProgram } from '../../kernel/language/parser/program.ts';
import { target } from '../unit/language-fixtures.ts';

const PROBE = `tracepoint:syscalls:sys_enter_openat /pid != 1 && comm != "x"/ {
  @start[tid] = nsecs;
  $f = str(args.filename);
  if ($f == "a") { @n[comm, $f] = count(); } else { @bytes[pid] = sum(args.flags); }
  printf("%-6d %-16s %s\\n", pid, comm, $f);
  @h = hist(nsecs - @start[tid]);
  $i = 0;
  while ($i < 10) { $i++; @l = lhist($i, 0, 10, 1); }
  delete(@start, tid);
}
`;
const SCRIPT = PROBE.repeat(20);
const CURSOR = SCRIPT.lastIndexOf('args.fi') + 'args.fi'.length;

const WORK: Readonly<Record<string, () => unknown>> = {
  parse: () => parseProgram(new Reporter(new Source(SCRIPT))),
  'parse and check': () => analyse(SCRIPT, { target }),
  complete: () => complete(SCRIPT, CURSOR, { target, names: () => [] }),
  format: () => format(SCRIPT),
};
const ROUNDS = 100;

for (const [name, work] of Object.entries(WORK)) {
  for (let i = 0; i < ROUNDS; i++) work();
  const from = process.cpuUsage();
  for (let i = 0; i < ROUNDS; i++) work();
  const { user, system } = process.cpuUsage(from);
  console.log(`${name.padEnd(16)} ${((user + system) / 1000 / ROUNDS).toFixed(2)} ms`);
}
