/** The notebook renderer of runs. */
import type { ActivationFunction } from 'vscode-notebook-renderer';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import type { ExtensionMessage } from '../messages.ts';
import chartCss from './chart/style.css';
import { element } from './dom.ts';
import flameCss from './flame/style.css';
import { RunView } from './runView.ts';
import type { Messaging } from './stream.ts';
import css from './style.css';
import tableCss from './table/style.css';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css + chartCss + flameCss + tableCss);

/** The style sheet, once in each tree that outputs are put into. */
function style(place: HTMLElement): void {
  const root = place.getRootNode() as Document | ShadowRoot;
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

export const activate: ActivationFunction = context => {
  const views = new Map<string, { view: RunView; place: HTMLElement }>();
  const listen = context.onDidReceiveMessage;
  const messaging: Messaging = {
    post: context.postMessage && (message => context.postMessage!(message)),
    listen: listen && (listener => listen((message: ExtensionMessage) => listener(message))),
  };

  const drop = (id: string) => {
    views.get(id)?.view.dispose();
    views.delete(id);
  };

  return {
    // It comes again with the same element when the output changes: an update, not a new view.
    renderOutputItem(item, place) {
      style(place);
      const run = item.json() as RunSnapshot;
      if (typeof run?.run !== 'string' || !Array.isArray(run.panels)) {
        drop(item.id);
        place.replaceChildren(
          element('div', { class: 'run', text: 'This output is not a run that can be shown.' }),
        );
        return;
      }
      const known = views.get(item.id);
      if (known && known.place === place && place.contains(known.view.element)) return known.view.show(run);
      drop(item.id);
      const view = new RunView(run, messaging);
      views.set(item.id, { view, place });
      place.replaceChildren(view.element);
    },
    disposeOutputItem(id) {
      for (const known of id === undefined ? [...views.keys()] : [id]) drop(known);
    },
  };
};
