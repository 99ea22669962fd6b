/** Texts as hostile as what a traced process may say, in every place of a run and of a notebook where texts are. */
import {
  emptyNotebook,
  type JsonObject,
  type Notebook,
  type NotebookCell,
  newCell,
  runOutput,
} from '../kernel/notebook/index.ts';
import type { Panel, RunSnapshot, ViewName } from '../kernel/protocol.ts';
import { textOf } from '../kernel/utf8.ts';
import { HOSTILE } from './unit/views-fixtures.ts';

/** By what is hostile in it. None of them may ever be more than text. */
export const HOSTILE_TEXTS: { readonly [name: string]: string } = {
  ...Object.fromEntries(
    Object.entries(HOSTILE).map(([name, text]) => [name, typeof text === 'string' ? text : textOf(text)]),
  ),
  comment: '<!-- <script>alert(2)',
  link: '[x](javascript:alert(3)) ![y](https://elsewhere.invalid/y.png)',
  url: 'https://elsewhere.invalid/z',
  fence: '````\n~~~~\n# heading',
  style: '<style>*{display:none}</style>',
  marker: '&lt;b&gt; \\u003c ${alert(4)}',
  nul: 'a\u0000b',
};

const texts = Object.values(HOSTILE_TEXTS);
const joined = texts.join(' ');
const counts = texts.map((_, index) => index + 1);
const hours = (count: number) => Date.UTC(2026, 0, 1, count);

/** A panel of each kind, in which all that can be text is hostile. */
const PANELS: Panel[] = [
  {
    id: 'records',
    kind: 'table',
    title: joined,
    columns: [
      { name: joined, kind: 'string' },
      { name: 'stack', kind: 'stack' },
      { name: 'other', kind: 'other' },
    ],
    rows: texts.map(text => [text, `${text}\n${text}`, { [text]: [text] }]),
    first: 0,
    total: texts.length,
    of: 'records',
    text: texts,
  },
  {
    id: 'histogram',
    kind: 'histogram',
    title: joined,
    scale: 'log2',
    series: texts.map((key, index) => ({ key, buckets: [{ lo: 1, hi: 2, count: index + 1 }] })),
    text: texts,
    history: {
      times: [hours(0), hours(1), hours(2)],
      heat: { buckets: [{ lo: 1, hi: 2 }], counts: [[1], [3]] },
    },
  },
  {
    id: 'bars',
    kind: 'bars',
    title: joined,
    valueName: joined,
    bars: texts.map((key, index) => ({ key, value: texts.length - index })),
    more: 0,
    text: texts,
    history: { times: [hours(0), hours(1)], lines: texts.map((key, index) => ({ key, values: [index] })) },
  },
  {
    id: 'series',
    kind: 'series',
    title: joined,
    valueName: joined,
    times: [hours(0), hours(1)],
    series: texts.map((key, index) => ({ key, values: [index, null] })),
    more: 0,
    text: texts,
  },
  {
    id: 'flame',
    kind: 'flame',
    title: joined,
    valueName: joined,
    frames: texts.map((name, index) => ({ name, of: index % 2 ? 'user' : 'kernel' })),
    stacks: counts.map(count => ({ frames: [...texts.keys()].slice(0, count), value: count })),
    more: 0,
    text: texts,
  },
  { id: 'said', kind: 'text', title: joined, lines: texts, first: 0, total: texts.length, stream: 'stderr' },
];

/** A run that is over. */
export function hostileRun(view?: ViewName): RunSnapshot {
  return {
    run: '00000000-0000-4000-8000-000000000000',
    cell: joined,
    phase: 'ended',
    reason: 'failed',
    startedAt: hours(0),
    elapsedMs: 1000,
    totals: { events: 1, rate: 0, dropped: 0, missed: 0 },
    fills: [{ name: joined, entries: 1, capacity: 2 }],
    ...(view ? { view } : {}),
    probes: texts,
    diagnostics: [
      {
        phase: 'load',
        code: 'verifier-refused',
        severity: 'error',
        message: joined,
        remedy: joined,
        facts: [joined],
        log: joined,
      },
    ],
    panels: PANELS,
  };
}

/** As far as it can be in a file that people and other programs write: characters only. */
const written = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');
const source = written(texts.map(text => `// ${text}`).join('\n'));
const others = written(joined);

const display = (data: JsonObject): JsonObject => ({ output_type: 'display_data', metadata: {}, data });

/** What programs other than ours may have left in a file. */
const FOREIGN: JsonObject[] = [
  display({ 'text/html': '<script>alert(5)</script><img src="https://elsewhere.invalid/a.png">' }),
  display({ 'application/javascript': 'alert(6)' }),
  display({
    'image/svg+xml':
      '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(7)"><script>alert(8)</script></svg>',
  }),
  display({ 'image/png': '"><script>alert(9)</script>' }),
  display({ 'text/markdown': `<script>alert(10)</script> ${HOSTILE_TEXTS['link']}` }),
  display({ 'text/plain': others, 'text/html': `<b onclick="alert(11)">${others}</b>` }),
  { output_type: 'stream', name: 'stdout', text: others },
  { output_type: 'error', ename: others, evalue: others, traceback: [others] },
];

function withOutputs(cell: NotebookCell, outputs: JsonObject[]): NotebookCell {
  return { ...cell, outputs };
}

export function hostileNotebook(): Notebook {
  return {
    ...emptyNotebook(),
    cells: [
      newCell(
        'markdown',
        'markdown',
        `# ${others.replaceAll('\n', ' ')}\n\n${others}\n\n\`\`\`${others}`,
        'words',
      ),
      withOutputs(newCell('code', 'bpftrace', source, 'trace'), [runOutput(hostileRun())]),
      withOutputs(newCell('code', 'bpf-c', source, 'foreign'), FOREIGN),
      newCell('raw', 'raw', others, 'raw'),
    ],
  };
}
