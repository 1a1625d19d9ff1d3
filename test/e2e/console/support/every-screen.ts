import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { OUTBOUND_HOOK } from '../../reader';
import { describeInBrowser, NARROW, WIDE } from './chromium';
import { ConsoleUnderTest, inPage, type OpenPage, START_MS } from './console-under-test';
import { type Filled, fillWithData } from './fill-with-data';
import { loaded } from './loaded';
import { faultsFor, overhang } from './look';

/** People look at them before a release. */
const PICTURES = join(__dirname, '..', '..', '..', '..', 'artifacts', 'console');
const SCREEN_MS = 180_000;
/** What is left of the wide window for a page that is shown at 200 %. */
const ENLARGED = { width: WIDE.width / 2, height: WIDE.height / 2 };

const LISTS = [
  ...['/', '/catalog', '/instances', '/tools', '/connect', '/agents', '/pipelines', '/tasks', '/queues'],
  ...['/admin/users', '/admin/keys', '/admin/secrets', '/admin/quotas', '/admin/webhooks', '/admin/audit'],
];
const OTHERS: readonly (readonly [name: string, path: (made: Filled) => string])[] = [
  ['catalog-table', () => '/catalog?view=table&sort=name'],
  ['published', () => '/catalog?tab=published'],
  ['registry', () => '/catalog?tab=registry'],
  ['definition', ({ definition }) => `/catalog/${definition}`],
  ['install', ({ definition }) => `/catalog/${definition}/install`],
  ['instance', () => '/instances/echo'],
  ['instance-tools', () => '/instances/echo?tab=tools'],
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
  ['workspaces', () => '/admin/workspaces'],
  ['recipients', () => '/admin/webhooks?tab=recipients'],
  ['settings', () => '/admin/settings'],
  ['about', () => '/admin/about'],
  ['me', () => '/me'],
  ['welcome', () => '/welcome'],
];

/** Shown at 200 %: lists, a form, a canvas. */
const ENLARGED_SCREENS: typeof OTHERS = [
  ['instances', () => '/instances'],
  ['pipelines', () => '/pipelines'],
  ...OTHERS.filter(([name]) => ['install', 'pipeline', 'run'].includes(name)),
];

const BOTH = ['light', 'dark'] as const;

/**
 * Looks at each screen. `once`: filled, by turns in light and in dark, with the rules of accessibility at the large width;
 * `all`: empty, filled and enlarged, in both themes at both widths.
 */
export function lookAtEveryScreen(looks: 'once' | 'all'): void {
  describeInBrowser(looks === 'all' ? 'every screen, from all sides,' : 'every screen', () => {
    let seen = 0;
    let console: ConsoleUnderTest;
    let open: OpenPage;
    let made: Filled;
    const folder = mkdtempSync(join(tmpdir(), 'quayside-asked-'));
    const asked = join(folder, 'asked.log');
    beforeAll(async () => {
      mkdirSync(PICTURES, { recursive: true });
      console = await ConsoleUnderTest.start({
        env: { NODE_OPTIONS: `--require ${OUTBOUND_HOOK}`, QUAYSIDE_TEST_OUTBOUND: asked },
      });
      open = await console.open('/');
    }, START_MS);
    afterAll(async () => {
      await (console as ConsoleUnderTest | undefined)?.stop();
      rmSync(folder, { recursive: true });
    });

    /** Another theme changes colours, another width what is there: so each is looked at for that. */
    const faultsAt = (width: string, theme: 'light' | 'dark'): Promise<readonly string[]> => {
      if (looks === 'once')
        return width === 'wide' ? faultsFor(open.page, 'everything') : Promise.resolve([]);
      if (width === 'narrow' && theme === 'dark') return Promise.resolve([]);
      return faultsFor(open.page, theme === 'light' ? 'everything' : 'colours');
    };
    const themesNow = () => (looks === 'all' ? BOTH : [BOTH[(seen += 1) % BOTH.length] ?? 'light']);
    const picture = async (name: string): Promise<void> => {
      if (looks === 'all') await open.page.screenshot({ path: join(PICTURES, `${name}.png`) });
    };
    const faultsIn = async (name: string): Promise<readonly string[]> => {
      const { page, watch } = open;
      const faults: string[] = [];
      const themes = themesNow();
      for (const [width, size] of Object.entries({ wide: WIDE, narrow: NARROW })) {
        await page.setViewportSize(size);
        for (const theme of themes) {
          await console.paintedIn(page, theme);
          const found = await faultsAt(width, theme);
          const over = await overhang(page);
          if (over > 0) faults.push(`${theme} ${width}: ${String(over)} px too wide`);
          faults.push(...found.map((fault) => `${theme} ${width}: ${fault}`));
          await picture(`${name}-${theme}-${width}`);
        }
      }
      faults.push(...(await markupIn(page)), ...watch.take());
      await page.setViewportSize(WIDE);
      await console.paintedIn(page, 'light');
      return faults;
    };

    it.each(looks === 'all' ? LISTS : LISTS.slice(0, 1))(
      'says at %s what it is for while it is empty',
      async (path) => {
        await console.goTo(open.page, path);
        await console.paintedIn(open.page, 'light');
        const faults = [...(await faultsFor(open.page, 'everything')), ...open.watch.take()];
        await picture(`${nameOf(path)}-empty`);
        expect(faults).toEqual([]);
      },
      SCREEN_MS,
    );

    it(
      'has something to show',
      async () => {
        made = await fillWithData(console.quayside);
        await loaded(() => open.page.reload());
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

    // The pages are watched for other origins all along; that the hook hears of it, documents.e2e-spec.ts shows.
    it('E32: makes the server ask nobody beyond this machine', () => {
      expect(existsSync(asked) ? readFileSync(asked, 'utf8') : '').toBe('');
    });

    if (looks === 'once') return;
    it.each(ENLARGED_SCREENS)(
      'can be read at 200 %: %s',
      async (name, path) => {
        const { page, watch } = open;
        await page.setViewportSize(ENLARGED);
        await console.goTo(page, path(made));
        await console.paintedIn(page, 'light');
        await picture(`${name}-enlarged`);
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
