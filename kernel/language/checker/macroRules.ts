/** What macros must be, whether anyone calls them or not. */
import type { ErrorCode } from '../../errors.ts';
import type { Reporter } from '../diagnostics.ts';
import type { MacroNode, MacroParameter, Range } from '../nodes.ts';

type Part = Partial<Range> & { kind?: string; name?: string };
type Report = (code: ErrorCode, values: Record<string, string>, at: Range) => void;

/** What a parameter takes, as messages name it. */
const KINDS: Readonly<Record<MacroParameter['kind'], string>> = {
  variable: 'Variable',
  map: 'Map',
  expression: 'Ident',
  type: 'Ident',
};

export function checkMacros(macros: readonly MacroNode[], reporter: Reporter): void {
  const report: Report = (code, values, at) => reporter.report(code, values, at);
  const signatures = new Map<string, MacroNode>();
  for (const macro of macros) {
    const signature = [macro.name, ...macro.parameters.map(p => p.kind)].join();
    const before = signatures.get(signature);
    if (before) {
      const related = [{ message: 'This is the original definition.', at: before }];
      reporter.report('macro-redefined', { name: macro.name }, macro, undefined, { related });
    }
    signatures.set(signature, macro);
    const names = new Set<string>();
    for (const parameter of macro.parameters) {
      if (names.has(parameter.name))
        report('macro-parameter-twice', { name: parameter.name, kind: KINDS[parameter.kind] }, parameter);
      names.add(parameter.name);
    }
    checkBody(macro.body, names, 0, report);
  }
}

/** A macro sees nothing but its parameters and what it makes itself, and does not steer its caller. */
function checkBody(part: unknown, names: ReadonlySet<string>, loops: number, report: Report): void {
  if (typeof part !== 'object' || part === null) return;
  const node = part as Part & Range;
  const { kind, name } = node;
  // What a loop goes over is of kind map, too, and has none of its own.
  if (kind === 'map' && name !== undefined && !names.has(name)) report('macro-map', { name }, node);
  if (kind === 'return' || (loops === 0 && (kind === 'break' || kind === 'continue')))
    report('macro-jump', { name: kind }, node);
  if (kind === 'let') {
    const { variable } = part as { variable: Part & Range };
    if (names.has(variable.name!)) report('macro-shadow', { name: variable.name! }, node);
  }
  const inside = kind === 'for' || kind === 'while' || kind === 'unroll' ? loops + 1 : loops;
  for (const value of Object.values(part)) checkBody(value, names, inside, report);
}
