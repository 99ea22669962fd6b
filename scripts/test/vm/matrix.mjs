/** The table of probe types and kernels that the tests of test/vm/matrix.test.ts leave behind. */
import { existsSync, readFileSync } from 'node:fs';

/** What a kernel can do with each type. @param {string} file @returns {Map<string, string>} */
export function readMatrix(file) {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return new Map(lines.map(line => JSON.parse(line)).map(({ type, outcome }) => [type, outcome]));
}

/**
 * A row a type, a column a kernel; the reasons of refusals stand below, by number.
 * @param {Map<string, Map<string, string>>} kernels by name @returns {string}
 */
export function matrixText(kernels) {
  const reasons = [];
  const cell = outcome => {
    if (!outcome?.startsWith('refused')) return outcome ?? 'not tried';
    if (!reasons.includes(outcome)) reasons.push(outcome);
    return `refused (${reasons.indexOf(outcome) + 1})`;
  };
  const types = [...new Set([...kernels.values()].flatMap(outcomes => [...outcomes.keys()]))];
  const rows = [
    ['probe', ...kernels.keys()],
    ...types.map(type => [type, ...[...kernels.values()].map(outcomes => cell(outcomes.get(type)))]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)) + 2);
  const lines = rows.map(row =>
    row
      .map((text, column) => text.padEnd(widths[column]))
      .join('')
      .trimEnd(),
  );
  return [...lines, ...reasons.map((reason, index) => `(${index + 1}) ${reason}`)].join('\n');
}
