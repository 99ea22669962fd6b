/** How wide text is at a terminal. Pure. */

/** East Asian wide characters and emoji take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{Mn}/u;
const charWidth = (char: string) => (char < '\u0300' ? 1 : MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

/** Columns that it takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** As much of its beginning as fits. */
export function takeWidth(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const char of text) {
    used += charWidth(char);
    if (used > width) break;
    taken += char;
  }
  return taken;
}

/** Cut where it is wider, with a sign that it was. */
export const cutTo = (text: string, width: number): string =>
  displayWidth(text) > width ? `${takeWidth(text, width - 1)}…` : text;
