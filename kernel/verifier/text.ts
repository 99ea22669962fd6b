/** A diagnosis as plain text, for terminals. */
import type { Diagnosis } from './analyser.ts';
import type { Place } from './parser.ts';

const where = ({ file, line, text }: Place) =>
  [...(line === undefined ? [] : [`${file}:${line + 1}:`]), text].filter(Boolean).join(' ');

export function diagnosisText({ sentence, verdict, remedy, fix, place, origin, state }: Diagnosis): string {
  return [
    `The verifier refused the program: ${sentence.replace(/\.$/, '')}.`,
    ...(place ? [`  at      ${where(place)}`] : []),
    ...(origin ? [`  from    ${where(origin.place)}`] : []),
    `  said    ${verdict}`,
    ...state.map(({ name, words }) => `  ${name.padEnd(7)} ${words}`),
    `What to do: ${remedy}`,
    ...(fix
      ? ['', `${fix.title}:`, ...fix.edits.flatMap(({ span, text }) => changed(span.start.line, text))]
      : []),
    '',
  ].join('\n');
}

const changed = (line: number, text: string) => [
  `  after line ${line}:`,
  ...text
    .replace(/\n$/, '')
    .split('\n')
    .map(one => `  + ${one}`),
];
