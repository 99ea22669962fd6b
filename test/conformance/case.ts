/** A program of the bpftrace language and what running it must show: the rows of the *.jsonl files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Expectation {
  /**
   * text: these whole lines, one after another; regex: found somewhere; text_none and regex_none: found nowhere;
   * file: the whole output; json: the whole output as JSON, the order of fields aside.
   */
  mode: 'text' | 'regex' | 'text_none' | 'regex_none' | 'file' | 'json';
  text: string;
}

export interface Case {
  suite: string;
  name: string;
  /** A program for `trace -e`; else `run`, a shell command where {{BPFTRACE}} is the tracer. */
  prog?: string;
  run?: string;
  expect: Expectation[];
  timeout_s: number;
  env?: Record<string, string>;
  /** The exit status is not 0. */
  will_fail?: boolean;
  exit_code?: number;
  /** bpftrace's first minor version that can run it; for the comparison with an older one. */
  since?: number;
  /** Why an older bpftrace shows something else. */
  newer?: string;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The project's own cases, and those that lie beside it in a folder `shared`, when it is there. */
export const OWN_CASES = here('cases');
const SHARED_CASES = here('../../../shared/conformance/cases.jsonl');

export function readCases(file: string): Case[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Case);
}

export const ownCases = (): Case[] =>
  readdirSync(OWN_CASES)
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .flatMap(name => readCases(join(OWN_CASES, name)));

/** Undefined when there is no such folder. */
export const sharedCases = (): Case[] | undefined =>
  existsSync(SHARED_CASES) ? readCases(SHARED_CASES) : undefined;
