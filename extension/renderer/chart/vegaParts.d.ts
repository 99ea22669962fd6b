/** Vega's parts: their types are declared for the whole. */
declare module 'vega-parser' {
  export { parse } from 'vega';
}
declare module 'vega-view' {
  export { View } from 'vega';
}
declare module 'vega-dataflow' {
  export { transforms } from 'vega';
}
declare module 'vega-transforms' {
  import type { Transform } from 'vega';
  export const aggregate: Transform, collect: Transform, extent: Transform, facet: Transform;
  export const filter: Transform, formula: Transform, multiextent: Transform, multivalues: Transform;
  export const params: Transform, prefacet: Transform, proxy: Transform, relay: Transform;
  export const sequence: Transform, sieve: Transform, subflow: Transform, values: Transform;
}
declare module 'vega-encode' {
  import type { Transform } from 'vega';
  export const axisticks: Transform, datajoin: Transform, encode: Transform, legendentries: Transform;
  export const scale: Transform, sortitems: Transform;
}
declare module 'vega-view-transforms' {
  import type { Transform } from 'vega';
  export const bound: Transform, mark: Transform, overlap: Transform, render: Transform;
  export const viewlayout: Transform;
}
