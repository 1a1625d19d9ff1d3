import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type Page } from 'playwright-core';
import { ConsoleUnderTest, describeInBrowser, faultsFor, loaded, SHOWN_MS, START_MS } from './support';

const COMMAND =
  /^claude mcp add --transport http quayside-\S+ (\S+) --header "Authorization: Bearer (qs_\S+)"$/;

describeInBrowser('tools and connecting', () => {
  let console: ConsoleUnderTest;
  beforeAll(async () => {
    console = await ConsoleUnderTest.start();
    const server = { name: 'everything', template: 'everything' };
    await console.quayside.api.ok('POST', '/api/v1/mcp/instances?wait=60', server);
  }, START_MS);
  afterAll(() => (console as ConsoleUnderTest | undefined)?.stop());

  const fill = async (page: Page, label: string, value: string): Promise<void> => {
    await page.getByTestId('tool-form').getByLabel(label).first().fill(value);
  };

  it('a tool is tried from its form, and what was run can be run again', async () => {
    const { page, watch } = await console.open('/tools');
    await page.locator('[data-name="everything/get-sum"]').click();
    await page.waitForURL(/name=get-sum/);
    await page.getByTestId('tool-run').click();
    await page.getByText('is required').first().waitFor();
    await fill(page, 'a', '2');
    await fill(page, 'b', '40');
    await page.getByTestId('tool-run').click();
    await page.getByTestId('tool-result-text').getByText('42').waitFor();
    await page.getByTestId('tool-json-tab').click();
    await page.getByTestId('tool-json').getByText('40').waitFor();
    await page.getByTestId('tool-code-tab').click();
    const code = await page.getByTestId('tool-code-quayside').textContent();
    expect(code).toBe(`quayside call 'everything' 'get-sum' '{"a":2,"b":40}'`);
    await loaded(() => page.goto(console.urlOf('/tools?server=everything&name=get-sum')));
    await page.getByTestId('tool-replay').click();
    await page.getByTestId('tool-result-text').getByText('42').waitFor();
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it('a result is a tree whose parts are open and closed by targets that can be hit', async () => {
    const { page, watch } = await console.open('/tools?server=everything&name=get-structured-content');
    await page.getByRole('combobox', { name: 'location' }).click();
    await page.getByRole('option', { name: 'Chicago' }).click();
    await page.getByTestId('tool-run').click();
    const arrow = page.getByRole('button', { name: '{3}', expanded: true }).first();
    const box = await arrow.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
    await console.paintedIn(page, 'light');
    expect(await faultsFor(page, 'everything')).toEqual([]);
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it('a client gets a key and a command, and the page sees it come', async () => {
    const { page, watch } = await console.open('/connect?target=instance:everything&client=claude-code');
    await page.getByTestId('connect-make-key').click();
    await page.getByTestId('connect-key').waitFor();
    const [, url = '', key = ''] =
      COMMAND.exec((await page.getByTestId('connect-command').textContent()) ?? '') ?? [];
    const client = new Client({ name: 'claude-code', version: '2.1' });
    const requestInit = { headers: { authorization: `Bearer ${key}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    await page.locator('[data-testid="connect-arrived"][data-client="claude-code"]').waitFor();
    await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
    await page.getByText('called echo').waitFor();
    await client.close();
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it('an endpoint is made of chosen tools, and says what they cost', async () => {
    const { page, watch } = await console.open('/endpoints/_new');
    page.setDefaultTimeout(SHOWN_MS);
    await page.getByTestId('endpoint-name').fill('slim');
    await page.getByTestId('endpoint-instances').click();
    await page.getByRole('option', { name: 'everything', exact: true }).click();
    await page.getByTestId('endpoint-offer').first().uncheck();
    await page.getByTestId('endpoint-total').getByText('12 of 13 tools').waitFor();
    await page.getByTestId('endpoint-save').click();
    await page.waitForURL(/target=endpoint/);
    await page.getByTestId('endpoint-open').getByText('slim').waitFor();
    const made = await console.quayside.api.ok<{ tools: object }>('GET', '/api/v1/mcp/endpoints/slim');
    expect(made.tools).toEqual({ deny: ['everything__echo'] });
    expect(watch.take()).toEqual([]);
    await page.close();
  });
});
