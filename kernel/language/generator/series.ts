/** Time series: `@m = tseries(…)`, one element for each of the newest intervals. */
import type { Aggregation } from '../../layout.ts';
import type { MapNode } from '../nodes.ts';
import { mapValue, withElement } from './mapAccess.ts';
import type { ProgramWriter } from './program.ts';

type Series = Aggregation & { fn: 'tseries' };

/** Adds a number to the interval that it is now. What the element held of an older interval is dropped. */
export function addToSeries(g: ProgramWriter, map: MapNode, series: Series, number: string): void {
  const now = g.local('__u64', 'now', clock(g));
  const epoch = g.local('__u64', 'epoch', `${now} / ${series.interval}ULL`);
  const add = (element: string) => {
    g.block(`if (${element}->epoch != ${epoch})`, () => {
      g.emit(`${element}->epoch = ${epoch};`);
      g.emit(`${element}->total = 0;`);
      g.emit(`${element}->count = 0;`);
    });
    ADD[series.keep ?? 'last'](g, element, number);
    g.emit(`${element}->count += 1;`);
    g.emit(`${element}->stamp = ${now};`);
  };
  withElement(g, map, add, `${epoch} % ${series.count}`);
}

/** The time in nanoseconds: since boot, or what a test says. */
function clock(g: ProgramWriter): string {
  const map = g.module.maps.get(g.config.dummy_ts_map);
  return map && !map.key && map.info.value.kind === 'int'
    ? mapValue(g, { kind: 'map', name: map.info.name, start: 0, end: 0 })
    : 'bpf_ktime_get_boot_ns()';
}

type Add = (g: ProgramWriter, element: string, number: string) => void;

const sum: Add = (g, element, number) => g.emit(`${element}->total += ${number};`);
const last: Add = (g, element, number) => g.emit(`${element}->total = ${number};`);
const extreme =
  (operator: '<' | '>'): Add =>
  (g, element, number) => {
    g.emit(`if (!${element}->count || ${number} ${operator} ${element}->total)`);
    g.emit(`\t${element}->total = ${number};`);
  };

/** How an interval's numbers become one; averages are made when they are shown. */
const ADD: Readonly<Record<NonNullable<Series['keep']> | 'last', Add>> = {
  last,
  sum,
  avg: sum,
  min: extreme('<'),
  max: extreme('>'),
};
