import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '@app/testing';
import { DIST } from '../installation';
import { ConsoleUnderTest, describeInBrowser, SHOWN_MS, START_MS } from './support';

const PATIENCE = { deadlineMs: SHOWN_MS, everyMs: 50 };

interface AgentBody {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

describeInBrowser('agents, tasks and queues', () => {
  let console: ConsoleUnderTest;
  beforeAll(async () => {
    console = await ConsoleUnderTest.start();
  }, START_MS);
  afterAll(() => (console as ConsoleUnderTest | undefined)?.stop());

  it('say while nobody is there how to begin, and are there as soon as the demo agent is', async () => {
    const { page, watch } = await console.open('/agents');
    await page.getByTestId('agents-empty').waitFor();
    const command = (await page.getByTestId('agents-demo').innerText()).trim().split(' ');
    expect(command[0]).toBe('quayside');
    expect(await page.getByTestId('agents-curl').innerText()).toContain('/api/v1/agents/register');

    const demo = spawn(process.execPath, [join(DIST, 'src', 'cli', 'main.js'), ...command.slice(1)], {
      env: {
        ...{ PATH: process.env['PATH'], HOME: console.quayside.folder },
        ...{ QUAYSIDE_URL: console.origin, QUAYSIDE_API_KEY: console.quayside.key },
      },
      stdio: 'ignore',
    });
    const ended = once(demo, 'exit');
    try {
      await page.getByTestId('agents-table').getByText('example-agent').waitFor();
    } finally {
      demo.kill('SIGINT');
    }
    expect(await ended).toEqual([0, null]);
    await console.quayside.api.ok('DELETE', '/api/v1/agents/example-agent');
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it('are registered, asked who would get a task, and drained', async () => {
    const { page, watch } = await console.open('/agents?panel=register');
    await page.getByTestId('agents-register-name').fill('reader');
    await page.getByTestId('agents-register-submit').click();
    await page.getByTestId('agents-token').waitFor();
    await console.goTo(page, '/agents?panel=match');
    await page.getByTestId('agents-match-type').fill('reading');
    await page.getByTestId('agents-match-ask').click();
    // It never asks for work.
    await page.getByTestId('agents-match-answer').locator('[data-verdict="not_asking"]').first().waitFor();
    const agent = await console.quayside.api.ok<AgentBody>('GET', '/api/v1/agents/reader');
    await console.goTo(page, `/agents/${agent.id}`);
    await page.getByTestId('agent-heartbeats').waitFor();
    await page.getByTestId('agent-drain').click();
    await page.getByTestId('agent-activate').waitFor();
    await eventually(async () => {
      const { status } = await console.quayside.api.ok<AgentBody>('GET', '/api/v1/agents/reader');
      expect(status).toBe('draining');
    }, PATIENCE);
    expect(watch.take()).toEqual([]);
    await page.close();
  });

  it('say why they wait, end when somebody wants it, and flow again after a pause', async () => {
    const { task_id: id } = await console.quayside.api.ok<{ task_id: string }>('POST', '/api/v1/tasks', {
      ...{ type: 'singing', payload: {}, capabilities: ['song'] },
    });
    const { page, watch } = await console.open(`/tasks/${id}`);
    await page.getByTestId('task-waits').getByText('"song"').waitFor();
    await page.getByTestId('task-cancel').click();
    await page.getByTestId('confirm').click();
    await page.locator('[data-testid="task-status"][data-status="cancelled"]').waitFor();
    await console.goTo(page, '/queues');
    const queue = page.locator('[data-row="notifications.deliver"]');
    await queue.getByTestId('queues-pause').click();
    await queue.getByTestId('queues-resume').click();
    await queue.getByTestId('queues-pause').waitFor();
    expect(watch.take()).toEqual([]);
    await page.close();
  });
});
