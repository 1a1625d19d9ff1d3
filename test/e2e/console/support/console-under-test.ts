import { type BrowserContext, type Page } from 'playwright-core';
import { eventually } from '@app/testing';
import { Installation, type InstallationOptions } from '../../installation';
import { type Browser, startBrowser, WIDE } from './chromium';
import { loaded } from './loaded';
import { PageWatch } from './page-watch';

/** On a busy machine; what a page shows is there in milliseconds otherwise. */
export const SHOWN_MS = 60_000;
export const START_MS = 240_000;
/** An animation that has not ended by then never does, or nothing is drawn: neither may hold up a look for ever. */
const PAINTED_MS = 5_000;

export interface OpenPage {
  readonly page: Page;
  readonly watch: PageWatch;
}

/**
 * The real console on the real server, in a real browser: one of each per file of tests.
 *
 *     const console = await ConsoleUnderTest.start();
 *     const { page } = await console.open('/instances');
 *     await page.getByTestId('instances-create').click();
 */
export class ConsoleUnderTest {
  private constructor(
    readonly quayside: Installation,
    private readonly browser: Browser,
  ) {}

  /** Signed in with the key of the installation, unless told otherwise. */
  static async start(
    options: InstallationOptions & { readonly signedIn?: boolean } = {},
  ): Promise<ConsoleUnderTest> {
    const quayside = await Installation.start(options);
    try {
      const console = new ConsoleUnderTest(quayside, await startBrowser());
      if (options.signedIn !== false) await console.signIn();
      return console;
    } catch (error) {
      await quayside.stop();
      throw error;
    }
  }

  get context(): BrowserContext {
    return this.browser.context;
  }

  get origin(): string {
    const role = this.quayside.roles().includes('all-in-one') ? 'all-in-one' : 'api';
    return `http://127.0.0.1:${String(this.quayside.port(role))}`;
  }

  urlOf(path: string): string {
    return `${this.origin}/console${path}`;
  }

  /** As the page does it; afterwards every page of this browser is signed in. */
  async signIn(credentials: object = { api_key: this.quayside.key }): Promise<void> {
    const answer = await this.context.request.post(`${this.origin}/api/v1/auth/session`, {
      data: credentials,
      headers: { origin: this.origin },
    });
    if (!answer.ok()) throw new Error(`The sign-in was answered ${answer.status()}: ${await answer.text()}`);
  }

  /** A new page at a path of the console, once it shows its heading. */
  async open(path: string): Promise<OpenPage> {
    const page = await this.context.newPage();
    page.setDefaultTimeout(SHOWN_MS);
    await page.setViewportSize(WIDE);
    const watch = new PageWatch(page, this.origin);
    await loaded(() => page.goto(this.urlOf(path)));
    await this.shown(page);
    return { page, watch };
  }

  /** Another screen of the same page, without loading it anew. */
  async goTo(page: Page, path: string): Promise<void> {
    const url = this.urlOf(path);
    await inPage(
      page,
      `history.pushState({}, '', ${JSON.stringify(url)}); dispatchEvent(new PopStateEvent('popstate'))`,
    );
    await page.waitForURL(url);
    await this.shown(page);
  }

  /** There is a heading, and nothing that stands for what is still to come. */
  async shown(page: Page): Promise<void> {
    await page.locator('h1').first().waitFor({ timeout: SHOWN_MS });
    await eventually(
      async () => {
        const waiting = await page.locator('[aria-busy="true"], .mantine-Skeleton-root').count();
        if (waiting > 0) throw new Error(`${page.url()} still loads.`);
      },
      { deadlineMs: SHOWN_MS, everyMs: 25 },
    );
  }

  /** The theme of the system, once the page has taken it up; without motion, so that no colour is between two. */
  async paintedIn(page: Page, theme: 'light' | 'dark'): Promise<void> {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page
      .locator(`html[data-mantine-color-scheme="${theme}"]`)
      .waitFor({ state: 'attached', timeout: SHOWN_MS });
    await inPage(
      page,
      `Promise.race([
        new Promise((done) => setTimeout(done, ${String(PAINTED_MS)})),
        Promise.all(document.getAnimations().filter(({ playState, effect }) =>
          playState === 'running' && effect?.getTiming().iterations !== Infinity)
          .map(({ finished }) => finished.catch(() => undefined)))
          .then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))),
      ])`,
    );
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.quayside.stop();
  }
}

/** Runs an expression in the page by the debugger: the policy of the page forbids it to anybody else. */
export async function inPage<T>(page: Page, expression: string): Promise<T> {
  const session = await page.context().newCDPSession(page);
  try {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      ...{ expression, awaitPromise: true, returnByValue: true },
    });
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as T;
  } finally {
    await session.detach();
  }
}
