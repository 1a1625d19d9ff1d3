import { linksOf } from './links';
import { planDeliveries, type RunWish, type Subscriber } from './plan-deliveries';

const HERE = 'workspace-1';
const hook = (address: string, events = ['*'], workspaceId = HERE): Subscriber => ({
  ...{ workspaceId, channel: 'webhook', address, events, endpointId: `id of ${address}` },
});
const mail = (address: string, events = ['*']): Subscriber => ({
  ...{ workspaceId: HERE, channel: 'email', address, events, endpointId: null },
});
const planned = (event: string, subscribers: readonly Subscriber[], wish?: RunWish): readonly unknown[] =>
  planDeliveries({ name: event, workspaceId: HERE }, subscribers, wish).map((one) => [
    one.address,
    one.endpointId,
  ]);
const DONE = 'pipeline.run.completed';

describe('who is told of an event', () => {
  it('is whoever asked for it, in its workspace', () => {
    const all = [hook('a'), hook('b', ['task.*']), hook('c', ['*'], 'workspace-2'), mail('d@e.f', [DONE])];
    expect(planned(DONE, all)).toEqual([
      ['a', 'id of a'],
      ['d@e.f', null],
    ]);
  });

  it('are the addresses that the run names, when it ends or waits', () => {
    const wish = { webhook: 'https://w', email: 'a@b.c' };
    expect(planned(DONE, [], wish)).toEqual([
      ['https://w', null],
      ['a@b.c', null],
    ]);
    expect(planned('pipeline.run.started', [], wish)).toEqual([]);
    expect(planned('pipeline.stage.failed', [], wish)).toEqual([]);
    expect(planned('pipeline.stage.waiting_approval', [], wish)).toHaveLength(2);
  });

  it('is told once, as the webhook that it is', () => {
    expect(planned(DONE, [hook('https://w')], { webhook: 'https://w' })).toEqual([
      ['https://w', 'id of https://w'],
    ]);
    expect(planned(DONE, [hook('https://w', ['task.*'])], { webhook: 'https://w' })).toEqual([
      ['https://w', 'id of https://w'],
    ]);
  });

  it('is nobody whose address is none', () => {
    expect(planned(DONE, [], { email: 'a@b.c\r\nBcc: d@e.f' })).toEqual([]);
  });
});

describe('links', () => {
  const at = 'https://q';
  it.each([
    [
      DONE,
      { run_id: 'r', task_id: 't' },
      { console: 'https://q/console/runs/r', api: 'https://q/api/v1/runs/r' },
    ],
    [
      'task.failed',
      { task_id: 't', run_id: null },
      { console: 'https://q/console/tasks/t', api: 'https://q/api/v1/tasks/t' },
    ],
    [
      'agent.lost',
      { agent_id: '../x' },
      { console: 'https://q/console/agents/..%2Fx', api: 'https://q/api/v1/agents/..%2Fx' },
    ],
    ['webhook.endpoint.disabled', { webhook_id: 'w' }, {}],
  ])('of %s lead to what it is about', (event, data, links) => {
    expect(linksOf(event, data, at)).toEqual(links);
  });
});
