/** How an exported page looks: VS Code's own colours, light or dark as the reader's system is, and light on paper. */

const LIGHT = {
  foreground: '#3b3b3b',
  descriptionForeground: '#616161',
  'editor-background': '#ffffff',
  'notebook-outputContainerBackgroundColor': '#ffffff',
  'textCodeBlock-background': '#f6f6f6',
  'textBlockQuote-background': '#f8f8f8',
  'textLink-foreground': '#005fb8',
  'widget-border': '#e0e0e0',
  'list-hoverBackground': '#f2f2f2',
  'input-background': '#ffffff',
  'input-foreground': '#3b3b3b',
  'input-border': '#cecece',
  'dropdown-background': '#ffffff',
  'dropdown-foreground': '#3b3b3b',
  'dropdown-border': '#cecece',
  'button-secondaryBackground': '#e5e5e5',
  'button-secondaryForeground': '#3b3b3b',
  'button-secondaryHoverBackground': '#cccccc',
  'button-background': '#005fb8',
  'button-foreground': '#ffffff',
  focusBorder: '#005fb8',
  errorForeground: '#c72e0f',
  'editorWarning-foreground': '#895503',
  'charts-blue': '#0063d3',
  'charts-green': '#388a34',
  'charts-yellow': '#895503',
  'charts-orange': '#d18616',
  'charts-red': '#c72e0f',
  'charts-purple': '#652d90',
  'debugTokenExpression-number': '#098658',
  // Not VS Code's: of code.
  'export-keyword': '#0000ff',
  'export-name': '#795e26',
  'export-variable': '#001080',
  'export-string': '#a31515',
  'export-number': '#098658',
  'export-comment': '#008000',
  'export-type': '#267f99',
};

const DARK: typeof LIGHT = {
  foreground: '#cccccc',
  descriptionForeground: '#9d9d9d',
  'editor-background': '#1f1f1f',
  'notebook-outputContainerBackgroundColor': '#1f1f1f',
  'textCodeBlock-background': '#282828',
  'textBlockQuote-background': '#2b2b2b',
  'textLink-foreground': '#4daafc',
  'widget-border': '#3c3c3c',
  'list-hoverBackground': '#2a2d2e',
  'input-background': '#313131',
  'input-foreground': '#cccccc',
  'input-border': '#3c3c3c',
  'dropdown-background': '#313131',
  'dropdown-foreground': '#cccccc',
  'dropdown-border': '#3c3c3c',
  'button-secondaryBackground': '#313131',
  'button-secondaryForeground': '#cccccc',
  'button-secondaryHoverBackground': '#3c3c3c',
  'button-background': '#0078d4',
  'button-foreground': '#ffffff',
  focusBorder: '#0078d4',
  errorForeground: '#f85149',
  'editorWarning-foreground': '#cca700',
  'charts-blue': '#59a4f9',
  'charts-green': '#89d185',
  'charts-yellow': '#cca700',
  'charts-orange': '#d18616',
  'charts-red': '#f14c4c',
  'charts-purple': '#b180d7',
  'debugTokenExpression-number': '#b5cea8',
  'export-keyword': '#569cd6',
  'export-name': '#dcdcaa',
  'export-variable': '#9cdcfe',
  'export-string': '#ce9178',
  'export-number': '#b5cea8',
  'export-comment': '#6a9955',
  'export-type': '#4ec9b0',
};

/** What differs for readers who asked their system for more contrast. */
const CONTRAST_LIGHT = {
  foreground: '#000000',
  descriptionForeground: '#292929',
  'textCodeBlock-background': '#ffffff',
  'textBlockQuote-background': '#ffffff',
  'widget-border': '#0f4a85',
  'list-hoverBackground': '#ffffff',
  contrastBorder: '#0f4a85',
  focusBorder: '#006bbd',
};
const CONTRAST_DARK: typeof CONTRAST_LIGHT = {
  foreground: '#ffffff',
  descriptionForeground: '#ffffff',
  'textCodeBlock-background': '#000000',
  'textBlockQuote-background': '#000000',
  'widget-border': '#6fc3df',
  'list-hoverBackground': '#000000',
  contrastBorder: '#6fc3df',
  focusBorder: '#f38518',
};
const BLACK = {
  'editor-background': '#000000',
  'notebook-outputContainerBackgroundColor': '#000000',
  'input-background': '#000000',
  'input-border': '#6fc3df',
};

