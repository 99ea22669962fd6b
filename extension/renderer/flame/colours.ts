/** Colours of frames, from the workbench's theme: by kind of code, or by how they changed. */
import type { Frame } from '../../../kernel/protocol.ts';

type Rgb = [red: number, green: number, blue: number];

export interface Shade {
  fill: string;
  /** Readable on it. */
  text: string;
  /** In high contrast the kind is told by the outline. */
  edge?: string;
}

export interface Colours {
  font: string;
  foreground: string;
  /** Of kinds; a name has always the same of a kind's shades, so that neighbours can be told apart. */
  shade(of: Frame['of'], name: string): Shade;
  /** Of what is no frame by itself: all stacks together, and those too small to be drawn. */
  neutral: Shade;
  /** From -1, blue, to 1, red. */
  changed(change: number): Shade;
}

const KIND_COLOURS: { [of in Frame['of']]: [variable: string, fallback: string] } = {
  kernel: ['--vscode-charts-orange', '#d18616'],
  user: ['--vscode-charts-blue', '#3794ff'],
  inlined: ['--vscode-charts-green', '#388a34'],
  key: ['--vscode-charts-purple', '#652d90'],
};
/** A light theme's colours are those of lines: as a ground, black text is to be read on them. */
const SOFTENED = 0.3;
/** Toward black and toward white. */
const SHADES = [-0.16, -0.08, 0, 0.1, 0.2];
/** The luminance on which black and white text are as readable as each other. */
const MIDDLE = 0.179;
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

export function coloursOf(place: Element): Colours {
  const style = getComputedStyle(place);
  const read = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const contrast = document.body.className.includes('vscode-high-contrast');
  const background = rgbOf(read('--vscode-editor-background', '#ffffff'), WHITE);
  const foreground = rgbOf(read('--vscode-foreground', style.color), background);
  const colour = ([name, fallback]: [string, string]) => rgbOf(read(name, fallback), background);
  const outlined = (edge: Rgb): Shade => ({ fill: css(background), text: css(foreground), edge: css(edge) });
  const grey = mix(background, foreground, 0.2);
  const [less, more] = [colour(KIND_COLOURS.user), colour(['--vscode-charts-red', '#e51400'])];
  const kinds = Object.entries(KIND_COLOURS).map(([of, given]) => {
    const pure = colour(given);
    const base = luminance(background) > 0.5 ? mix(pure, WHITE, SOFTENED) : pure;
    const shades = contrast
      ? [outlined(base)]
      : SHADES.map(by => filled(mix(base, by < 0 ? BLACK : WHITE, Math.abs(by))));
    return [of, shades] as const;
  });
  const shades = Object.fromEntries(kinds) as { [of in Frame['of']]: Shade[] };
  return {
    font: read('--vscode-editor-font-family', 'monospace'),
    foreground: css(foreground),
    neutral: contrast ? outlined(foreground) : filled(grey),
    shade: (of, name) => shades[of][hash(name) % shades[of].length]!,
    changed: by => ({
      ...filled(mix(grey, by < 0 ? less : more, Math.abs(by))),
      ...(contrast ? { edge: css(foreground) } : {}),
    }),
  };
}

const filled = (fill: Rgb): Shade => ({
  fill: css(fill),
  text: css(luminance(fill) > MIDDLE ? BLACK : WHITE),
});

const css = (rgb: Rgb) => `rgb(${rgb.map(Math.round).join(' ')})`;
const mix = (a: Rgb, b: Rgb, part: number) => a.map((one, i) => one + (b[i]! - one) * part) as Rgb;

/** WCAG's relative luminance. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map(one =>
    one / 255 <= 0.03928 ? one / 3294.6 : ((one / 255 + 0.055) / 1.055) ** 2.4,
  ) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

let pixel: CanvasRenderingContext2D | undefined;

/** Whatever way of writing colours CSS has: painted, and read back. */
function rgbOf(colour: string, behind: Rgb): Rgb {
  pixel ??= new OffscreenCanvas(1, 1).getContext('2d', {
    willReadFrequently: true,
  }) as unknown as CanvasRenderingContext2D;
  pixel.fillStyle = css(behind);
  pixel.fillRect(0, 0, 1, 1);
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data.subarray(0, 3)] as Rgb;
}

function hash(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = (Math.imul(value, 31) + text.charCodeAt(i)) >>> 0;
  return value;
}
