import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type Locator, type Page } from 'playwright-core';
import { eventually } from '@app/testing';
import {
  type Browser,
  describeInBrowser,
  FreshStart,
  headingHasFocus,
  inPage,
  loaded,
  PageWatch,
  press,
  SHOWN_MS,
  START_MS,
  startBrowser,
  tabTo,
} from './support';

/** What people are promised, and what a machine that does many things at once may make of it. */
const PROMISE_MS = 60_000;
const BUSY_FACTOR = 4;
const PASSWORD = 'nine patient otters';
const COMMAND = /^claude mcp add --transport http \S+ (\S+) --header "Authorization: Bearer (qs_\S+)"$/;

jest.setTimeout(START_MS);

/** How somebody acts on a page: with a pointer, or with the keyboard alone. */
interface Hand {
  readonly press: (element: Locator) => Promise<void>;
  readonly type: (field: Locator, text: string) => Promise<void>;
  /** Another screen is there. */
  readonly arrived: () => Promise<void>;
}

/** Flow A of the console: from nothing to a client that calls a tool. */
describeInBrowser('the first minute', () => {
  let start: FreshStart;
  let browser: Browser;
  let page: Page;
  let watch: PageWatch;
  const startedAt = performance.now();

  beforeAll(async () => {
    start = await FreshStart.begin();
    browser = await startBrowser();
    page = await browser.context.newPage();
    page.setDefaultTimeout(SHOWN_MS);
    watch = new PageWatch(page, start.origin);
  }, START_MS);
  afterAll(async () => {
    await (browser as Browser | undefined)?.close();
    await (start as FreshStart | undefined)?.stop();
  }, START_MS);

  const at = (testId: string): Locator => page.getByTestId(testId);

  const becomeAdmin = async (hand: Hand, link: string, name: string): Promise<void> => {
    await loaded(() => page.goto(link));
    await hand.type(at('first-admin-username'), name);
    await hand.type(at('first-admin-password'), PASSWORD);
    await hand.press(at('first-admin-submit'));
    // The demonstration of the first start is there by itself.
    await page.locator('[data-testid="step-server"][data-done="true"]').waitFor();
    await hand.press(at('step-server-action'));
  };

  /** Answers with the name of the instance. */
  const install = async (hand: Hand): Promise<string> => {
    await page.waitForURL(/\/catalog$/);
    await hand.arrived();
    await hand.press(at('catalog-install-everything'));
    await at('install-create').waitFor();
    await hand.arrived();
    const name = await at('install-name').inputValue();
    await hand.press(at('install-create'));
    await page.locator('[data-testid="install-steps"][data-status="running"]').waitFor();
    return name;
  };

  /** Answers with what was copied. */
  const connect = async (hand: Hand, name: string): Promise<string> => {
    await hand.press(at('install-connect'));
    await page.waitForURL(/\/connect/);
    await hand.arrived();
    await hand.press(at('connect-make-key'));
    await at('connect-key').waitFor();
    await hand.press(at('connect-command').locator('xpath=..').getByRole('button'));
    return eventually(
      async () => {
        const text = await pasted();
        expect(text).toContain(`/servers/${name}/mcp`);
        return text;
      },
      { deadlineMs: SHOWN_MS },
    );
  };

  /** What is in the clipboard, as a terminal gets it. */
  const pasted = async (): Promise<string> => {
    const terminal = await browser.context.newPage();
    await terminal.setContent('<textarea autofocus></textarea>');
    await terminal.locator('textarea').focus();
    await terminal.keyboard.press('Control+V');
    const text = await terminal.locator('textarea').inputValue();
    await terminal.close();
    return text;
  };

  /** A client that knows nothing but the copied line; the page hears of it. */
  const use = async (command: string): Promise<void> => {
    const [, url = '', key = ''] = COMMAND.exec(command) ?? [];
    const client = new Client({ name: 'claude-code', version: '2.1' });
    const requestInit = { headers: { authorization: `Bearer ${key}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    await page.locator('[data-testid="connect-arrived"][data-client="claude-code"]').waitFor();
    await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
    await page.getByText('called echo').waitFor();
    await client.close();
  };

  it('leads from nothing to a client that calls a tool', async () => {
    const hand: Hand = {
      press: (element) => element.click(),
      type: (field, text) => field.fill(text),
      arrived: () => page.locator('h1').first().waitFor(),
    };
    await becomeAdmin(hand, await start.link(), 'ada');
    const name = await install(hand);
    await use(await connect(hand, name));
    expect(watch.take()).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(PROMISE_MS * BUSY_FACTOR);
  });

  it('takes two commands without a browser', async () => {
    // It was installed in the browser: asking for the same again is no second one.
    const [name] = (await start.quayside('run', 'everything', '-o', 'name')).split('\n');
    expect(name).toBe('everything');
    expect(await start.quayside('ps', '--status', 'running', '-o', 'name')).toContain(name);
    const printed = await start.quayside('connect', 'claude-code', '--print');
    expect(printed).toMatch(
      /^claude mcp add --transport http \S+ http:\/\/127\.0\.0\.1:\d+\/mcp --header "Authorization: /,
    );
  });

  it('has the shell complete what one begins to type', async () => {
    const offered = await start.shell(
      'bash',
      `source <(quayside completion bash)
       completes=$(complete -p quayside | sed 's/.*-F \\([^ ]*\\).*/\\1/')
       for typed in "$@"; do
         COMP_WORDS=(quayside $typed); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); $completes; echo "\${COMPREPLY[*]}"
       done`,
      ...['do', 'connect claude-c', 'stop every'],
    );
    expect(offered.slice(0, 2)).toEqual(['doctor down', 'claude-code']);
    expect(offered[2]?.split(' ')).toEqual(expect.arrayContaining(['everything', 'everything-2']));
  });

  it('needs no pointer, and nothing moves for who wants it so', async () => {
    const keys: Hand = {
      press: (element) => press(page, element),
      type: async (field, text) => {
        await tabTo(page, field);
        await page.keyboard.type(text);
      },
      arrived: () => headingHasFocus(page),
    };
    // Else the page that is open goes on asking, as nobody.
    await page.goto('about:blank');
    await browser.context.clearCookies();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const [link = ''] = (await start.quayside('admin-link')).split('\n');
    await becomeAdmin(keys, link, 'grace');
    const name = await install(keys);
    expect(await inPage(page, MOVING)).toEqual([]);
    const command = await connect(keys, name);
    // A turning circle waits for the client.
    expect(await inPage(page, MOVING)).toEqual([]);
    await use(command);
    expect(watch.take()).toEqual([]);
  });

  // The pages are watched for other origins all along; that the hook hears of it, documents.e2e-spec.ts shows.
  it('E32: asks nobody beyond this machine', () => {
    expect(start.asked).toBe('');
  });
});

/** What still moves a second after it began. */
const MOVING = `document.getAnimations()
  .filter(({ playState, effect }) => playState === 'running' && effect.getComputedTiming().endTime > 1000)
  .map(({ animationName, effect }) => animationName + ' of ' + effect.target.className)`;
