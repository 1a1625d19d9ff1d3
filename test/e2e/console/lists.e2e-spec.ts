import { type Locator } from 'playwright-core';
import { eventually } from '@app/testing';
import {
  ConsoleUnderTest,
  describeInBrowser,
  faultsFor,
  loaded,
  type OpenPage,
  SHOWN_MS,
  START_MS,
} from './support';

jest.setTimeout(START_MS);

const NARROW = { width: 390, height: 844 };
type Templates = { readonly templates: readonly { readonly pipeline: object }[] };

describeInBrowser('what lists and drawers owe to whoever reads them', () => {
  let console: ConsoleUnderTest;
  let opened: OpenPage;
  beforeAll(async () => {
    console = await ConsoleUnderTest.start();
    const { api } = console.quayside;
    for (const name of ['one', 'two', 'other'])
      await api.ok('POST', '/api/v1/mcp/instances?wait=60', { name, template: 'echo' });
    opened = await console.open('/instances?q=o');
  }, START_MS);
  afterAll(() => (console as ConsoleUnderTest | undefined)?.stop());

  it('a filter that hides rows says how many, and how to see all again', async () => {
    const { page, watch } = opened;
    await page.getByText('3 instances').waitFor();
    await console.goTo(page, '/instances?q=two');
    await page.getByText('1 of 3 shown').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('3 instances').waitFor();

    await console.goTo(page, '/tools?q=reverse');
    await page.getByText('3 of 6 shown').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.waitForURL(console.urlOf('/tools'));
    expect(watch.take()).toEqual([]);
  });

  it('an open entry of the trail is in the address, and Back closes it', async () => {
    const { page, watch } = opened;
    await console.goTo(page, '/admin/audit?action=identity.*');
    await page.getByTestId('audit').locator('tr[data-row]').first().click();
    await page.waitForURL(/entry=/);
    const address = new URL(page.url());
    await page.getByTestId('audit-entry').waitFor();
    await console.paintedIn(page, 'light');
    expect(await faultsFor(page, 'everything')).toEqual([]);
    await loaded(() => page.reload());
    await page.getByTestId('audit-entry').waitFor();
    await page.goBack();
    await page.getByTestId('audit-entry').waitFor({ state: 'detached' });
    expect(page.url()).toContain('/admin/audit');
    // A link names an entry, wherever the list beside it begins.
    await console.goTo(page, '/admin/audit' + address.search.replace('identity.*', 'nothing.like.it'));
    await page
      .getByTestId('audit-entry')
      .getByText(/^identity\./)
      .waitFor();
    expect(await page.getByTestId('audit').locator('tr[data-row]').count()).toBe(0);
    expect(watch.take()).toEqual([]);
  });

  it('the calls behind a page are there at every width', async () => {
    const { page, watch } = opened;
    await page.setViewportSize(NARROW);
    await console.goTo(page, '/instances/two');
    await page.getByTestId('api-button').click();
    await page.getByText('/api/v1/mcp/instances/two', { exact: false }).first().waitFor();
    await page.keyboard.press('Escape');
    expect(watch.take()).toEqual([]);
  });

  it('the buttons of a graph cover none of its stages', async () => {
    const { page, watch } = opened;
    const { api } = console.quayside;
    const { templates } = await api.ok<Templates>('GET', '/api/v1/pipelines/templates');
    const { id } = await api.ok<{ id: string }>('POST', '/api/v1/pipelines', {
      ...templates[0]?.pipeline,
      name: 'six',
    });
    for (const size of [{ width: 1440, height: 900 }, NARROW]) {
      await page.setViewportSize(size);
      await console.goTo(page, `/pipelines/${id}?tab=stages`);
      await page.getByTestId('dag-node-data-ingestion').waitFor();
      // It is fitted into its frame a moment after it is drawn.
      await eventually(
        async () => {
          const buttons = await boxOf(page.locator('.react-flow__controls'));
          for (const node of await page.locator('[data-testid^="dag-node-"]').all())
            expect(apart(buttons, await boxOf(node))).toBe(true);
        },
        { deadlineMs: SHOWN_MS, everyMs: 50 },
      );
      await console.goTo(page, '/pipelines');
    }
    expect(watch.take()).toEqual([]);
  });
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function boxOf(element: Locator): Promise<Box> {
  const box = await element.boundingBox();
  if (box === null) throw new Error(`${String(element)} is nowhere.`);
  return box;
}

const apart = (one: Box, other: Box): boolean =>
  one.x + one.width <= other.x ||
  other.x + other.width <= one.x ||
  one.y + one.height <= other.y ||
  other.y + other.height <= one.y;
