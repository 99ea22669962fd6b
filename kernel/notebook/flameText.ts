/** The largest stacks of a flame panel as lines of text, each folded to the width. Pure. */
import type { FlamePanel, Frame } from '../protocol.ts';
import { stackTotal, wholeOf } from './flame.ts';
import { cellText, inUnit, visibleLine } from './labels.ts';
import { cutTo, displayWidth } from './width.ts';

const GAP = '  ';
const CALLER = ' ← ';
/** Of one stack. */
const MAX_LINES = 6;
/** Columns for the frames, however wide the rest. */
const MIN_FRAMES = 12;

/** Value, share of all, key, and the frames from the innermost. */
export function flameText(panel: FlamePanel, width: number, rows: number): string {
  const { title, valueName, unit, frames, more } = panel;
  // What was in the run before only.
  const stacks = panel.stacks.filter(({ value }) => value !== 0);
  const shown = stacks.slice(0, rows);
  const all = stackTotal(panel);
  const figures = shown.map(({ value }) => [
    inUnit(value, unit) ?? cellText(value, 'other'),
    all > 0n ? `${((100 * Number(wholeOf(value))) / Number(all)).toFixed(1)}%` : '',
  ]);
  const widths = [0, 1].map(i => Math.max(0, ...figures.map(row => displayWidth(row[i]!))));
  const before = widths[0]! + widths[1]! + 2 * GAP.length;
  const room = Math.max(MIN_FRAMES, width - before);
  const lines = shown.flatMap((stack, i) => {
    const [first = '', ...others] = fold(words(stack.frames.map(index => frames[index]!)), room);
    const start = figures[i]!.map((text, column) => text.padStart(widths[column]!)).join(GAP);
    return [`${start}${GAP}${first}`, ...others.map(line => ' '.repeat(before) + line)];
  });
  const total = stacks.length + more;
  const count = `${shown.length < total ? `${shown.length} of ` : ''}${total} ${total === 1 ? 'stack' : 'stacks'}`;
  const head = `${visibleLine(title)} (${visibleLine(valueName)}, ${count})`;
  return [head, ...lines].map(line => `${line.trimEnd()}\n`).join('');
}

/** What is not broken: `bash, 12: vfs_read`, then one caller after the other. */
function words(frames: Frame[]): string[] {
  const keys = frames.filter(({ of }) => of === 'key').map(({ name }) => visibleLine(name));
  const names = frames
    .filter(({ of }) => of !== 'key')
    .reverse()
    .map(({ name }) => visibleLine(name));
  const [innermost = '[no stack]', ...callers] = names;
  return [`${keys.length > 0 ? `${keys.join(', ')}: ` : ''}${innermost}`, ...callers];
}

const andMore = (frames: number) => `${CALLER}… ${frames} more`;

/** Lines break behind an arrow. */
function fold(words: string[], width: number): string[] {
  const arrow = CALLER.trimEnd();
  const lines: string[] = [];
  let line = '';
  for (const [i, word] of words.entries()) {
    const left = words.length - i;
    const isLast = lines.length === MAX_LINES - 1;
    const behind = left === 1 ? '' : isLast ? andMore(left - 1) : arrow;
    const longer = line + (line ? CALLER : '') + cutTo(word, width - arrow.length);
    if (displayWidth(longer + behind) <= width) {
      line = longer;
    } else if (isLast) {
      return [...lines, cutTo(line + andMore(left), width)];
    } else {
      lines.push(line + arrow);
      line = cutTo(word, width - arrow.length);
    }
  }
  return [...lines, line];
}
