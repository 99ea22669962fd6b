/** The functions of Linux itself: which can be probed, what they take and give. */
import { type TypeSource, typeSpelling } from '../btf/index.ts';

export interface Parameter {
  name: string;
  type: string;
}

/** Parts that the compiler split off a function cannot be probed by themselves, and places that were patched out not at all. */
const PART = /\.part\.|^__ftrace_invalid_address__/;

/** Those that Linux describes, in order. */
export function functionNames({ file }: TypeSource): string[] {
  return [...file.functions.keys()].map(offset => file.string(offset)).sort();
}

/** From the text of tracefs' available_filter_functions: names with the modules that have a function of the name. */
export function functionModules(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, module = 'vmlinux'] = /^(\S+)(?: \[(.+)\])?$/.exec(line) ?? [];
    if (!name || PART.test(name)) continue;
    const modules = found.get(name);
    if (modules) modules.push(module);
    else found.set(name, [module]);
  }
  return found;
}

/** Undefined when Linux does not describe it. */
export function parametersOf({ file }: TypeSource, name: string): Parameter[] | undefined {
  const prototype = prototypeOf({ file }, name);
  if (prototype === undefined) return undefined;
  return file
    .parameters(prototype)
    .filter(({ type }) => type !== 0)
    .map(({ name, type }) => ({ name, type: typeSpelling(file, type) }));
}

/** As a parameter called retval; undefined for functions that give nothing. */
export function returnOf({ file }: TypeSource, name: string): Parameter | undefined {
  const prototype = prototypeOf({ file }, name);
  const type = prototype === undefined ? 0 : file.target(prototype);
  return type === 0 ? undefined : { name: 'retval', type: typeSpelling(file, type) };
}

function prototypeOf({ file }: Pick<TypeSource, 'file'>, name: string): number | undefined {
  const id = file.findFunction(name);
  return id === undefined ? undefined : file.target(id);
}
