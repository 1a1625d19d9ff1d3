import { readFileSync } from 'node:fs';
import { ConsoleUnderTest, describeInBrowser, loaded, type OpenPage, START_MS } from './support';

jest.setTimeout(START_MS);

const CONFIG = JSON.stringify({
  mcpServers: {
    tool: {
      command: 'docker',
      args: ['run', '-i', 'example/tool:1'],
      env: { TOOL_TOKEN: 'a-literal-of-a-token' },
    },
    bad: { command: 'docker', args: ['run', '--privileged', 'example/bad:1'] },
  },
});

/** From the catalogue to a server that runs, and from a pasted text to servers and back. */
describeInBrowser('the catalogue', () => {
  let tested: ConsoleUnderTest;
  let opened: OpenPage;

  beforeAll(async () => {
    tested = await ConsoleUnderTest.start();
    opened = await tested.open('/catalog');
  }, START_MS);
  afterAll(() => tested.stop());

  it('plans what was pasted, imports it, and takes it back', async () => {
    const { page } = opened;
    await page.getByTestId('catalog-add').click();
    await page.getByTestId('catalog-add-content').fill(CONFIG);
    await page.getByTestId('catalog-add-plan').click();
    await page.locator('[data-testid=catalog-plan-tool][data-action=create]').waitFor();
    await page.locator('[data-testid=catalog-plan-bad][data-action=skip]').waitFor();
    expect(await page.getByTestId('catalog-plan-tool').innerText()).toContain('TOOL_TOKEN');
    await page.getByTestId('catalog-plan-commit').click();
    await page.locator('[data-testid=catalog-import-result][data-status=committed]').waitFor();
    await page.getByTestId('catalog-card-tool').waitFor({ state: 'attached' });
    await page.getByTestId('catalog-import-undo').click();
    await page.locator('[data-testid=catalog-import-result][data-status=undone]').waitFor();
    await page.getByTestId('catalog-card-tool').waitFor({ state: 'detached' });
  });

  it('is narrowed by tag and laid out as a table, in the address, so that a link shows the same', async () => {
    const { page } = opened;
    await tested.goTo(page, '/catalog');
    await page.getByTestId('catalog-card-echo').waitFor();
    await page.getByTestId('catalog-view').locator('label', { hasText: 'Table' }).click();
    await page.waitForURL(/view=table/);
    const table = page.getByTestId('catalog-table');
    await table.getByRole('button', { name: 'Server' }).click();
    await page.waitForURL(/sort=name/);
    const names = await table.locator('tbody tr[data-row] td:nth-child(2) a').allInnerTexts();
    expect(names.length).toBeGreaterThan(2);
    expect(names).toEqual([...names].sort());

    await page.getByTestId('catalog-tag').click();
    await page.getByRole('option', { name: /^bundled \(/ }).click();
    await page.waitForURL(/tag=bundled/);
    await loaded(() => page.reload());
    await tested.shown(page);
    const narrowed = await table.locator('tbody tr[data-row]').count();
    expect(narrowed).toBeGreaterThan(0);
    expect(narrowed).toBeLessThan(names.length);
    await page.getByText(`${String(narrowed)} of ${String(names.length)} shown`).waitFor();
    // From the keyboard: to the first row, select it, and open it.
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByTestId('catalog-selection').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/catalog\/[a-z-]+$/);
    expect(opened.watch.take()).toEqual([]);
  });

  it('gives everything away as text that holds no secret', async () => {
    const { page } = opened;
    await tested.goTo(page, '/catalog');
    const download = page.waitForEvent('download');
    await page.getByTestId('catalog-export').click();
    const path = await (await download).path();
    expect(readFileSync(path, 'utf8')).toMatch(/^quayside: v1$/m);
  });

  it('checks an instance, makes it, and follows its start', async () => {
    const { page } = opened;
    await tested.goTo(page, '/catalog/echo/install');
    await page.getByTestId('install-name').fill('echo-two');
    await page.getByTestId('install-check').click();
    await page.locator('[data-testid=install-check-result][data-ok=true]').waitFor();
    await page.getByTestId('install-create').click();
    await page.locator('[data-testid=install-steps][data-status=running]').waitFor();
    await page.getByTestId('install-open').click();
    await page.waitForURL(/\/instances\/echo-two/);
  });
});
