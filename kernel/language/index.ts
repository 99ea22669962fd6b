/** The bpftrace language: source in, C and its meaning out. Pure: no file, no process, no editor. */
import type { Diagnostic } from '../errors.ts';
import type { CellLayout } from '../layout.ts';
import { checkProgram } from './checker/program.ts';
import { ownedMaps } from './checker/sharedMaps.ts';
import { Reporter, Source } from './diagnostics.ts';
import { FunctionWriter } from './generator/functions.ts';
import { Module } from './generator/module.ts';
import { ProgramWriter } from './generator/program.ts';
import { writeSession } from './generator/sessions.ts';
import { parseProgram } from './parser/program.ts';
import type { SharedMap } from './symbols.ts';
import type { CompileOptions, Importer } from './target.ts';

export { adviceOn, tracepointsInstead } from './advice.ts';
export { type AttachPoints, attachPoints } from './attachPoints.ts';
export { isGoFunction } from './checker/goFunctions.ts';
export { HARDWARE_EVENTS, SOFTWARE_EVENTS } from './checker/perfEvents.ts';
export { mapsNamedIn, sharedMapsOf } from './cMaps.ts';
export { treeText, typesText } from './dump.ts';
export { parseFormat } from './format.ts';
export { readable as readableC } from './generator/module.ts';
export { beginnings, type Reading, readInteractive } from './interactive.ts';
export { preambleOf } from './preamble.ts';
export { type ScriptOption, scriptOptions } from './scriptOptions.ts';
export { incompleteSection, sectionAttach, sectionProblem, sectionRow } from './sections.ts';
export { didYouMean } from './suggest.ts';
export type { SharedMap } from './symbols.ts';
export type { ProbeName } from './tables/rows.ts';
export { reasonToLeaveAlone } from './tables/untraceable.ts';
export type {
  CompileOptions,
  ImportedFile,
  Importer,
  LanguageTarget,
  PidNamespace,
  PreambleText,
} from './target.ts';
export type { ArgsField } from './types.ts';
export { usdtArguments } from './usdt.ts';

export interface GeneratedCell {
  /** A complete BPF C program. */
  c: string;
  /** Names of BTF types that the C takes from vmlinux.h. */
  types: string[];
  layout: CellLayout;
}

export interface Compilation {
  diagnostics: Diagnostic[];
  /** Missing when there was an error. */
  cell?: GeneratedCell;
  /** The maps that the program owns, for others to use. */
  maps?: Map<string, SharedMap>;
}

/** A program that is to run needs all of it. */
const nothing: Importer = () => ({ reason: 'files cannot be read here', remedy: '' });

/** Compiles a program. Never throws for what a user wrote; all that is wrong is in `diagnostics`. */
export function compileBpftrace(source: string, options: CompileOptions): Compilation {
  const text = new Source(source);
  const reporter = new Reporter(text);
  const tree = parseProgram(reporter);
  const { program, keyNames } = checkProgram(tree, { importer: nothing, ...options }, text, reporter);
  if (reporter.failed) return { diagnostics: reporter.diagnostics };
  const module = new Module(program, options, reporter, keyNames);
  const functions = program.functions.map(own => new FunctionWriter(module, own));
  for (const writer of functions) writer.declare();
  for (const writer of functions) writer.write();
  const exits = new Set(program.probes.map(({ exit }) => exit));
  for (const probe of program.probes) {
    if (probe.exit) writeSession(module, probe, probe.exit);
    else if (!exits.has(probe)) new ProgramWriter(module, probe).write();
  }
  if (reporter.failed) return { diagnostics: reporter.diagnostics };
  return {
    diagnostics: reporter.diagnostics,
    cell: module.finish(),
    maps: ownedMaps(program, keyNames),
  };
}

/** Only the diagnostics, as one types. */
export function checkBpftrace(source: string, options: CompileOptions): Diagnostic[] {
  const text = new Source(source);
  const reporter = new Reporter(text);
  checkProgram(parseProgram(reporter), options, text, reporter);
  return reporter.diagnostics;
}
