/** Is what the two print the same? */
import { modernised } from './changes.mjs';

/** @typedef {import('./cases.mjs').Case} Case @typedef {import('./cases.mjs').Ran} Ran */

/**
 * Undefined when they agree: the same lines on standard output, and both or neither fail. Cases that expect regular
 * expressions only print what no two runs have in common (times, pids, addresses): there both have to match.
 * @param {Case} one @param {Ran} theirs @param {Ran} ours @param {'text' | 'json'} format @returns {string | undefined} the difference
 */
export function difference(one, theirs, ours, format) {
  const failed = ({ status }) => status !== 0;
  if (failed(theirs) !== failed(ours))
    return [
      `exit status ${theirs.status} | ${ours.status}`,
      `- ${theirs.stderr.trim()}`,
      `+ ${ours.stderr.trim()}`,
    ].join('\n');
  const was = comparable(modernised(theirs.stdout, format), format);
  const is = comparable(modernised(ours.stdout, format), format);
  if (was === is) return undefined;
  if (varies(one) && [was, is].every(output => meets(one, output))) return undefined;
  return lineDiff(was.split('\n'), is.split('\n'));
}

/** @param {Case} one */
const varies = one => one.expect.length > 0 && one.expect.every(({ mode }) => mode === 'regex');
const meets = (one, output) => one.expect.every(({ text }) => new RegExp(text, 'm').test(output));

/** Spaces inside JSON mean nothing, nor do empty lines between its lines or at an end. */
function comparable(output, format) {
  if (format === 'text') return output.trimEnd();
  return output
    .split('\n')
    .filter(line => line.trim())
    .map(line => {
      try {
        return JSON.stringify(JSON.parse(line));
      } catch {
        return line;
      }
    })
    .join('\n');
}

/** The lines that only one has, `-` before those of `was`. @param {string[]} was @param {string[]} is */
function lineDiff(was, is) {
  let start = 0;
  while (start < was.length && start < is.length && was[start] === is[start]) start++;
  let end = 0;
  const left = () => Math.min(was.length, is.length) - start - end;
  while (left() > 0 && was.at(-1 - end) === is.at(-1 - end)) end++;
  const part = (lines, sign) => lines.slice(start, lines.length - end).map(line => `${sign} ${line}`);
  return [...part(was, '-'), ...part(is, '+')].join('\n');
}
