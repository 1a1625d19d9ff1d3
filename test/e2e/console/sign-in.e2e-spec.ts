import { ConsoleUnderTest, describeInBrowser, SHOWN_MS, START_MS } from './support';

const PASSWORD = 'seven grey herons';

// Each of its waits has a minute of its own; together they may take longer than the usual limit of a test.
jest.setTimeout(START_MS);

describeInBrowser('the way in', () => {
  let console: ConsoleUnderTest;
  beforeAll(async () => {
    console = await ConsoleUnderTest.start({ signedIn: false });
  }, START_MS);
  afterAll(() => (console as ConsoleUnderTest | undefined)?.stop());

  it('makes the first administrator by a link that leaves no trace, and shows what comes next', async () => {
    const { url } = await console.quayside.api.ok<{ url: string }>('POST', '/api/v1/auth/admin-link');
    const { page, watch } = await console.open(url.slice(url.indexOf('/console') + '/console'.length));
    expect(page.url()).toBe(console.urlOf('/welcome'));
    await page.getByTestId('first-admin-username').fill('ada');
    await page.getByTestId('first-admin-password').fill(PASSWORD);
    await page.getByTestId('first-admin-submit').click();
    await page.getByTestId('step-server').waitFor();
    expect(await page.getByTestId('step-server').getAttribute('data-done')).toBe('false');
    expect(watch.take()).toEqual([]);
    const [cookie] = await console.context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', secure: false });
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toContain(PASSWORD);

    await console.quayside.api.ok('POST', '/api/v1/mcp/instances', { name: 'echo', template: 'echo' });
    await page.locator('[data-testid="step-server"][data-done="true"]').waitFor({ timeout: SHOWN_MS });
    await page.getByTestId('welcome-overview').click();
    await page.waitForURL(console.urlOf('/'));
    await page.close();
  });

  it('leads back to where somebody wanted to be, by a password and by a key', async () => {
    for (const way of ['password', 'key'] as const) {
      await console.context.clearCookies();
      const { page, watch } = await console.open('/instances');
      await page.getByTestId('sign-in-form').waitFor();
      expect(page.url()).toBe(console.urlOf('/welcome?next=%2Finstances'));
      if (way === 'key') {
        await page.getByTestId('sign-in-way').getByText('API key').click();
        await page.getByTestId('sign-in-key').fill(console.quayside.key);
      } else {
        await page.getByTestId('sign-in-username').fill('Ada');
        await page.getByTestId('sign-in-password').fill(PASSWORD);
      }
      await page.getByTestId('sign-in-submit').click();
      await page.waitForURL(console.urlOf('/instances'));
      await console.shown(page);
      expect(watch.take()).toEqual([]);
      await page.close();
    }
  });

  it('says the same whatever is wrong', async () => {
    await console.context.clearCookies();
    const { page } = await console.open('/welcome?next=//elsewhere.example');
    const said: string[] = [];
    for (const username of ['ada', 'nobody']) {
      await page.getByTestId('sign-in-username').fill(username);
      await page.getByTestId('sign-in-password').fill('not the password');
      const answered = page.waitForResponse(/auth\/session/);
      await page.getByTestId('sign-in-submit').click();
      await answered;
      const problem = page.locator('[data-testid="problem"][data-code="sign_in_refused"]');
      await problem.waitFor();
      said.push((await problem.innerText()).replace(/[0-9a-f]{32}/, ''));
    }
    expect(said[0]).toBe(said[1]);
    await page.getByTestId('sign-in-username').fill('ada');
    await page.getByTestId('sign-in-password').fill(PASSWORD);
    await page.getByTestId('sign-in-submit').click();
    await page.waitForURL(console.urlOf('/'));
    await page.close();
  });

  it('leads back to the same view after a session was ended elsewhere', async () => {
    await console.signIn();
    const { page } = await console.open('/agents?panel=match');
    await page.locator('[data-testid="live"][data-live="live"]').waitFor();
    await console.context.request.delete(`${console.origin}/api/v1/auth/session`, {
      headers: { origin: console.origin },
    });
    await page.getByTestId('sign-in-form').waitFor({ timeout: SHOWN_MS });
    expect(page.url()).toBe(console.urlOf('/welcome?next=%2Fagents%3Fpanel%3Dmatch'));
    await page.getByTestId('sign-in-username').fill('ada');
    await page.getByTestId('sign-in-password').fill(PASSWORD);
    await page.getByTestId('sign-in-submit').click();
    await page.waitForURL(console.urlOf('/agents?panel=match'));
    await page.getByTestId('agents-match-type').waitFor();
    await page.locator('[data-testid="live"][data-live="live"]').waitFor();
    await page.close();
  });
});
