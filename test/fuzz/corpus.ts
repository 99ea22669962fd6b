/** What mutations start from: the programs of the project's own cases, and the parts they are made of. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Reporter, Source } from '../../kernel/language/diagnostics.ts';
import { parseProgram } from '../../kernel/language/parser/program.ts';
import { OWN_CASES, readCases } from '../conformance/case.ts';

/** A part of a program, with the field that holds it in the tree: what stands in the same field may take its place. */
export interface Part {
  role: string;
  start: number;
  end: number;
}

/** Where a program's expressions, statements, probes and names are. */
export function partsOf(program: string): Part[] {
  const parts: Part[] = [];
  const visit = (role: string, node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(role, one);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { start, end } = node as { start?: unknown; end?: unknown };
    if (typeof start === 'number' && typeof end === 'number' && end > start) parts.push({ role, start, end });
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
    const files = readdirSync(OWN_CASES).map(file => join(OWN_CASES, file));
    const programs = files.flatMap(file => readCases(file)).flatMap(({ prog }) => prog ?? []);
    this.programs = [...new Set(programs)];
    for (const program of this.programs) {
      for (const { role, start, end } of partsOf(program)) {
        const all = this.texts.get(role) ?? [];
        this.texts.set(role, all);
        all.push(program.slice(start, end));
      }
    }
  }
}
