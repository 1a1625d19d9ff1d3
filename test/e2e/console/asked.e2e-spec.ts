import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Page } from 'playwright-core';
import {
  ConsoleUnderTest,
  describeInBrowser,
  faultsFor,
  inPage,
  loaded,
  overhang,
  START_MS,
} from './support';
import { NARROW } from './support/chromium';

const FORM = '/tools?server=everything&name=trigger-elicitation-request';
const ADDRESS = '/tools?server=everything&name=trigger-url-elicitation';
const ANSWER = 'Ada of the canary 4711';

describeInBrowser('tools that ask on the way', () => {
  let console: ConsoleUnderTest;
  let elsewhere: Server;
  let elsewhereUrl: string;

  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<title>elsewhere</title>${String(request.headers.referer)}`);
    }).listen(0, '127.0.0.1');
    console = await ConsoleUnderTest.start();
    elsewhereUrl = `http://127.0.0.1:${String((elsewhere.address() as AddressInfo).port)}/sign-in?for=you`;
    // A process that callers share cannot tell whom it asks: each session has one of its own.
    const json_spec = { type: 'stdio', command: 'everything', session_isolation: 'per_session' };
    const server = { name: 'everything', json_spec };
    await console.quayside.api.ok('POST', '/api/v1/mcp/instances?wait=60', server);
  }, START_MS);
  afterAll(async () => {
    await (console as ConsoleUnderTest | undefined)?.stop();
    elsewhere.close();
  });

  const asked = async (path: string) => {
    const opened = await console.open(path);
    await opened.page.getByTestId('tool-run').click();
    await opened.page.getByTestId('tool-asked').waitFor();
    return opened;
  };
  const field = (page: Page, name: string) => page.getByTestId('tool-asked-form').getByLabel(name).first();

  it('show a form that is filled in by keyboard, checked, and sent', async () => {
    const { page, watch } = await asked(FORM);
    // Who asks is what is heard first.
    await page.getByRole('heading', { name: '“everything” asks' }).and(page.locator(':focus')).waitFor();
    await page
      .getByTestId('tool-asked-left')
      .getByText(/min|s left/)
      .waitFor();
    expect(await page.getByTestId('tool-run').isDisabled()).toBe(true);
    expect(await field(page, 'String with default').inputValue()).toBe('It was a dark and stormy night.');

    await field(page, 'String').focus();
    await page.keyboard.type(ANSWER);
    await field(page, 'String with email format').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByTestId('tool-asked-form').getByText('is no e-mail address').first().waitFor();
    expect(await page.getByTestId('tool-result').count()).toBe(0);
    await field(page, 'String with email format').fill('ada@example.com');
    await page.keyboard.press('Enter');
    await page.getByTestId('tool-result-text').getByText(ANSWER).first().waitFor();
    await page.getByTestId('tool-result-text').getByText('ada@example.com').first().waitFor();
    expect(await page.getByTestId('tool-asked').count()).toBe(0);
    // What was answered belongs to the server: it is no argument, and is kept nowhere.
    const kept = await inPage<string>(page, 'JSON.stringify([{ ...sessionStorage }, { ...localStorage }])');
    expect(kept).toContain('trigger-elicitation-request');
    expect(kept).not.toContain(ANSWER);
    expect(console.quayside.log.length).toBeGreaterThan(0);
    expect(console.quayside.log.join('\n')).not.toContain(ANSWER);
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it.each([
    ['decline', 'declined'],
    ['cancel', 'cancelled'],
  ])('take a %s for an answer', async (action, words) => {
    const { page, watch } = await asked(FORM);
    await page.getByTestId(`tool-asked-${action}`).click();
    await page.getByTestId('tool-result-text').getByText(words).first().waitFor();
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it('can be read and used in both themes, and on a telephone', async () => {
    const { page, watch } = await asked(FORM);
    await page.getByTestId('tool-asked-accept').waitFor();
    for (const theme of ['light', 'dark'] as const) {
      await console.paintedIn(page, theme);
      expect(await faultsFor(page, theme === 'light' ? 'everything' : 'colours')).toEqual([]);
    }
    await page.setViewportSize(NARROW);
    await page.getByTestId('tool-asked-accept').scrollIntoViewIfNeeded();
    expect(await overhang(page)).toBeLessThanOrEqual(0);
    expect(await faultsFor(page, 'everything')).toEqual([]);
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it('send somebody to a page, at a click and no sooner', async () => {
    const { page, watch } = await console.open(ADDRESS);
    await page.getByTestId('tool-form').getByLabel('url').first().fill(elsewhereUrl);
    await page.getByTestId('tool-run').click();
    await page.getByTestId('tool-asked').waitFor();
    expect(await page.getByTestId('tool-asked-url').textContent()).toBe(elsewhereUrl);
    const { host } = new URL(elsewhereUrl);
    expect(await page.getByTestId('tool-asked-url').locator('strong').textContent()).toBe(host);
    expect(await faultsFor(page, 'everything')).toEqual([]);
    expect(console.context.pages().length).toBe(console.context.pages().indexOf(page) + 1);

    const [popup] = await Promise.all([
      console.context.waitForEvent('page'),
      page.getByTestId('tool-asked-open').click(),
    ]);
    await popup.waitForLoadState();
    // Nobody but the browser went there, so nothing but its error page says that a network changed meanwhile.
    if (popup.url().startsWith('chrome-error:')) await loaded(() => popup.reload());
    await popup.getByText('undefined').waitFor();
    expect(popup.url()).toBe(elsewhereUrl);
    expect(await inPage(popup, 'window.opener === null')).toBe(true);
    await popup.close();
    await page.getByTestId('tool-asked-accept').click();
    await page.getByTestId('tool-result-text').first().waitFor();
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it('do not lead to what is no page', async () => {
    const { page } = await console.open(ADDRESS);
    await page.getByTestId('tool-form').getByLabel('url').first().fill('javascript:alert(1)');
    await page.getByTestId('tool-run').click();
    await page.getByTestId('tool-asked-refused').getByText('javascript:alert(1)').waitFor();
    expect(await page.getByTestId('tool-asked-open').count()).toBe(0);
    expect(await page.getByTestId('tool-asked-accept').count()).toBe(0);
    await page.getByTestId('tool-asked-decline').click();
    await page.getByTestId('tool-result-text').first().waitFor();
    await page.close();
  });

  it('say when the time to answer is over, and can be run again', async () => {
    const { page } = await console.open(FORM);
    await page.clock.install();
    await page.getByTestId('tool-run').click();
    await page.getByTestId('tool-asked-accept').waitFor();
    await page.clock.fastForward('05:01');
    await page.getByTestId('tool-asked-over').waitFor();
    expect(await page.getByTestId('tool-asked-accept').count()).toBe(0);
    await page.getByTestId('tool-run').click();
    await page.getByTestId('tool-asked-accept').waitFor();
    await page.close();
  });

  it('are taken back when their page is left', async () => {
    const { page, watch } = await asked(FORM);
    const left = page.waitForRequest((request) => request.postData()?.includes('"cancel"') === true);
    await page.getByTestId('tools-tab-prompts').click();
    expect((await (await left).response())?.status()).toBe(200);
    expect(watch.take()).toEqual([]);
    await page.close();
  });
});
