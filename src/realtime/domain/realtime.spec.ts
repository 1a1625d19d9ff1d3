import { type JsonObject } from '@app/kernel';
import { readClientFrame } from './client-frame';
import { cloudEventOf } from './cloud-event';
import { facetsOf } from './facets';
import { errorFrameOf, frameOf } from './frames';
import { type LogEvent } from './log-event';
import { EVERYTHING, subscriptionKey, SubscriptionFault, wants } from './subscription';
import { topicOf } from './topics';

const TIME = '2026-07-27T10:00:00.000Z';
const event = (name: string, data: JsonObject = {}, more: Partial<LogEvent> = {}): LogEvent => ({
  ...{ id: 'e-1', sequence: 7, name, aliases: [], aggregateType: 'things', aggregateId: 't-1', data },
  ...{ actor: 'key:a', correlationId: 'r-1', causationId: null, traceparent: null, workspaceId: 'w-1' },
  occurredAt: new Date(TIME),
  ...more,
});

describe('frames', () => {
  it.each([
    [
      'task.progressed',
      { task_id: 'task-123', status: 'running', progress: 0.5, run_id: 'run-1', stage: null },
      { type: 'task_update', task_id: 'task-123', status: 'running', progress: 0.5, timestamp: TIME },
    ],
    [
      'agent.updated',
      { agent_id: 'agent-456', status: 'active', current_load: 0.75 },
      { type: 'agent_update', agent_id: 'agent-456', status: 'active', current_load: 0.75, timestamp: TIME },
    ],
    [
      'pipeline.run.progressed',
      { pipeline_id: 'pipeline-123', current_stage: 2, completed_stages: [0, 1], progress: 0.33 },
      {
        ...{ type: 'pipeline_progress', pipeline_id: 'pipeline-123', current_stage: 2 },
        ...{ completed_stages: [0, 1], progress: 0.33, timestamp: TIME },
      },
    ],
  ])('of %s has the printed members first', (name, data, printed) => {
    const frame = frameOf(event(name, data));
    expect(frame).toMatchObject({ ...printed, sequence: 7 });
    expect(Object.keys(frame).slice(0, Object.keys(printed).length)).toEqual(Object.keys(printed));
  });

  it('of a task that failed are its end, with the number, and the printed error without', () => {
    const failed = event('task.failed', {
      ...{ task_id: 'task-123', status: 'failed', progress: 0.2 },
      error: { code: 'EXECUTION_ERROR', message: 'Invalid input data format' },
    });
    expect(frameOf(failed)).toMatchObject({ type: 'task_update', status: 'failed', sequence: 7 });
    expect(errorFrameOf(failed)).toEqual({
      ...{ type: 'error', task_id: 'task-123', error: 'Task execution failed', timestamp: TIME },
      details: { code: 'EXECUTION_ERROR', message: 'Invalid input data format' },
      event_id: 'e-1',
    });
    expect(errorFrameOf(event('task.completed'))).toBeUndefined();
  });

  it.each([
    ['mcp.instance.running', { phase: 'running' }, 'running'],
    ['mcp.instance.stop.requested', {}, 'stopping'],
    ['mcp.instance.deleted', {}, 'deleted'],
  ])('of %s say the status', (name, data, status) => {
    expect(frameOf(event(name, data))).toMatchObject({ type: 'instance_update', status });
  });

  it.each([
    ['task.started', 'tasks'],
    ['webhook.endpoint.created', 'notifications'],
    ['identity.key.issued', 'audit'],
    ['mcp.endpoint.created', 'audit'],
    ['pipeline.schedule.created', 'pipelines'],
  ])('of %s belong to %s', (name, topic) => {
    expect(topicOf(name)).toBe(topic);
  });
});

describe('the envelope', () => {
  it('has names that the format allows, and the number as text', () => {
    const envelope = cloudEventOf(event('task.started', { task_id: 'a' }), {
      installationId: 'i-1',
      publicUrl: 'https://quayside.example.com',
    });
    expect(Object.keys(envelope).every((name) => /^[a-z0-9]+$/.test(name))).toBe(true);
    expect(envelope).toMatchObject({
      ...{ type: 'task.started.v1', sequence: '7', source: '/quayside/i-1' },
      dataschema: 'https://quayside.example.com/schemas/events/task.started.v1.json',
    });
  });
});

describe('what clients say', () => {
  it.each([
    [[]],
    [{ type: 'hello' }],
    [{ type: 'constructor' }],
    [{ type: 'auth' }],
    [{ type: 'auth', token: 'x', user: 'y' }],
    [{ type: 'subscribe', topics: [] }],
    [{ type: 'subscribe', topics: ['task'] }],
    [{ type: 'subscribe', since: -1 }],
    [{ type: 'subscribe', since: 1.5 }],
    [{ type: 'subscribe', filter: { colour: 'red' } }],
    [{ type: 'subscribe', filter: { status: [] } }],
    [{ type: 'subscribe', filter: { status: { not: 'x' } } }],
  ])('is refused when it is %j', (value) => {
    expect(() => readClientFrame(value)).toThrow(SubscriptionFault);
  });

  it('is a subscription that picks', () => {
    const frame = readClientFrame({
      ...{ type: 'subscribe', topics: ['tasks'], since: 3 },
      filter: { status: ['failed', 'completed'], agent_id: 'a-1' },
    });
    if (frame.type !== 'subscribe') throw new Error('It is one.');
    expect(frame.since).toBe(3);
    const picks = (data: JsonObject): boolean =>
      wants(frame.subscription, 'tasks', facetsOf(event('task.failed', data)));
    expect(picks({ status: 'failed', assigned_agent: 'a-1' })).toBe(true);
    expect(picks({ status: 'running', assigned_agent: 'a-1' })).toBe(false);
    expect(picks({ status: 'failed', assigned_agent: null })).toBe(false);
    expect(wants(frame.subscription, 'agents', { agent_id: ['a-1'], status: ['failed'] })).toBe(false);
    expect(wants(EVERYTHING, 'audit', {})).toBe(true);
  });

  it('means the same in any order', () => {
    const keyOf = (value: object): string => {
      const frame = readClientFrame(value);
      return frame.type === 'subscribe' ? subscriptionKey(frame.subscription) : '';
    };
    expect(
      keyOf({ type: 'subscribe', topics: ['tasks', 'agents'], filter: { status: ['a', 'b'], type: 'x' } }),
    ).toBe(
      keyOf({ type: 'subscribe', topics: ['agents', 'tasks'], filter: { type: ['x'], status: ['b', 'a'] } }),
    );
  });
});
