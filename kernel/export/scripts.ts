/** The scripts of a page, from dist/: the renderer of runs without a notebook around it. */
import { readFileSync } from 'node:fs';
import { formsOf } from '../notebook/index.ts';
import { pageScript } from '../paths.ts';
import type { RunSnapshot, ViewName } from '../protocol.ts';

/** Forms that Vega draws, which is ten times the size of all the rest. */
const CHARTS: ReadonlySet<ViewName> = new Set<ViewName>(['chart', 'heatmap', 'lines']);

/** What draws these runs, in the order in which it runs. */
export function pageScripts(runs: readonly RunSnapshot[]): string[] {
  if (runs.length === 0) return [];
  const panels = runs.flatMap(run => run.panels);
  const charts = panels.some(panel => formsOf(panel).some(form => CHARTS.has(form)));
  return [...(charts ? ['page-charts'] : []), 'page'].map(name =>
    readFileSync(pageScript(name), 'utf8').trim(),
  );
}
