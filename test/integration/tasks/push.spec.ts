import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { freePort, eventually } from '@app/testing';
import { Webhook } from 'standardwebhooks';
import { AgentRoster, AgentSigning } from '../../../src/agents';
import { LostLeases } from '../../../src/tasks/dispatch/lost-leases';
import { TaskPush } from '../../../src/tasks/push/task-push';
import { type Body, DispatchWorld } from './dispatch-world';

const WAIT = { deadlineMs: 90_000 };

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Body;
}

/** An agent that is sent what there is, and answers as it is told. */
class PushedAgent {
  readonly received: Received[] = [];
  answer: (response: ServerResponse) => void = (response) => response.writeHead(202).end();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<PushedAgent> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const agent = new PushedAgent(
      server,
      `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/task`,
    );
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const text = Buffer.concat(parts).toString();
        agent.received.push({ headers: request.headers, text, body: JSON.parse(text) as Body });
        agent.answer(response);
      });
    });
    return agent;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) =>
      this.server.close(() => {
        resolve();
      }),
    );
  }
}

describe('a pushed agent', () => {
  let world: DispatchWorld;
  let agent: PushedAgent;
  let push: TaskPush;
  beforeAll(async () => {
    world = await DispatchWorld.start({ maxConcurrentTasks: 50, workers: 1 });
    push = await world.part(TaskPush);
    agent = await PushedAgent.start();
  }, 120_000);
  afterEach(async () => {
    await world.clear();
    agent.received.length = 0;
  });
  afterAll(async () => {
    await agent.stop();
    await world.stop();
  });

  /** Given to the agent, and not sent yet: the queue's messages are in the test's hands. */
  const given = async (more: object = {}): Promise<string> => {
    const id = await world.submit({ payload: { file: 'a.pdf' }, ...more });
    await eventually(async () => {
      expect(await world.get(id)).toMatchObject({ status: 'running' });
    }, WAIT);
    return id;
  };

  it('is sent a signed request with all that it needs, once, and has the task when it says 202', async () => {
    agent.answer = (response) => response.writeHead(202).end();
    const agentId = await world.agent({ url: agent.url });
    const id = await given();
    await push.look(id);
    await push.look(id);
    const [sent] = agent.received;
    expect(agent.received).toHaveLength(1);
    expect(sent?.body).toMatchObject({
      ...{ task_id: id, type: 'analysis', payload: { file: 'a.pdf' }, attempt: 1 },
      callback_url: `http://quayside.test/api/v1/tasks/${id}`,
    });
    expect(sent?.headers['webhook-id']).toBe(`${id}.1`);
    const secret = world.plane.app.get(AgentSigning, { strict: false }).secretOf(agentId);
    const genuine = new Webhook(secret).verify(sent?.text ?? '', sent?.headers as Record<string, string>);
    expect(genuine).toMatchObject({ task_id: id });
    const token = String(sent?.body['lease_token']);
    await world.complete({ task_id: id, lease_token: token, attempt: 1, payload: {} });
    expect(await world.get(id)).toMatchObject({ status: 'completed' });
  }, 120_000);

  it.each([
    [200, '{"rows": 3}', { status: 'completed', result: { rows: 3 } }],
    [200, 'nonsense', { status: 'failed', error: { code: 'invalid_result' } }],
    [422, '', { status: 'failed', error: { code: 'agent_refused' } }],
    [500, '', { status: 'retrying', error: { code: 'agent_refused' } }],
  ])(
    'that answers %i with %j makes it %j',
    async (status, text, outcome) => {
      agent.answer = (response) => response.writeHead(status).end(text);
      await world.agent({ url: agent.url });
      const id = await given({ retry_count: 3 });
      await push.look(id);
      expect(await world.get(id)).toMatchObject(outcome);
    },
    120_000,
  );

  it('that asks for quiet is given nothing before, and the attempt does not count', async () => {
    agent.answer = (response) => response.writeHead(429, { 'retry-after': '3' }).end();
    await world.agent({ url: agent.url });
    const id = await given();
    await push.look(id);
    expect(await world.get(id)).toMatchObject({
      ...{ status: 'pending', attempt: 0 },
      waiting_for: expect.stringMatching(/the only one that could do it, is given nothing until /) as string,
    });
    await eventually(async () => {
      expect(await world.get(id)).toMatchObject({ status: 'running', attempt: 1 });
    }, WAIT);
  }, 120_000);

  it('that cannot be reached has not got it', async () => {
    await world.agent({ url: `http://127.0.0.1:${String(await freePort())}/task` });
    const id = await given();
    await push.look(id);
    expect(await world.get(id)).toMatchObject({ attempts: [{ outcome: 'handed_back' }] });
    await world.plane.app.get(AgentRoster, { strict: false }).flush();
  }, 120_000);

  it('that takes it and hangs up may have done it: the attempt counts', async () => {
    agent.answer = (response) => response.destroy();
    await world.agent({ url: agent.url });
    const id = await given({ retry_count: 1 });
    await push.look(id);
    expect(await world.get(id)).toMatchObject({
      status: 'retrying',
      attempt: 1,
      attempts: [{ outcome: 'lost' }],
    });
  }, 120_000);

  it('is told to stop', async () => {
    agent.answer = (response) => response.writeHead(202).end();
    await world.agent({ url: agent.url });
    const id = await given();
    await push.look(id);
    await world.send('POST', `/tasks/${id}/cancel`, {});
    await push.look(id);
    await push.look(id);
    expect(agent.received.slice(1).map(({ body }) => [body['type'], body['task_id']])).toEqual([
      ['cancel', id],
    ]);
  }, 120_000);

  it('is not sent what nobody wants any more', async () => {
    await world.agent({ url: agent.url });
    const id = await given();
    await world.send('POST', `/tasks/${id}/cancel`, {});
    await push.look(id);
    expect(agent.received).toEqual([]);
    expect(await world.get(id)).toMatchObject({ status: 'cancelled' });
  }, 120_000);

  it('is given anew what no message carried, and has lost what nobody waited to the end for', async () => {
    await world.agent({ url: agent.url });
    const lost = await world.part(LostLeases);
    const id = await given({ retry_count: 1 });
    const passed = `UPDATE task_attempt SET started_at = now() - interval '1 hour'`;
    await world.plane.db.execute(passed);
    await lost.look();
    await eventually(async () => {
      expect(await world.count(`id = '${id}' AND status = 'running' AND lease_gen = 2 AND attempt = 1`)).toBe(
        1,
      );
    }, WAIT);
    await world.plane.db.execute(
      `UPDATE task_attempt SET pushed_at = now() - interval '1 hour' WHERE lease_gen = 2`,
    );
    await lost.look();
    expect(await world.get(id)).toMatchObject({ status: 'retrying', error: { code: 'lease_lost' } });
  }, 120_000);
});
