/** The page that shows what is in a map: the notebook's own table, read anew on request. */
import type { OutputItem, RendererContext } from 'vscode-notebook-renderer';
import type { MapContents } from '../messages.ts';
import { startingSnapshot } from '../run/snapshot.ts';
import { element, setText } from './dom.ts';
import { activate } from './main.ts';
import css from './map.css';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const alone = {
  workspace: { isTrusted: false },
  getState() {},
  setState() {},
} as unknown as RendererContext<unknown>;

async function main(): Promise<void> {
  const renderer = (await activate(alone))!;
  const { postMessage } = acquireVsCodeApi();
  const about = element('span');
  const refresh = element('button', { class: 'button', text: 'Refresh', attributes: { type: 'button' } });
  const place = element('div');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
  document.body.classList.add('map-page');
  document.body.append(element('header', {}, about, refresh), place);

  addEventListener('message', ({ data }: MessageEvent<MapContents>) => {
    document.title = data.name;
    const time = new Date().toLocaleTimeString();
    setText(
      about,
      data.table
        ? `${data.about}, as of ${time}`
        : 'It cannot be read any more: its cell has been run again or removed.',
    );
    if (!data.table) return;
    const run = { ...startingSnapshot('', '', 0), phase: 'ended', panels: [data.table] };
    const item = { id: 'map', mime: '', metadata: {}, json: () => run } as unknown as OutputItem;
    void renderer.renderOutputItem(item, place, new AbortController().signal);
  });
  refresh.addEventListener('click', () => postMessage({}));
  postMessage({});
}

void main();
