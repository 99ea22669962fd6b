/** Vega's colours and fonts, from the workbench's theme. */
import type { Config } from 'vega-lite';

export function chartConfig(place: Element): Config {
  const style = getComputedStyle(place);
  const read = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const text = read('--vscode-foreground', style.color);
  const quiet = read('--vscode-descriptionForeground', text);
  const line = read(
    '--vscode-widget-border',
    read('--vscode-editorWidget-border', 'rgba(128, 128, 128, 0.35)'),
  );
  const font = read('--vscode-font-family', 'sans-serif');
  return {
    background: 'transparent',
    padding: { left: 4, right: 12, top: 4, bottom: 4 },
    font,
    bar: { color: read('--vscode-charts-blue', '#3794ff') },
    view: { stroke: 'transparent' },
    title: { color: text, font, fontSize: 12, fontWeight: 600, anchor: 'start', offset: 10 },
    axis: {
      labelColor: quiet,
      titleColor: quiet,
      domainColor: line,
      tickColor: line,
      gridColor: line,
      gridOpacity: 0.5,
      labelFont: font,
      titleFont: font,
      titleFontWeight: 'normal',
      labelFontSize: 11,
      titleFontSize: 11,
    },
    axisX: { grid: false },
    header: { labelColor: text, labelFont: font, labelFontSize: 11, labelFontWeight: 600 },
    scale: { bandPaddingInner: 0.12 },
  };
}
