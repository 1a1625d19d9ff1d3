import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { describeInBrowser, NARROW, WIDE } from './chromium';
import { ConsoleUnderTest, inPage, type OpenPage, START_MS } from './console-under-test';
import { type Filled, fillWithData } from './fill-with-data';
import { faultsFor, overhang } from './look';

/** People look at them before a release. */
const PICTURES = join(__dirname, '..', '..', '..', '..', 'artifacts', 'console');
const SCREEN_MS = 180_000;
/** What is left of the wide window for a page that is shown at 200 %. */
const ENLARGED = { width: WIDE.width / 2, height: WIDE.height / 2 };
const ENLARGED_SCREENS = ['install', 'pipeline', 'run'];

const LISTS = [
  ...['/', '/catalog', '/instances', '/tools', '/connect', '/agents', '/pipelines', '/tasks', '/queues'],
  ...['/admin/users', '/admin/keys', '/admin/secrets', '/admin/quotas', '/admin/webhooks', '/admin/audit'],
];
const OTHERS: readonly (readonly [name: string, path: (made: Filled) => string])[] = [
  ['definition', ({ definition }) => `/catalog/${definition}`],
  ['install', ({ definition }) => `/catalog/${definition}/install`],
  ['instance', () => '/instances/echo'],
  ['instance-logs', () => '/instances/echo?tab=logs'],
  ['instance-config', () => '/instances/echo?tab=config'],
  ['instance-diagnose', () => '/instances/needs-key?tab=diagnose'],
  ['endpoint', () => '/endpoints/all-of-it'],
  ['agent', ({ agent }) => `/agents/${agent}`],
  ['task', ({ task }) => `/tasks/${task}`],
  ['pipeline', ({ pipeline }) => `/pipelines/${pipeline}`],
  ['pipeline-edit', ({ pipeline }) => `/pipelines/${pipeline}/edit`],
  ['run', ({ run }) => `/runs/${run}`],
  ['compare', ({ run, otherRun }) => `/runs/${run}/compare/${otherRun}`],
  ['settings', () => '/admin/settings'],
  ['about', () => '/admin/about'],
  ['me', () => '/me'],
  ['welcome', () => '/welcome'],
];

const BOTH = ['light', 'dark'] as const;
const LIGHT = ['light'] as const;

/**
 * Looks at each screen, empty and filled. `most`: at the small width in one theme and without the rules of accessibility, which
 * it shares with the large one; `all`: everything at both.
 */
export function lookAtEveryScreen(looks: 'most' | 'all'): void {
  describeInBrowser('every screen, in both themes and at both widths,', () => {
    let console: ConsoleUnderTest;
    let open: OpenPage;
    let made: Filled;
    beforeAll(async () => {
      mkdirSync(PICTURES, { recursive: true });
      console = await ConsoleUnderTest.start();
      open = await console.open('/');
    }, START_MS);
    afterAll(() => (console as ConsoleUnderTest | undefined)?.stop());

    /** Another theme changes colours, another width what is there: so each is looked at for that. */
    const faultsAt = (width: string, theme: 'light' | 'dark'): Promise<readonly string[]> => {
      if (width === 'narrow' && (theme === 'dark' || looks === 'most')) return Promise.resolve([]);
      return faultsFor(open.page, theme === 'light' ? 'everything' : 'colours');
    };
    const faultsIn = async (name: string): Promise<readonly string[]> => {
      const { page, watch } = open;
      const faults: string[] = [];
      for (const [width, size] of Object.entries({ wide: WIDE, narrow: NARROW })) {
        await page.setViewportSize(size);
        for (const theme of width === 'narrow' && looks === 'most' ? LIGHT : BOTH) {
          await console.paintedIn(page, theme);
          const found = await faultsAt(width, theme);
          const over = await overhang(page);
          if (over > 0) faults.push(`${theme} ${width}: ${String(over)} px too wide`);
          faults.push(...found.map((fault) => `${theme} ${width}: ${fault}`));
          await page.screenshot({ path: join(PICTURES, `${name}-${theme}-${width}.png`) });
        }
      }
      faults.push(...(await markupIn(page)), ...watch.take());
      await page.setViewportSize(WIDE);
      await console.paintedIn(page, 'light');
      return faults;
    };

    it.each(LISTS)(
      'says at %s what it is for while it is empty',
      async (path) => {
        await console.goTo(open.page, path);
        await console.paintedIn(open.page, 'light');
        const faults = [...(await faultsFor(open.page, 'everything')), ...open.watch.take()];
        await open.page.screenshot({ path: join(PICTURES, `${nameOf(path)}-empty.png`) });
        expect(faults).toEqual([]);
      },
      SCREEN_MS,
    );

    it(
      'has something to show',
      async () => {
        made = await fillWithData(console.quayside);
        await inPage(open.page, `location.reload()`);
        await console.shown(open.page);
      },
      SCREEN_MS,
    );

    it.each(LISTS)(
      'is in order: %s',
      async (path) => {
        await console.goTo(open.page, path);
        expect(await faultsIn(nameOf(path))).toEqual([]);
      },
      SCREEN_MS,
    );

    it.each(OTHERS)(
      'is in order: %s',
      async (name, path) => {
        await console.goTo(open.page, path(made));
        expect(await faultsIn(name)).toEqual([]);
      },
      SCREEN_MS,
    );

    it.each([
      ['instances', () => '/instances'],
      ['pipelines', () => '/pipelines'],
      ...OTHERS.filter(([name]) => ENLARGED_SCREENS.includes(name)),
    ] as const)(
      'can be read at 200 %: %s',
      async (name, path) => {
        const { page, watch } = open;
        await page.setViewportSize(ENLARGED);
        await console.goTo(page, path(made));
        await console.paintedIn(page, 'light');
        await page.screenshot({ path: join(PICTURES, `${name}-enlarged.png`) });
        const faults = [...(await faultsFor(page, 'everything')), ...watch.take()];
        expect([await overhang(page), ...faults]).toEqual([0]);
      },
      SCREEN_MS,
    );
  });
}

const nameOf = (path: string): string => path.split('/').filter(Boolean).join('-') || 'overview';

/** What came from outside is text: no picture, no script, no link that runs anything. */
const markupIn = (page: Page): Promise<readonly string[]> =>
  inPage<string[]>(
    page,
    `[...document.querySelectorAll('img[src="x"], a[href^="javascript:" i], iframe, object, embed')]
      .map((element) => 'markup from outside: ' + element.outerHTML.slice(0, 200))
      .concat(window.hurt === undefined ? [] : ['a script from outside ran'])`,
  );
