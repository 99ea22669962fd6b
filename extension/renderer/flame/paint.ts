/** A flame graph on a canvas: of thousands of frames, elements would take longer than a frame of the screen. */
import type { Colours, Shade } from './colours.ts';
import type { Box } from './layout.ts';
import { nameOf } from './words.ts';

/** Pixels. */
export const ROW_HEIGHT = 17;
const FONT_SIZE = 11;
const PADDING = 4;
/** Frames that hold no more than this of their name show none of it. */
const LEAST_CHARACTERS = 3;
/** Of what was not found, beside what was. */
const FADED_FILL = 0.3;
const FADED_TEXT = 0.75;

export interface Picture {
  colours: Colours;
  rows: Box[][];
  /** The top edge of a row, as far as the picture is scrolled. */
  top(row: number): number;
  shade(box: Box): Shade;
  /** Undefined = nothing is searched for. */
  matches: ((box: Box) => boolean) | undefined;
  /** Frames outside of this row are those it was zoomed into from. */
  zoomedRow: number;
  cursor: Box | undefined;
}

/** Draws into `width` × `height` pixels of the page. */
export function paint(canvas: HTMLCanvasElement, width: number, height: number, picture: Picture): void {
  const context = canvas.getContext('2d')!;
  const scale = window.devicePixelRatio || 1;
  // Setting it clears it, even to what it was.
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  context.font = `${FONT_SIZE}px ${picture.colours.font}`;
  context.textBaseline = 'middle';
  const character = context.measureText('0').width;
  for (const [row, boxes] of picture.rows.entries()) {
    const top = picture.top(row);
    if (top > -ROW_HEIGHT && top < height)
      for (const box of boxes) paintBox(context, box, top, character, picture);
  }
  if (picture.cursor) outline(context, picture.cursor, picture.top(picture.cursor.row), 2, picture);
}

function paintBox(
  context: CanvasRenderingContext2D,
  box: Box,
  top: number,
  character: number,
  picture: Picture,
): void {
  const { left, width } = pixels(box);
  if (width === 0) return;
  const { fill, text, edge } = picture.shade(box);
  const found = picture.matches?.(box);
  const faded = found === false || box.row < picture.zoomedRow;
  // A pixel between neighbours, where they have some to spare.
  const inner = width > 3 ? width - 1 : width;
  context.globalAlpha = faded ? FADED_FILL : 1;
  context.fillStyle = edge && inner <= 3 ? edge : fill;
  context.fillRect(left, top, inner, ROW_HEIGHT - 1);
  if (edge && inner > 3) {
    context.strokeStyle = edge;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, inner - 1, ROW_HEIGHT - 2);
  }
  const room = Math.floor((inner - 2 * PADDING) / character);
  if (room >= LEAST_CHARACTERS && box.nodes.length === 1) {
    // A faded box is nearly the page.
    context.globalAlpha = faded ? FADED_TEXT : 1;
    context.fillStyle = faded ? picture.colours.foreground : text;
    const name = shortened(nameOf(box.nodes[0]!), room);
    context.fillText(name, left + PADDING, top + ROW_HEIGHT / 2, inner - 2 * PADDING);
  }
  context.globalAlpha = 1;
  if (found) outline(context, box, top, 1, picture);
}

function outline(
  context: CanvasRenderingContext2D,
  box: Box,
  top: number,
  thickness: number,
  { colours }: Picture,
): void {
  const { left, width } = pixels(box);
  const half = thickness / 2;
  context.strokeStyle = colours.foreground;
  context.lineWidth = thickness;
  context.strokeRect(left + half, top + half, Math.max(1, width - 1) - thickness, ROW_HEIGHT - 1 - thickness);
}

/** On whole pixels; what rounds to none is not drawn. */
function pixels({ x, width }: Box): { left: number; width: number } {
  const left = Math.round(x);
  return { left, width: Math.round(x + width) - left };
}

function shortened(text: string, room: number): string {
  if (text.length <= room) return text;
  const characters = Array.from(text);
  return characters.length <= room ? text : `${characters.slice(0, room - 1).join('')}…`;
}
