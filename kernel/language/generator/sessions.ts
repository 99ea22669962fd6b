/** Entry and return of the same functions as one program, which Linux runs at both. */
import type { ProbeInstance } from '../symbols.ts';
import type { Module } from './module.ts';
import { ProgramWriter } from './program.ts';

/** The two probes are functions of their own, each with its own stack; the program calls the one that is meant. */
export function writeSession(module: Module, entry: ProbeInstance, exit: ProbeInstance): void {
  const [onEntry, onReturn] = [entry, exit].map(half => new ProgramWriter(module, half)) as [
    ProgramWriter,
    ProgramWriter,
  ];
  onEntry.write();
  onReturn.write();
  const { point } = entry;
  const symbol = module.symbol(`session:${point.name}`);
  onEntry.linuxFunction(
    'bpf_session_is_return',
    'extern _Bool bpf_session_is_return(void) __ksym;',
    point.range,
  );
  module.text.push(
    [
      `/* ${point.name} and ${exit.point.name}. */`,
      `SEC("${point.row.section(point)}")`,
      `int ${symbol}(${point.row.context(point)}ctx)`,
      '{',
      `\treturn bpf_session_is_return() ? ${onReturn.symbol}(ctx) : ${onEntry.symbol}(ctx);`,
      '}',
    ].join('\n'),
  );
  onEntry.list(symbol, point.attach, exit.point.name);
}
