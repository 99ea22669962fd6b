/** What BPF C programs take their context for, against what this Linux hands them. */
import { type BtfFile, typeSpelling } from '../btf/index.ts';
import { plain } from '../compile/index.ts';
import { type Diagnostic, problem } from '../errors.ts';
import { type ArgsField, parseFormat } from '../language/index.ts';
import type { Field, ProgramLayout } from '../layout.ts';
import type { Connection } from './loader.ts';

export async function contextNotes(
  { target, loader }: Pick<Connection, 'loader' | 'target'>,
  programs: readonly ProgramLayout[],
): Promise<Diagnostic[]> {
  const notes: Diagnostic[] = [];
  for (const program of programs) {
    const [, event] = /^(?:tp|tracepoint)\/(.*)$/.exec(program.probe) ?? [];
    const format =
      event && program.context ? await target.format(loader, event.replace('/', ':')) : undefined;
    if (format) notes.push(...misfits(program, parseFormat(format, false)));
    notes.push(...(syscallNotes(program) ?? argumentNotes(program, target.btf.file)));
  }
  return notes;
}

/** Fields of the program's own struct that stand elsewhere in what Linux hands over. */
export function misfits({ context, span, probe }: ProgramLayout, format: readonly ArgsField[]): Diagnostic[] {
  if (!context) return [];
  const wrong = context.fields.flatMap(field => {
    const name = field.name.replace(/^__(?:data|rel)_loc_/, '');
    const real = format.find(one => one.name === name);
    return real ? (misfit(field, real, format) ?? []) : [];
  });
  if (wrong.length === 0) return [];
  const values = { struct: context.name, probe, fields: wrong.join('; ') };
  return [problem('context-misfit', values, { span })];
}

/** A field may be wider than what it stands for, as long as nothing else is there. */
function misfit(field: Field, real: ArgsField, format: readonly ArgsField[]): string | undefined {
  const { name, offset, type } = field;
  if (offset !== real.offset) return `${name} is at byte ${real.offset}, not at ${offset}`;
  const reaches = (other: ArgsField) => other.offset > offset && other.offset < offset + type.size;
  if (type.size > real.size && format.some(reaches))
    return `${name} has ${real.size} bytes, not ${type.size}`;
  return undefined;
}

/** What Linux calls the functions of syscalls where their arguments are behind a pointer to registers. */
const WRAPPER = /^k(?:ret)?probe(?:\.\w+)?\/(?:__(?:x64|arm64|ia32)_(?:compat_)?)?sys_(\w+)/;

/** A program at a syscall's function; undefined for others. */
function syscallNotes({ probe, takes = [] }: ProgramLayout): Diagnostic[] | undefined {
  const [, syscall] = WRAPPER.exec(probe) ?? [];
  if (!syscall) return undefined;
  const taken = takes.find(({ index, type }) => index > 0 || type !== 'struct pt_regs *');
  if (!taken) return [];
  const values = { syscall, function: probe.split('/')[1]!, number: taken.index + 1 };
  return [problem('nested-registers', values, { span: taken.span })];
}

/** Pointers to structs that are pointers to something else. */
export function argumentNotes({ probe, takes = [] }: ProgramLayout, btf: BtfFile): Diagnostic[] {
  const name = probe.slice(probe.indexOf('/') + 1);
  const id = takes.length > 0 ? btf.findFunction(name) : undefined;
  if (id === undefined) return [];
  const parameters = btf.parameters(btf.target(id));
  return takes.flatMap(({ index, type, span }) => {
    const parameter = parameters[index];
    if (!type || !/^struct \w+ \*+$/.test(type) || !parameter) return [];
    const real = plain(typeSpelling(btf, parameter.type));
    if (real === type || /^void \*/.test(real) || !real.endsWith('*')) return [];
    const values = { function: name, number: index + 1, parameter: parameter.name, real, type };
    return [problem('argument-differs', values, { span })];
  });
}
