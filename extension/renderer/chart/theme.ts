/** Vega's colours and fonts, from the workbench's theme. */
import type { Config } from 'vega';

export interface ChartTheme {
  config: Config;
  /** Of marks; of text among them; of what a saved picture is painted on. */
  ink: string;
  text: string;
  ground: string;
}

/** Colours of lines: the theme's for charts. Its orange is meant to be looked through, and too pale for a line. */
const CATEGORIES: [name: string, fallback: string][] = [
  ['charts-blue', '#3794ff'],
  ['', '#d18616'],
  ['charts-green', '#388a34'],
  ['charts-purple', '#b180d7'],
  ['charts-red', '#f14c4c'],
  ['charts-yellow', '#cca700'],
  ['', '#17a2a2'],
  ['', '#d16ba5'],
];

export function chartTheme(place: Element): ChartTheme {
  const style = getComputedStyle(place);
  const read = (name: string, fallback: string) =>
    style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const text = read('foreground', style.color);
  const quiet = read('descriptionForeground', text);
  const ground = read('editor-background', 'white');
  const line = read('widget-border', read('editorWidget-border', 'rgba(128, 128, 128, 0.35)'));
  const font = read('font-family', 'sans-serif');
  const ink = read('charts-blue', '#3794ff');
  const small = { font, fontSize: 11, fill: quiet };
  return {
    ink,
    text,
    ground,
    config: {
      padding: { left: 4, right: 8, top: 4, bottom: 4 },
      axis: { domainColor: line, tickColor: line, gridColor: line, gridOpacity: 0.5 },
      axisX: { labelColor: quiet, titleColor: quiet, titleFontWeight: 'normal' },
      axisY: { labelColor: quiet, titleColor: quiet, titleFontWeight: 'normal' },
      legend: { labelColor: text, titleColor: quiet, titleFontWeight: 'normal', symbolStrokeWidth: 3 },
      title: { color: text, font, fontSize: 12, fontWeight: 600, offset: 10 },
      style: {
        'guide-label': small,
        'guide-title': { ...small, fontWeight: 'normal' },
        'group-title': { font, fontSize: 12, fontWeight: 600, fill: text },
        text: { font, fontSize: 11, fill: text },
      },
      range: {
        category: CATEGORIES.map(([name, fallback]) => read(name, fallback)),
        heatmap: heat(style.color),
      },
    },
  };
}

/** From few to many: ever farther from the ground, by way of blue. */
const HEAT = {
  onLight: ['#dbe9f6', '#6aaed6', '#2b6cb0', '#08204a'],
  onDark: ['#173250', '#2f74c0', '#7fbcf5', '#fff3b8'],
};

/** Computed colours are always written `rgb(…)`. */
function heat(text: string): string[] {
  const [red = 0, green = 0, blue = 0] = text.match(/[\d.]+/g)?.map(Number) ?? [];
  return red + green + blue > 3 * 128 ? HEAT.onDark : HEAT.onLight;
}
