import { type Locator, type Page } from 'playwright-core';
import { eventually } from '@app/testing';
import { type InstanceBody } from '../api';
import {
  ConsoleUnderTest,
  describeInBrowser,
  inPage,
  loaded,
  SHOWN_MS,
  START_MS,
  WayBetween,
} from './support';

jest.setTimeout(START_MS);

const INSTANCES = '/api/v1/mcp/instances';
const PATIENCE = { deadlineMs: SHOWN_MS, everyMs: 50 };
/** Longer than a living connection is ever silent. */
const SILENCE_MS = 40_000;
/** After this a page on a lesser way looks for the best one again; it takes a moment. */
const BETTER_AFTER_MS = 60_000;
const TRIED_MS = 15_000;

/** One page, and what happens between it and the server. */
describeInBrowser('a page stays true', () => {
  let console: ConsoleUnderTest;
  let way: WayBetween;
  let page: Page;
  beforeAll(async () => {
    console = await ConsoleUnderTest.start({ signedIn: false });
    way = await WayBetween.to(console.quayside.port('all-in-one'));
    const { origin } = way;
    const answer = await console.context.request.post(`${origin}/api/v1/auth/session`, {
      ...{ data: { api_key: console.quayside.key }, headers: { origin } },
    });
    expect(answer.ok()).toBe(true);
    page = await console.context.newPage();
    page.setDefaultTimeout(SHOWN_MS);
    await page.clock.install();
    way.socketsPass = false;
    await loaded(() => page.goto(`${origin}/console/instances`));
    await inPage(page, 'window.kept = true');
  }, START_MS);
  afterAll(async () => {
    await (way as WayBetween | undefined)?.close();
    await (console as ConsoleUnderTest | undefined)?.stop();
  }, START_MS);

  const live = (state: string): Locator =>
    page.getByTestId('live').and(page.locator(`[data-live="${state}"]`));
  const by = (name: string): Locator => page.getByTestId('live').and(page.locator(`[data-way="${name}"]`));
  const row = (name: string): Locator =>
    page.getByTestId('instances-table').locator('tr', { has: page.getByRole('link', { name, exact: true }) });
  const is = (name: string, status: string): Promise<void> =>
    row(name).locator(`[data-testid="instances-status"][data-status="${status}"]`).waitFor();
  const make = (name: string) => console.quayside.api.ok('POST', INSTANCES, { name, template: 'echo' });
  const wasNotLoadedAnew = async (): Promise<void> => {
    expect(await inPage(page, 'window.kept')).toBe(true);
  };

  it('by events where no WebSocket passes, by asking where nothing may stay open, and says so', async () => {
    await by('events').waitFor();
    await make('one');
    await is('one', 'running');
    way.streamsPass = false;
    way.cut();
    await make('two');
    await by('polling').waitFor();
    expect(await page.getByTestId('live').innerText()).toBe('every 10 s');
    await is('two', 'running');
    [way.socketsPass, way.streamsPass] = [true, true];
    await eventually(async () => {
      await page.clock.fastForward(BETTER_AFTER_MS);
      await by('socket').waitFor({ timeout: TRIED_MS });
    }, PATIENCE);
    await wasNotLoadedAnew();
  });

  it('through a restart of the server: what it then shows is what the server says', async () => {
    await Promise.all([live('reconnecting').waitFor(), console.quayside.stopRole('all-in-one')]);
    await console.quayside.startRole('all-in-one');
    await make('three');
    await live('live').waitFor();
    await is('three', 'running');
    await eventually(async () => {
      const { instances } = await console.quayside.api.ok<{ instances: InstanceBody[] }>('GET', INSTANCES);
      const shown = await Promise.all(
        instances.map(({ name, status }) =>
          row(name).locator(`[data-testid="instances-status"][data-status="${status}"]`).count(),
        ),
      );
      expect(shown).toEqual(instances.map(() => 1));
    }, PATIENCE);
    await wasNotLoadedAnew();
  });

  it('while nothing comes: ages stand still and are grey, and what was missed is told later', async () => {
    way.silence();
    await console.quayside.api.ok('POST', `${INSTANCES}/one/stop`, {});
    await console.quayside.reaches('one', 'stopped', SHOWN_MS);
    await page.clock.fastForward(SILENCE_MS);
    await live('stale').waitFor();
    const ages = row('one').locator('time[data-stale]');
    const [age, said] = [await ages.first().innerText(), await page.getByTestId('live').innerText()];
    await page.clock.fastForward(SILENCE_MS);
    await eventually(async () => {
      expect(await page.getByTestId('live').innerText()).not.toBe(said);
    }, PATIENCE);
    expect(await ages.first().innerText()).toBe(age);
    await is('one', 'running');
    way.speak();
    await live('live').waitFor();
    await is('one', 'stopped');
    expect(await row('one').locator('time[data-stale]').count()).toBe(0);
    await wasNotLoadedAnew();
  });
});
