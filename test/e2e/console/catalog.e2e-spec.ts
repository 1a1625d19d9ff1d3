import { ConsoleUnderTest, describeInBrowser, type OpenPage, START_MS } from './support';

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
