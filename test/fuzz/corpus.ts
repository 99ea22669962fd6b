/** What mutations start from: programs of the cases and of the language's tables, and the parts they are made of. */
import { Reporter, Source } from '../../kernel/language/diagnostics.ts';
import { parseProgram } from '../../kernel/language/parser/program.ts';
import { BUILTINS } from '../../kernel/language/tables/builtins.ts';
import { FUNCTIONS } from '../../kernel/language/tables/functions.ts';
import { MAP_FUNCTIONS } from '../../kernel/language/tables/mapFunctions.ts';
import { PROBES } from '../../kernel/language/tables/probes.ts';
import { SYNTAX } from '../../kernel/language/tables/syntax.ts';
import { ownCases, sharedCases } from '../conformance/case.ts';

/** A part of a program. */
export interface Part {
  /** The field that holds it in the tree: what stands in the same field may take its place. */
  role: string;
  kind: string;
  start: number;
  end: number;
}

/** Where a program's expressions, statements, probes and names are. */
export function partsOf(program: string): Part[] {
  const parts: Part[] = [];
  const visit = (role: string, node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(role, one);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { kind = '', start, end } = node as Partial<Part>;
    if (typeof start === 'number' && typeof end === 'number' && end > start)
      parts.push({ role, kind, start, end });
    for (const [name, value] of Object.entries(node)) visit(name, value);
  };
  visit('program', parseProgram(new Reporter(new Source(program))));
  return parts;
}

export class Corpus {
  readonly programs: string[];
  /** Texts by the role they play. */
  readonly texts = new Map<string, string[]>();

  constructor() {
    const cases = [...ownCases(), ...(sharedCases() ?? [])].flatMap(({ prog }) => prog ?? []);
    const rows = [BUILTINS, FUNCTIONS, MAP_FUNCTIONS, PROBES, SYNTAX].flat();
    this.programs = [...new Set([...cases, ...rows.map(({ example }) => example)])];
    for (const program of this.programs) {
      for (const { role, start, end } of partsOf(program)) {
        const all = this.texts.get(role) ?? [];
        this.texts.set(role, all);
        all.push(program.slice(start, end));
      }
    }
  }
}
