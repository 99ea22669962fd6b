/** Vega's specs of all charts. Vega-Lite makes them when the project is built: it is as large as what draws them. */
import { compile, type TopLevelSpec } from 'vega-lite';
import { CHART_SPECS, type ChartKind, type ChartWords } from '../../../kernel/notebook/charts/index.ts';
import type { JsonObject } from '../../../kernel/notebook/index.ts';
import { standIn } from './slots.ts';

const WORDS = Object.fromEntries(
  (['title', 'amount', 'measured', 'scale', 'suffix'] as const).map(name => [name, standIn(name)]),
) as unknown as ChartWords;
const CONFIG = { mark: { color: standIn('ink') }, text: { color: standIn('text') } };

/** A plot of its own fills the width that it is given; facets are as wide as they are told. */
function template(kind: ChartKind, log: boolean): string {
  const { spec: facet, ...outer } = CHART_SPECS[kind](WORDS, { log, live: true });
  const size = { width: 400 };
  const whole = {
    ...outer,
    ...(facet ? { spec: { ...(facet as JsonObject), ...size } } : size),
    background: null,
    // Times are numbers already.
    data: { name: 'values', format: { parse: null } },
  };
  const compiled = compile(whole as unknown as TopLevelSpec, { config: CONFIG }).spec;
  return JSON.stringify(facet ? compiled : { ...compiled, autosize: FITS });
}

const FITS = { type: 'fit-x', contains: 'padding' };

/** As JSON: with linear amounts, and by factors of ten. */
export default Object.fromEntries(
  (Object.keys(CHART_SPECS) as ChartKind[]).map(kind => [
    kind,
    { linear: template(kind, false), log: template(kind, true) },
  ]),
) as { [kind in ChartKind]: { linear: string; log: string } };
