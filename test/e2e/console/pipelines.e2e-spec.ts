import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Page } from 'playwright-core';
import { Agent } from '@app/agent-kit';
import { eventually } from '@app/testing';
import { exampleAgent } from '../../../src/bundled/example-agent';
import { ConsoleUnderTest, describeInBrowser, loaded, type OpenPage, SHOWN_MS, START_MS } from './support';

jest.setTimeout(START_MS);

interface Received {
  readonly signature: string | undefined;
  readonly type: string;
}

/** Flow B of the console: six stages, watched, of which one fails and is run again with another input. */
describeInBrowser('a run of six stages', () => {
  let tested: ConsoleUnderTest;
  let agent: Agent;
  let opened: OpenPage;
  let page: Page;
  let hook: Server;
  let webhook: string;
  const received: Received[] = [];

  beforeAll(async () => {
    hook = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const { type } = JSON.parse(body) as { type: string };
        received.push({ signature: request.headers['webhook-signature'] as string | undefined, type });
        response.end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    webhook = `http://127.0.0.1:${String((hook.address() as AddressInfo).port)}/hook`;
    tested = await ConsoleUnderTest.start({ env: { EGRESS_ALLOW: new URL(webhook).host } });
    agent = new Agent(
      exampleAgent({
        url: tested.origin,
        key: tested.quayside.key,
        log: () => undefined,
        onToken: () => undefined,
      }),
    );
    await agent.start();
    // Nobody could check a signature before somebody asked for the secret.
    await tested.quayside.api.ok('POST', '/api/v1/notifications/run-secret');
    opened = await tested.open('/pipelines');
    page = opened.page;
  }, START_MS);

  afterAll(async () => {
    await agent.stop();
    hook.close();
    await tested.stop();
  });

  const node = (stage: string) => page.getByTestId(`dag-node-${stage}`);
  const becomes = (stage: string, status: string) =>
    node(stage)
      .and(page.locator(`[data-status="${status}"]`))
      .waitFor({ timeout: SHOWN_MS });
  const runId = (): string => /\/runs\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';

  it('is made from a template and given what its form says', async () => {
    await page.getByTestId('pipelines-create').first().click();
    await page.getByTestId('pipelines-template-0').click();
    await page.getByTestId('editor-save').click();
    await page.getByTestId('pipeline-execute').click();
    await page.getByRole('combobox', { name: 'Fail at' }).waitFor();
    await page.getByText('JSON', { exact: true }).click();
    await page
      .getByTestId('execute-input_data-json')
      .fill(JSON.stringify({ source: 'a source', fail_at: 'validation' }));
    await page.getByTestId('execute-parameters-json').fill(JSON.stringify({ stage_seconds: 0.2 }));
    await page.getByTestId('execute-webhook').fill(webhook);
    await page.getByTestId('execute-start').click();
    await page.waitForURL(/\/runs\//);
  });

  it('shows its stages as they go on, and opens the one that fails', async () => {
    await becomes('data-ingestion', 'completed');
    await becomes('data-validation', 'retrying');
    await page.locator('[data-testid="run-stage"][data-stage="data-validation"]').waitFor();
    await page.getByTestId('run-stage-error').getByText('EXECUTION_ERROR').waitFor();
    await page.getByTestId('run-stage-retry').getByText('/3').waitFor();
    await page.getByTestId('run-stage-log').getByText('validation begins').waitFor();
    expect(await page.getByTestId('run-gantt').getByRole('button').count()).toBe(6);
    // The same picture after a reload in the middle.
    await loaded(() => page.reload());
    await becomes('data-analysis', 'completed');
    await becomes('data-validation', 'failed');
    await becomes('output-generation', 'skipped');
  });

  it('is as far as what it completed, and one line of what needs attention, however often it was tried', async () => {
    await page.getByText('50 %').waitFor();
    await page.getByRole('progressbar', { name: '3 of 6 stages completed' }).waitFor();
    const failed = runId();
    await tested.goTo(page, '/');
    const lines = page.locator('[data-testid="overview-attention-line"][data-kind="dead_letter"]');
    await lines.getByText('The stage "data-validation" failed after 3 attempts').waitFor();
    expect(await lines.count()).toBe(1);
    await lines.getByTestId('overview-fix').click();
    await page.waitForURL(new RegExp(`/runs/${failed}`));
    await becomes('data-validation', 'failed');
  });

  it('tells the webhook, signed, and lists that it did', async () => {
    await eventually(
      () => {
        expect(received.find(({ type }) => type === 'pipeline.run.failed.v1')?.signature).toMatch(/^v1,/);
      },
      { deadlineMs: SHOWN_MS, everyMs: 50 },
    );
    const row = page.getByTestId('run-deliveries-table').locator('tr', { hasText: 'pipeline.run.failed' });
    await row.locator('[data-status="delivered"]').waitFor();
    await row.getByText('200').waitFor();
  });

  it('is run again from the stage that failed with another input, and keeps what was done', async () => {
    const failed = runId();
    await page.getByTestId('run-rerun').click();
    await page.getByTestId('run-rerun-edit').click();
    await page.getByTestId('run-rerun-input').fill(JSON.stringify({ source: 'a source' }));
    await page.getByTestId('run-rerun-start').click();
    await page.waitForURL((url) => !url.pathname.includes(failed));
    await becomes('output-generation', 'completed');
    await page.getByTestId('run-status').and(page.locator('[data-status="completed"]')).waitFor();
    await node('data-analysis').click();
    await page.getByTestId('run-stage-reused').waitFor();
    const { body } = await tested.quayside.api.request<{
      stages: { attempts: object[]; reused_from: string | null }[];
    }>('GET', `/api/v1/runs/${runId()}`);
    expect(body.stages.map(({ attempts }) => attempts.length)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(body.stages.slice(0, 3).every(({ reused_from: from }) => from !== null)).toBe(true);
    const again = runId();
    // Whoever ran it again has seen to it.
    await tested.goTo(page, '/');
    await page.getByTestId('overview-all-well').waitFor({ timeout: SHOWN_MS });
    await tested.goTo(page, `/runs/${failed}/compare/${again}`);
    await page.getByTestId('compare-stages').getByText('data-validation').waitFor();
    expect(opened.watch.take()).toEqual([]);
  });
});
