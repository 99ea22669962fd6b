/** The runs of an exported page: each drawn in place of its text, by the notebook's own renderer, with nobody behind it. */
import type { OutputItem, RendererContext } from 'vscode-notebook-renderer';
import { activate } from './main.ts';
import { seeAll } from './sight.ts';

const alone = {
  workspace: { isTrusted: false },
  getState() {},
  setState() {},
} as unknown as RendererContext<unknown>;

/** The body names the theme as in VS Code, so that what is drawn follows a change. */
function followTheme(): void {
  const [dark, contrast] = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map(query =>
    matchMedia(query),
  );
  const name = () => {
    const [plain, strong] = dark!.matches
      ? ['vscode-dark', 'vscode-high-contrast']
      : ['vscode-light', 'vscode-high-contrast-light'];
    document.body.className = contrast!.matches ? strong! : plain!;
  };
  for (const query of [dark, contrast]) query!.addEventListener('change', name);
  name();
}

async function drawRuns(): Promise<void> {
  const renderer = (await activate(alone))!;
  for (const [index, data] of document.querySelectorAll('.nb-output > script').entries()) {
    const run: unknown = JSON.parse(data.textContent ?? '');
    const item = { id: String(index), mime: '', metadata: {}, json: () => run } as unknown as OutputItem;
    await renderer.renderOutputItem(item, data.parentElement!, new AbortController().signal);
  }
}

followTheme();
seeAll();
void drawRuns();
