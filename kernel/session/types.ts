/** The structs, unions and enums of a target, in C. */
import { BTF_KIND, dumpIds, type TypeSource } from '../btf/index.ts';
import { globExpression } from './glob.ts';

const TAGS: Record<string, number[]> = {
  struct: [BTF_KIND.struct],
  union: [BTF_KIND.union],
  enum: [BTF_KIND.enum, BTF_KIND.enum64],
};

const NAME = /^(struct|union|enum) ([\w*?[\]]+)$/;

/** Whether a pattern asks for types rather than probes: `struct file, enum pid*`. */
export const namesTypes = (pattern: string): boolean => typeNames(pattern).every(name => NAME.test(name));

const typeNames = (pattern: string) => pattern.split(',').map(name => name.trim().replace(/\s+/g, ' '));

/** Each type that the target knows: its name, when `verbose` its definition. Those of a glob are sorted. */
export function describeTypes(btf: TypeSource, pattern: string, verbose: boolean): string[] {
  return typeNames(pattern).flatMap(name => {
    const [, tag = '', glob = ''] = NAME.exec(name) ?? [];
    return [...typesNamed(btf, TAGS[tag]!, glob)].sort().map(([bare, id]) => {
      const whole = `${tag} ${bare}`;
      return verbose ? `vmlinux: ${definition(dumpIds(btf, [id]), whole)}` : whole;
    });
  });
}

/** Names and ids of the types of some kinds that a glob matches; of equal names the first. */
function typesNamed({ file }: TypeSource, kinds: number[], glob: string): Map<string, number> {
  const matches = globExpression(glob);
  const found = new Map<string, number>();
  for (let id = file.first; id < file.count; id++) {
    if (!kinds.includes(file.kind(id))) continue;
    const name = file.name(id);
    if (name && matches.test(name) && !found.has(name)) found.set(name, id);
  }
  return found;
}

/** One type's own text; a dump has all that it holds in front of it. */
function definition(dump: string, name: string): string {
  const from = dump.search(new RegExp(`^${name} \\{`, 'm'));
  if (from < 0) return name;
  const end = dump.indexOf('\n}', from);
  return dump.slice(from, dump.indexOf('\n', end + 1));
}

/** Names of all structs that begin with `prefix`, in order. */
export function structNames({ file }: TypeSource, prefix: string): string[] {
  const names = new Set<string>();
  for (let id = file.first; id < file.count; id++) {
    if (file.kind(id) !== BTF_KIND.struct) continue;
    const name = file.name(id);
    if (name.startsWith(prefix)) names.add(name);
  }
  return [...names].sort();
}
