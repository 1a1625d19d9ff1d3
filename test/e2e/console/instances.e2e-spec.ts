import { type Page } from 'playwright-core';
import { eventually } from '@app/testing';
import { ConsoleUnderTest, describeInBrowser, SHOWN_MS, START_MS } from './support';

const INSTANCES = '/api/v1/mcp/instances';
/** Each wait has its own limit and says what it waited for. */
const TEST_MS = 3 * SHOWN_MS;
const PATIENCE = { deadlineMs: SHOWN_MS, everyMs: 50 };

interface InstanceBody {
  readonly id: string;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly json_spec: { readonly timeout?: number };
}

describeInBrowser('instances', () => {
  let console: ConsoleUnderTest;
  beforeAll(async () => {
    console = await ConsoleUnderTest.start();
    for (const [name, template] of [
      ['notes', 'memory'],
      ['broken', 'needs-key'],
    ])
      await console.quayside.api.ok('POST', `${INSTANCES}?wait=1`, { name, template });
  }, START_MS);
  afterAll(() => (console as ConsoleUnderTest | undefined)?.stop());

  const read = (name: string) => console.quayside.api.ok<InstanceBody>('GET', `${INSTANCES}/${name}`);
  const row = (page: Page, name: string) =>
    page.getByTestId('instances-table').locator('tr', { has: page.getByRole('link', { name, exact: true }) });
  const statusOf = (page: Page, name: string, status: string) =>
    row(page, name).locator(`[data-testid="instances-status"][data-status="${status}"]`);

  it(
    'change in the list as things happen, and many at once say what became of each',
    async () => {
      const { page, watch } = await console.open('/instances');
      await statusOf(page, 'notes', 'running').waitFor();
      // It has a reason on its row, and the next attempt.
      await row(page, 'broken').getByText('DEMO_API_KEY is required').first().waitFor();

      await console.quayside.api.ok('POST', INSTANCES, { name: 'arrived', template: 'memory' });
      await statusOf(page, 'arrived', 'running').waitFor();
      await console.quayside.api.ok('POST', `${INSTANCES}/arrived/stop`, {});
      await statusOf(page, 'arrived', 'stopped').waitFor();

      for (const name of ['arrived', 'notes']) await page.getByLabel(`Select ${name}`).check();
      await page.getByTestId('instances-bulk-restart').click();
      await page.getByTestId('instances-bulk-confirm').click();
      await page.getByTestId('instances-bulk-results').waitFor();
      await page.getByTestId('instances-bulk-close').click();
      await statusOf(page, 'arrived', 'running').waitFor();

      await page.getByTestId('instances-search').fill('arr');
      await page.waitForURL(console.urlOf('/instances?q=arr'));
      await row(page, 'notes').waitFor({ state: 'detached' });
      expect(watch.take()).toEqual([]);
      await page.close();
    },
    TEST_MS,
  );

  it(
    'are labelled without a restart, and listed by a click on a label',
    async () => {
      const before = await read('notes');
      const { page, watch } = await console.open('/instances/notes?tab=config');
      const lines = page.getByTestId('instance-labels');
      await lines.fill('Team: search\n');
      await page.getByTestId('instance-labels-save').click();
      await page.getByText('Team: a key has 1-63').waitFor();
      // The refusal was meant.
      watch.take();
      await lines.fill('team: search\nexample.com/tier: 2\nseen\n');
      await page.getByTestId('instance-labels-save').click();
      await eventually(async () => {
        expect((await read('notes')).labels).toEqual({ team: 'search', 'example.com/tier': '2', seen: '' });
      }, PATIENCE);
      expect((await read('notes')).generation).toBe(before.generation);

      await page.getByTestId('instance-tab-overview').click();
      await page.getByTestId('instance-label').filter({ hasText: 'team: search' }).click();
      await page.waitForURL((url) => url.pathname.endsWith('/instances') && url.search.includes('team'));
      await row(page, 'notes').waitFor();
      await row(page, 'broken').waitFor({ state: 'detached' });
      await row(page, 'notes').getByTestId('instance-label').filter({ hasText: 'seen' }).click();
      await page.getByTestId('instances-label-filter').nth(1).waitFor();

      // What loses the label leaves the list as it is told.
      await console.quayside.api.ok('PATCH', `${INSTANCES}/notes`, { labels: { seen: null } });
      await page.mouse.move(0, 0);
      await row(page, 'notes').waitFor({ state: 'detached' });
      for (let left = 2; left > 0; left -= 1)
        await page.getByTestId('instances-label-filter').first().getByRole('button').click();
      await page.waitForURL(console.urlOf('/instances'));
      await row(page, 'broken').waitFor();
      expect(watch.take()).toEqual([]);
      await page.close();
    },
    TEST_MS,
  );

  it(
    'are changed after a look at the difference, and rolled back',
    async () => {
      const { page, watch } = await console.open('/instances/notes?tab=config');
      const before = await read('notes');
      await page.getByTestId('instance-config-edit').click();
      const editor = page.getByTestId('instance-config-editor').locator('.cm-content');
      await editor.fill(JSON.stringify({ ...before.json_spec, timeout: 17 }));
      await page.getByTestId('instance-config-review').click();
      await page.getByTestId('instance-config-diff').waitFor();
      await page.getByTestId('instance-config-apply').click();
      await eventually(async () => {
        expect((await read('notes')).json_spec.timeout).toBe(17);
      }, PATIENCE);

      const former = page.locator(`[data-row="${String(before.generation)}"]`);
      await former.getByTestId('instance-compare').click();
      await page.getByTestId('instance-rollback').click();
      await eventually(async () => {
        const { generation, json_spec: spec } = await read('notes');
        expect([generation, spec.timeout]).toEqual([before.generation + 2, undefined]);
      }, PATIENCE);
      await page.locator('[data-testid="instance-status"][data-status="running"]').waitFor();
      expect(watch.take()).toEqual([]);
      await page.close();
    },
    TEST_MS,
  );

  it(
    'run as many times as somebody wants, and say so on their row',
    async () => {
      const { page, watch } = await console.open('/instances/notes');
      await page.getByTestId('instance-replicas-change').click();
      await page.getByTestId('instance-replicas').fill('99');
      await page.getByTestId('instance-replicas-apply').click();
      await page.getByTestId('instance-replicas-refused').getByText('must not be greater than').waitFor();
      await page.getByTestId('instance-replicas').fill('2');
      await page.keyboard.press('Enter');
      await page.getByText('notes runs 2 times').waitFor();
      const { body } = await console.quayside.api.request<{ replicas: number; containers?: object[] }>(
        'GET',
        `${INSTANCES}/notes`,
      );
      expect(body.replicas).toBe(2);
      await console.goTo(page, '/instances');
      await row(page, 'notes').getByTestId('instances-replicas').getByText('2').waitFor();
      // What was refused is a failed request to the browser.
      expect(watch.take().filter((line) => !line.includes('422'))).toEqual([]);
      await page.close();
    },
    TEST_MS,
  );

  it(
    'tell what they printed when they are gone, what was called, and go when their name is typed',
    async () => {
      const { page, watch } = await console.open('/instances/broken?tab=logs');
      await page.getByTestId('instance-log').getByText('DEMO_API_KEY is required').first().waitFor();
      await page.getByTestId('instance-log-stream').getByText('Health').click();
      await page.getByTestId('instance-log').getByText('failed').first().waitFor();
      await page.keyboard.press('Escape');
      await page.getByTestId('instance-tab-danger').click();
      await page.getByTestId('instance-delete').click();
      await page.getByTestId('confirm-name').fill('broken');
      await page.getByTestId('confirm').click();
      await page.waitForURL(console.urlOf('/instances'));
      await statusOf(page, 'notes', 'running').waitFor();
      await row(page, 'broken').waitFor({ state: 'detached' });
      expect(watch.take()).toEqual([]);
      await page.close();
    },
    TEST_MS,
  );
});
