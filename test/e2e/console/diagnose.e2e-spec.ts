import { eventually } from '@app/testing';
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

  it('needs attention all the while it is started again, and is called the process that it is', async () => {
    const { page, watch } = await console.open('/');
    await page
      .locator('[data-testid="overview-attention-line"][data-kind="instance_failed"]')
      .getByText('The process ended by itself with exit code 1.')
      .waitFor();
    const { api } = console.quayside;
    const attempts = async (): Promise<number> =>
      (await api.ok<{ attempt: number }>('GET', '/mcp/instances/red')).attempt;
    const before = await attempts();
    let lapses = 0;
    await eventually(
      async () => {
        const { attention } = await api.ok<{ attention: { object_name: string; cause: string }[] }>(
          'GET',
          '/api/v1/overview',
        );
        // Not to be waited for: it must be so at each look.
        if (!attention.some(({ object_name: name }) => name === 'red')) lapses += 1;
        expect(await attempts()).toBeGreaterThan(before);
      },
      { deadlineMs: SHOWN_MS, everyMs: 20 },
    );
    expect(lapses).toBe(0);
    expect(watch.take()).toEqual([]);
    await page.close();
  });

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
