import { ConsoleUnderTest, describeInBrowser, START_MS } from './support';

jest.setTimeout(START_MS);

/** The roles apart, so that one of them can be away while the console goes on. */
describeInBrowser('the log of an instance while nobody holds the engine', () => {
  let console: ConsoleUnderTest;
  beforeAll(async () => {
    console = await ConsoleUnderTest.start({ mode: 'roles' });
    await console.quayside.api.ok('POST', '/api/v1/mcp/instances?wait=60', {
      name: 'echo',
      template: 'echo',
    });
  }, START_MS);
  afterAll(() => (console as ConsoleUnderTest | undefined)?.stop());

  it('says who does not answer and what to do, and goes on by itself when somebody does', async () => {
    const { quayside } = console;
    const { page } = await console.open('/instances/echo?tab=logs');
    await page.getByTestId('instance-log').waitFor();
    await quayside.stopRole('provisioner');

    const problem = page.locator('[data-testid="problem"][data-code="provisioner_silent"]');
    await problem.getByText('The provisioner does not answer').waitFor();
    await problem.getByText('Look at /health').waitFor();
    await page.locator('[data-testid="instance-log-state"][data-state="away"]').waitFor();

    await quayside.startRole('provisioner');
    await problem.waitFor({ state: 'detached' });
    await page.getByTestId('instance-log-state').waitFor({ state: 'detached' });
    await page.close();
  });
});
