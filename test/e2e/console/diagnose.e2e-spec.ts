import { ConsoleUnderTest, describeInBrowser, SHOWN_MS, START_MS } from './support';
import { overhang } from './support';

jest.setTimeout(START_MS);

const KEY = 'a-value-that-no-page-shows';

/** From red to running in the browser, without a word of documentation. */
describeInBrowser('why is it red', () => {
  let console: ConsoleUnderTest;

  beforeAll(async () => {
    console = await ConsoleUnderTest.start();
    await console.quayside.api.ok('POST', '/mcp/instances', { name: 'red', template: 'needs-key' });
    await console.quayside.reaches('red', 'failed', SHOWN_MS);
  });
  afterAll(() => console.stop());

  it('names the cause, and the button mends it in place', async () => {
    const { page, watch } = await console.open('/instances/red?tab=diagnose');
    const cause = page.getByTestId('diagnose-cause');
    await cause.filter({ hasText: 'DEMO_API_KEY is required' }).waitFor();
    expect(await page.getByTestId('diagnose-code').textContent()).toBe('instance_env_missing');
    expect(await page.getByTestId('diagnose-check-process').getAttribute('data-status')).toBe('failed');
    expect(await overhang(page)).toBe(0);

    await page.getByTestId('diagnose-fix').click();
    await page.getByTestId('diagnose-value').fill(KEY);
    await page.getByTestId('diagnose-apply').click();
    await console.quayside.reaches('red', 'running', SHOWN_MS);
    await page.locator('[data-testid="diagnose-verdict"][data-verdict="healthy"]').waitFor();
    expect(await page.content()).not.toContain(KEY);
    expect(watch.take()).toEqual([]);

    const { events } = await console.quayside.api.ok<{ events: { name: string; actor: string }[] }>(
      'GET',
      '/mcp/instances/red/events',
    );
    const change = events.find(({ name }) => name.includes('update') || name.includes('change'));
    expect(change?.actor).toMatch(/^(?:key|user):/);
    await page.close();
  });
});
