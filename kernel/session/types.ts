/** The structs, unions and enums of a target, in C. */
import { BTF_KIND, dumpIds, type TypeSource } from '../btf/index.ts';

const TAGS: Record<string, number[]> = {
  struct: [BTF_KIND.struct],
  union: [BTF_KIND.union],
  enum: [BTF_KIND.enum, BTF_KIND.enum64],
};

const NAME = /^(struct|union|enum) (\w+)$/;

/** Whether a pattern asks for types rather than probes: `struct file, enum pid_type`. */
export const namesTypes = (pattern: string): boolean => typeNames(pattern).every(name => NAME.test(name));

const typeNames = (pattern: string) => pattern.split(',').map(name => name.trim());

/** Each type that the target knows: its name, when `verbose` its definition. */
export function describeTypes(btf: TypeSource, pattern: string, verbose: boolean): string[] {
  return typeNames(pattern).flatMap(name => {
    const [, tag = '', bare = ''] = NAME.exec(name) ?? [];
    const id = btf.file.find(bare).find(id => TAGS[tag]?.includes(btf.file.kind(id)));
    if (id === undefined) return [];
    return [verbose ? definition(dumpIds(btf, [id]), name) : name];
  });
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
