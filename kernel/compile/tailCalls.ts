/** Which programs of an object lie in its arrays of programs, for bpf_tail_call(). */
import type { Elf, TypeSource } from '../btf/index.ts';
import { type Diagnostic, problem } from '../errors.ts';
import type { MapLayout, ProgramLayout, TailCall } from '../layout.ts';

const MAPS = '.maps';
const POINTER = 8;

export interface TailCalls {
  calls: TailCall[];
  /** With the programs that only others call. */
  programs: ProgramLayout[];
  notes: Diagnostic[];
}

/**
 * An array that is declared with its `.values` is filled by libbpf. Any other is filled with the programs that have no
 * place of their own: at the number that their SEC() gives, else in the order of the source.
 */
export function readTailCalls(
  elf: Elf,
  btf: TypeSource,
  maps: MapLayout[],
  programs: ProgramLayout[],
): TailCalls {
  const arrays = maps.filter(({ type }) => type === 'prog_array').map(({ symbol }) => symbol);
  const declared = arrays.length > 0 ? readValues(elf, btf, arrays) : [];
  const called = programs.map(program =>
    // A clock is what a section without any place stands for; this one has callers.
    program.attach.kind === 'clock' && declared.some(call => call.program === program.symbol)
      ? { ...program, attach: { kind: 'tail_call' as const } }
      : program,
  );
  const waiting = called.flatMap(({ symbol, attach }) =>
    attach.kind === 'tail_call' && !declared.some(({ program }) => program === symbol)
      ? [{ symbol, index: attach.index }]
      : [],
  );
  const empty = arrays.filter(array => !declared.some(({ map }) => map === array));
  const filled = empty.flatMap(map =>
    waiting.map(({ symbol, index }, order): TailCall => ({ map, index: index ?? order, program: symbol })),
  );
  const ordered = waiting.some(({ index }) => index === undefined);
  return {
    calls: [...declared, ...filled],
    programs: called,
    notes: ordered ? empty.map(map => told(map, filled)) : [],
  };
}

function told(map: string, calls: TailCall[]): Diagnostic {
  const here = calls.filter(call => call.map === map).map(({ index, program }) => `${index} is ${program}`);
  return problem('tail-calls', { map, programs: here.join(', ') }, { map });
}

/** `.values` are relocations in the section of maps: the address of a program, at a place in a variable. */
function readValues(elf: Elf, btf: TypeSource, arrays: string[]): TailCall[] {
  const variables = btf.datasec(MAPS);
  return elf.relocations(MAPS).flatMap(({ offset, symbol }) => {
    const variable = variables.findLast(variable => variable.offset <= offset);
    const program = elf.symbols[symbol];
    if (!variable || !program || !arrays.includes(variable.name)) return [];
    const values = btf.file.members(btf.file.strip(variable.typeId)).find(({ name }) => name === 'values');
    if (!values) return [];
    const index = (offset - variable.offset - values.bitOffset / 8) / POINTER;
    return [{ map: variable.name, index, program: program.name, declared: true as const }];
  });
}
