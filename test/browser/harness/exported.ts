/** An exported page in the real browser, with nothing behind it: what it asks for, and what it is refused, is told. */
import type { Browser, Page } from 'playwright-core';

/** Not a secure one: pages are handed around by plain HTTP, too. */
const ADDRESS = 'http://exported.invalid/';

export interface ExportedOptions {
  dark?: boolean;
  contrast?: boolean;
  scripts?: boolean;
}

export class Exported {
  /** Addresses of what it asked for, itself aside. */
  readonly asked: string[] = [];
  /** What went wrong in it: refusals by its own policy, errors, dialogs. */
  readonly wrong: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(
    browser: Browser,
    html: string,
    { dark = false, contrast = false, scripts = true }: ExportedOptions = {},
  ): Promise<Exported> {
    const context = await browser.newContext({
      viewport: { width: 1100, height: 1000 },
      colorScheme: dark ? 'dark' : 'light',
      contrast: contrast ? 'more' : 'no-preference',
      javaScriptEnabled: scripts,
    });
    const exported = new Exported(await context.newPage());
    const { page, asked, wrong } = exported;
    page.on('console', message => message.type() === 'error' && wrong.push(message.text()));
    page.on('pageerror', error => wrong.push(error.message));
    page.on('dialog', dialog => {
      wrong.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.route('**/*', route => {
      const url = route.request().url();
      if (url === ADDRESS)
        return route.fulfill({ contentType: 'text/html; charset=utf-8', body: Buffer.from(html) });
      asked.push(url);
      return route.abort();
    });
    await page.goto(ADDRESS);
    return exported;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
