/** Says of a program that something of it is not shown what that may be, with a draft to begin from. */
import type { TypeSource } from '../btf/index.ts';
import { type Diagnostic, problem, type Span } from '../errors.ts';
import type { Build, CompileError } from './build.ts';
import { undeclared } from './constants.ts';
import { usedNames } from './cut.ts';
import {
  draftConstants,
  draftMap,
  draftStructs,
  provisional,
  structUses,
  undefinedStructs,
} from './draft.ts';
import { afterIncludes, type Include, includesOf } from './includes.ts';
import { oldMaps } from './oldMaps.ts';
import { cutVmlinux } from './vmlinux.ts';

const MISSING_HEADER = /^<cell>:(\d+):\d+:(?:\{[^}]*\})*:? fatal error: '([^']+)' file not found$/m;
const INCOMPLETE = /error: .*incomplete (?:definition of )?type '(?:const )?(?:struct )(\w+)(?: \*)?'/g;

export interface DraftInput {
  source: string;
  btf: TypeSource;
  /** A build of another text in the same surroundings. */
  build(source: string): Build;
  writeVmlinux(text: string): void;
}

/** The error's diagnostics, those about what is not shown with a draft. */
export async function withDrafts(error: CompileError, input: DraftInput): Promise<Diagnostic[]> {
  const { source, btf } = input;
  const header = missingHeader(error.stderr, source);
  const unknown = (name: string) => btf.file.find(name).length === 0 && !name.includes('___');
  if (header) {
    const names = undefinedStructs(source).filter(unknown);
    const draft = await draftOf(names, blanked(source, header), input, true);
    return [missing(header, draft, error.diagnostics[0]?.span)];
  }
  const old = oldMaps(source);
  if (old) return [old];
  const drafts = new Map<string, string>();
  const structs = new Set([...error.stderr.matchAll(INCOMPLETE)].map(([, name]) => name!));
  for (const name of structs)
    if (unknown(name)) drafts.set(`struct ${name}`, await draftOf([name], source, input, false));
  for (const name of undeclared(error.stderr)) {
    const draft = draftMap(source, name);
    if (draft) drafts.set(name, draft);
  }
  return withoutEchoes(error.diagnostics, drafts, source);
}

/** A quoted header that is missing: of others the usual remedies tell. */
function missingHeader(stderr: string, source: string): Include | undefined {
  const [, line] = MISSING_HEADER.exec(stderr) ?? [];
  return includesOf(source).find(one => one.quoted && one.line === Number(line) - 1);
}

function missing({ header, span }: Include, draft: string, place: Span | undefined): Diagnostic {
  const told = problem('header-missing', { header, draft: draft && `\n${draft}` }, { span: place ?? span });
  if (!draft) return told;
  return {
    ...told,
    fix: {
      title: `Put a draft of ${header} in its place`,
      edits: [{ span, text: draft.trimEnd() }],
      header: { name: header, text: draft },
    },
  };
}

/** What `source` needs, as C; `constants`: those of a header, too. */
async function draftOf(
  names: readonly string[],
  source: string,
  input: DraftInput,
  constants: boolean,
): Promise<string> {
  const structs = names.map(name => structUses(source, name)).filter(({ members }) => members.length > 0);
  // On the line behind the includes, so that lines keep their numbers.
  const lines = source.split('\n');
  const at = afterIncludes(source);
  lines[at] = `${provisional(structs)} ${lines[at] ?? ''}`;
  const build = input.build(lines.join('\n'));
  const preprocessed = await build.preprocess().catch(() => undefined);
  if (preprocessed === undefined) return draftStructs(structs, source, '');
  input.writeVmlinux(cutVmlinux(input.btf, usedNames(preprocessed)));
  const stderr = await build.complaints();
  const guesses = constants ? draftConstants(undeclared(stderr)) : '';
  return [guesses, draftStructs(structs, source, stderr)].filter(Boolean).join('\n');
}

/** Without the line of an include. */
const blanked = (source: string, { line }: Include) =>
  source
    .split('\n')
    .map((text, i) => (i === line ? '' : text))
    .join('\n');

/** What clang says of a thing again and again is said once, with its draft. */
function withoutEchoes(
  diagnostics: readonly Diagnostic[],
  drafts: ReadonlyMap<string, string>,
  source: string,
): Diagnostic[] {
  const told = new Set<string>();
  const at = { line: afterIncludes(source), column: 0 };
  const here: Span = { start: at, end: at };
  return diagnostics.flatMap(one => {
    const [name, draft] = [...drafts].find(([name]) => one.message.includes(`'${name}'`)) ?? [];
    if (!name || !draft) return [one];
    if (told.has(name)) return [];
    told.add(name);
    const details = { span: one.span, ...(one.log ? { log: one.log } : {}) };
    const fix = { title: `Add a draft of ${name}`, edits: [{ span: here, text: `\n${draft}` }] };
    return [{ ...problem('not-shown', { name, draft: `\n${draft}` }, details), fix }];
  });
}
