/** The notebook file, cell options, saved outputs and charts. Pure: the extension, the CLI and views use it. */
export { type Chart, chartOf, chosenChart, type VegaOptions, vegaLite } from './charts/index.ts';
export { chosenView, presetView, runInCell, withChosenView } from './choice.ts';
export {
  emptyNotebook,
  type Notebook,
  type NotebookCell,
  NotebookError,
  type NotebookFormat,
  newCell,
  parseNotebook,
  stringifyNotebook,
} from './file.ts';
export { formOf, formsOf, tableForm, VIEW_NAMES } from './forms.ts';
export { changedHeaders, includedHeaders } from './headers.ts';
export { escapeHtml, panelHtml } from './html.ts';
export type { Json, JsonObject } from './json.ts';
export {
  asBigInt,
  bucketLabel,
  byteSize,
  cellText,
  duration,
  isNumeric,
  shortInteger,
  visible,
  visibleLine,
} from './labels.ts';
export { panelsOnce } from './once.ts';
export { type OptionHelp, optionHelp } from './optionHelp.ts';
export {
  type CellOptions,
  OPTION_MARKS,
  OPTIONS,
  type ParsedOptions,
  parseDuration,
  parseOptions,
  parseParams,
  parseShare,
  positionalParams,
} from './options.ts';
export {
  type OutputItem,
  outputItems,
  outputOfItems,
  RUN_MIME,
  runOfOutput,
  runOutput,
  runOutputs,
  runText,
  VEGA_MIME,
} from './outputs.ts';
export { paramsEdit } from './params.ts';
export { BOUNDS, boundSnapshot } from './saved.ts';
export { panelText, renderPanels, runLine, type TextPanelOptions } from './text.ts';
