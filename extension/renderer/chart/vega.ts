/** Vega, as far as charts need it. A module of its own, because it is large and many runs have no chart. */
import { Error as ErrorLevel, type Item, parse, type Spec, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';

const DATA = 'values';

export interface Drawing {
  /** Draws other data in the same chart. */
  update(values: unknown[]): Promise<unknown>;
  dispose(): void;
}

/** Draws a Vega-Lite spec whose data is given apart. Expressions are interpreted: the page may forbid eval. */
export async function draw(
  container: HTMLElement,
  spec: Record<string, unknown>,
  values: unknown[],
  config: Config,
): Promise<Drawing> {
  const named = { ...spec, data: { name: DATA, values } } as TopLevelSpec;
  const compiled = compile(named, { config }).spec as Spec;
  const view = new View(parse(compiled, undefined, { ast: true }), {
    container,
    renderer: 'svg',
    expr: expressionInterpreter,
    logLevel: ErrorLevel,
    tooltip: (_handler: unknown, event: Event, _item: Item, value: unknown) =>
      showTooltip(container, event, value),
  } as ConstructorParameters<typeof View>[1]);
  await view.runAsync();
  return {
    update: next => view.data(DATA, next as object[]).runAsync(),
    dispose: () => view.finalize(),
  };
}

function showTooltip(container: HTMLElement, _event: Event, value: unknown): void {
  const rows = value && typeof value === 'object' ? Object.entries(value) : [];
  container.title = rows.map(([name, text]) => `${name}: ${text}`).join('\n');
}