const variables = (colours: { [name: string]: string }) =>
  Object.entries(colours)
    .map(([name, colour]) => `--vscode-${name}: ${colour};`)
    .join(' ');

export const STYLE = `:root {
  color-scheme: light dark;
  --vscode-font-family: system-ui, "Segoe UI", Ubuntu, "Droid Sans", sans-serif;
  --vscode-editor-font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  ${variables(LIGHT)}
}
@media screen and (prefers-color-scheme: dark) { :root { ${variables(DARK)} } }
@media screen and (prefers-contrast: more) { :root { ${variables(CONTRAST_LIGHT)} } }
@media screen and (prefers-contrast: more) and (prefers-color-scheme: dark) {
  :root { ${variables({ ...CONTRAST_DARK, ...BLACK })} }
}
@media (prefers-contrast: more) { .nb-code > pre, .nb-raw > pre { border: 1px solid var(--vscode-contrastBorder); } }
body {
  box-sizing: border-box; max-width: 1040px; margin: 0 auto; padding: 24px 32px 64px;
  background: var(--vscode-editor-background); color: var(--vscode-foreground);
  font: 14px/1.6 var(--vscode-font-family);
}
body > header, body > footer { color: var(--vscode-descriptionForeground); font-size: 12px; }
body > header { padding-bottom: 8px; border-bottom: 1px solid var(--vscode-widget-border); }
main > section { margin: 16px 0; }
pre, code { font-family: var(--vscode-editor-font-family); }
pre { margin: 0; overflow-x: auto; font-size: 13px; line-height: 1.5; tab-size: 4; }
.nb-code > pre, .nb-raw > pre, .nb-markdown pre {
  padding: 10px 14px; border-radius: 4px; background: var(--vscode-textCodeBlock-background);
}
.nb-code { position: relative; }
.nb-code > .nb-language {
  position: absolute; top: 2px; right: 8px; color: var(--vscode-descriptionForeground); font-size: 11px;
}
.nb-output { margin: 8px 0 0; padding-left: 14px; border-left: 2px solid var(--vscode-widget-border); }
.nb-output > img { max-width: 100%; }
.nb-output > .nb-failed { color: var(--vscode-errorForeground); }
.nb-markdown h1, .nb-markdown h2 { line-height: 1.3; }
.nb-markdown h1 { font-size: 26px; } .nb-markdown h2 { font-size: 20px; } .nb-markdown h3 { font-size: 16px; }
.nb-markdown img { max-width: 100%; }
.nb-markdown :not(pre) > code {
  padding: 1px 4px; border-radius: 3px; background: var(--vscode-textCodeBlock-background); font-size: 13px;
}
.nb-markdown table { border-collapse: collapse; }
.nb-markdown th, .nb-markdown td { padding: 4px 10px; border: 1px solid var(--vscode-widget-border); }
.nb-markdown blockquote {
  margin: 0; padding: 2px 14px; border-left: 4px solid var(--vscode-widget-border);
  background: var(--vscode-textBlockQuote-background);
}
a { color: var(--vscode-textLink-foreground); }
.hljs-keyword, .hljs-literal { color: var(--vscode-export-keyword); }
.hljs-title, .hljs-built_in { color: var(--vscode-export-name); }
.hljs-variable, .hljs-attr, .hljs-params { color: var(--vscode-export-variable); }
.hljs-string { color: var(--vscode-export-string); }
.hljs-number { color: var(--vscode-export-number); }
.hljs-comment { color: var(--vscode-export-comment); }
.hljs-type { color: var(--vscode-export-type); }
.hljs-meta { color: var(--vscode-descriptionForeground); }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; }
  .nb-code > pre, .nb-output pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .nb-markdown h1, .nb-markdown h2, .nb-markdown h3 { break-after: avoid; }
  .panel { break-inside: avoid; }
  .nb-output button, .nb-output input, .nb-output .tools { display: none; }
  /* Charts were drawn in the colours of the screen. */
  .chart svg text { fill: #3b3b3b; }
}
`;
