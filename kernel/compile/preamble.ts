/** The C in front of a bpftrace program, put through clang's preprocessor: headers read, conditions decided. */
import { resolve } from 'node:path';
import { CellError, type Diagnostic, problem } from '../errors.ts';
import type { HeaderFile } from '../protocol.ts';
import { findClang, runClang } from './clang.ts';
import { clangDiagnostics } from './diagnostics.ts';
import { CELL_FILE } from './flags.ts';
import { isOfLinux } from './includes.ts';
import { Workspace } from './workspace.ts';

export interface PreambleInput {
  /** The program up to where its C ends; a `#!` line may stand first. */
  source: string;
  /** Where `#include "…"` starts. */
  directory: string;
  /** Header cells; they win over files beside the program. */
  headers: HeaderFile[];
  /** More folders for `#include`. */
  include?: string[];
  /** Headers that are included first, as if the program did. */
  includeFiles?: string[];
}

/** A definition or a `#define`, as C. */
export interface PreambleText {
  text: string;
  /** Its line in the program, from 0; absent for what a header brought. */
  line?: number;
}

const MISSING = /^(.+):(\d+):\d+:(?:\{[^}]*\})*:? fatal error: '([^']+)' file not found$/m;

/**
 * Headers of Linux that this host lacks are left out, with a hint, because BTF has their types.
 * @throws CellError with clang's messages on the program's own lines, or `no-clang`
 */
export async function readPreamble(
  input: PreambleInput,
): Promise<{ items: PreambleText[]; diagnostics: Diagnostic[] }> {
  const clang = findClang();
  const directory = resolve(input.directory);
  const include = (input.include ?? []).map(folder => resolve(directory, folder));
  const files = (input.includeFiles ?? []).flatMap(file => ['-include', file]);
  const flags = [
    '-E',
    '-dD',
    '-x',
    'c',
    '-std=gnu11',
    '-DBPFTRACE_HAVE_BTF',
    '-fdiagnostics-print-source-range-info',
  ];
  const workspace = new Workspace(input.headers);
  const folders = [
    '-iquote',
    workspace.folder,
    '-iquote',
    directory,
    ...include.flatMap(folder => ['-I', folder]),
    ...files,
  ];
  const lines = input.source.split('\n').map(line => (line.startsWith('#!') ? '' : line));
  const diagnostics: Diagnostic[] = [];
  try {
    for (;;) {
      const text = `# 1 "${CELL_FILE}"\n${lines.join('\n')}\n`;
      const { ok, stdout, stderr } = await runClang(clang, [...flags, ...folders, '-'], text, directory);
      if (ok) return { items: split(stdout.toString()), diagnostics };
      const [, file, line, header = ''] = MISSING.exec(stderr) ?? [];
      const at = file === CELL_FILE ? Number(line) - 1 : -1;
      if (at < 0 || !isOfLinux(header))
        throw new CellError(clangDiagnostics(stderr, input.source, [workspace.folder, directory]));
      const column = { start: { line: at, column: 0 }, end: { line: at, column: lines[at]!.length } };
      diagnostics.push(problem('header-from-btf', { header }, { span: column }));
      lines[at] = '';
    }
  } finally {
    workspace.dispose();
  }
}

const MARKER = /^# (\d+) "((?:[^"\\]|\\.)*)"/;
const DEFINED = /^#define /;
const TYPE = /^(?:__extension__\s+)?(?:typedef|struct|union|enum)\b/;

/** Definitions of types and names; functions and variables are left out, and so is what clang itself defines. */
function split(output: string): PreambleText[] {
  const items: PreambleText[] = [];
  let file = '';
  let line = 0;
  let pending: { text: string; line: number; file: string } | undefined;
  const add = (text: string, from: string, at: number) =>
    items.push({ text: text.trim(), ...(from === CELL_FILE ? { line: at } : {}) });
  for (const row of output.split('\n')) {
    const marker = MARKER.exec(row);
    if (marker) {
      line = Number(marker[1]) - 1;
      file = marker[2]!;
      continue;
    }
    if (DEFINED.test(row)) {
      if (!file.startsWith('<') || file === CELL_FILE) add(row, file, line);
    } else if (!row.startsWith('#') && (pending || row.trim())) {
      pending ??= { text: '', line, file };
      pending.text += `${row}\n`;
      if (isWhole(pending.text)) {
        for (const text of statements(pending.text))
          if (TYPE.test(text)) add(text.replace(/^__extension__\s+/, ''), pending.file, pending.line);
        pending = undefined;
      }
    }
    line++;
  }
  if (pending && TYPE.test(pending.text.trim())) add(pending.text, pending.file, pending.line);
  return items;
}

/** Ends with all brackets closed, behind a `;` or the body of a function or of a type. */
function isWhole(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[{}()[\]]/g)) depth += '{(['.includes(bracket) ? 1 : -1;
  return depth <= 0 && (/^\s*(?:__extension__\s+)?typedef\b/.test(text) ? /;\s*$/ : /[;}]\s*$/).test(text);
}

/** What begins behind a body that has no `;`. */
const NEXT = /^\s*(?:$|(?:struct|union|enum|typedef|static|extern|__extension__)\b)/;

/** Cuts at each `;` outside of brackets, and behind bodies without one. */
function statements(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: char, index } of text.matchAll(/[{}()[\];]/g)) {
    if (char !== ';') depth += '{(['.includes(char) ? 1 : -1;
    const ends = char === ';' || (char === '}' && NEXT.test(text.slice(index + 1)));
    if (depth > 0 || !ends) continue;
    found.push(text.slice(start, index + 1).trim());
    start = index + 1;
  }
  return found.filter(Boolean);
}
