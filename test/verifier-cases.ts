/** Programs that the verifier refuses, for the tests of its explanations: this host's, other kernels', and saved logs. */
import { readFileSync } from 'node:fs';

export interface Case {
  /** Of test/host/fixtures/verifier. */
  program: string;
  /** The row of kernel/verifier/patterns.ts. */
  pattern: string;
  /** Where Linux refuses it, and why not elsewhere. */
  only?: { kernels: RegExp; because: string };
}

const row = (program: string, pattern = program, only?: Case['only']): Case => ({
  program,
  pattern,
  ...(only ? { only } : {}),
});

const SINCE_6_2 = { kernels: /^(?!6\.[01]\.)/, because: 'the functions that it calls came with Linux 6.2' };

export const CASES: readonly Case[] = [
  row('null-check'),
  row('null-arithmetic', 'null-check'),
  row('not-a-pointer'),
  row('endless-loop'),
  row('too-complex', 'too-complex', {
    kernels: /(?!)/,
    because: 'the verifier writes 120 MB about it; its beginning and end are saved',
  }),
  row('stack-overflow'),
  row('stack-bounds'),
  row('uninitialised-stack', 'uninitialised-stack', {
    kernels: /(?!)/,
    because: 'since Linux 6.3, and in later ones of the series 6.1, programs of root may read such bytes',
  }),
  row('uninitialised-register'),
  row('misaligned'),
  row('context-access'),
  row('misaligned-context', 'context-access'),
  row('pointer-arithmetic'),
  row('unbounded-offset', 'pointer-arithmetic'),
  row('map-bounds'),
  row('map-index-unbounded', 'map-bounds'),
  row('negative-length', 'unbounded-length'),
  row('unbounded-length'),
  row('gpl-only'),
  row('sleeping'),
  row('helper-not-allowed'),
  row('write-locked-down', 'write-locked-down', {
    kernels: /^6\.18\./,
    because: 'Linux gives it to all programs unless it is locked down',
  }),
  row('kfunc-not-allowed', 'kfunc-not-allowed', {
    kernels: /(?!)/,
    because: 'the loader refuses it before Linux does',
  }),
  row('kfunc-argument', 'kfunc-argument', SINCE_6_2),
  row('unlock-missing', 'unlock-missing', SINCE_6_2),
  row('unreleased-reference'),
  row('dynptr-unreleased', 'unreleased-reference'),
  row('dynptr'),
  row('read-only'),
  row('write-to-linux'),
  row('beyond-struct'),
  row('return-value'),
  row('argument-type'),
  row('map-type'),
  row('missing-field', 'missing-field', {
    kernels: /(?!)/,
    because: 'of programs that are run it is told as an error of its own',
  }),
  row('damaged'),
  row('no-exit'),
];

export const PROGRAMS = new URL('./host/fixtures/verifier/', import.meta.url);

export const sourceOf = ({ program }: Case) => readFileSync(new URL(`${program}.bpf.c`, PROGRAMS), 'utf8');

/** The line that the program's author marked, from 0; -1 where the verdict is about the whole program. */
export const faultOf = (source: string) => source.split('\n').findIndex(line => line.includes('// at fault'));

export const LOGS = new URL('./unit/golden/verifier/', import.meta.url);
