import { type RecordedEvent } from '@app/outbox';
import { taskReactions } from '../../tasks';
import { pipelineReactions } from '.';

const [TASK, RUN] = ['1b4e28ba-2fa1-41d2-883f-0016d3cca427', '7c4b3a29-8d1e-4f60-a5b4-1e0d9c8b7a51'];
const reactions = [...taskReactions, ...pipelineReactions];

/** What all of them together send, as in the product. */
const sentAfter = (name: string, data: RecordedEvent['data']): readonly (readonly [string, unknown])[] => {
  const event: RecordedEvent = {
    ...{ id: 'e', sequence: 1, name, aggregateType: 'tasks', aggregateId: TASK },
    ...{ actor: 'system:dispatch', correlationId: 'r', occurredAt: new Date(0), data },
  };
  return reactions
    .filter(({ on }) => on.includes(name))
    .flatMap(({ react }) => react(event))
    .map(({ queue, data: message }) => [queue, message]);
};

describe('what an event of work is answered with', () => {
  const started = { v: 1, task_id: TASK, lease_gen: 2 };
  it.each([
    [{ executor: 'gateway', push: false }, [['tasks.tools', started]]],
    [{ executor: 'agent', push: true }, [['tasks.dispatch', started]]],
    [{ executor: 'agent', push: false }, []],
  ])('is one message at most for what was given out: %j', (data, sent) => {
    expect(sentAfter('task.started', { ...data, task_id: TASK, lease_gen: 2, run_id: RUN })).toEqual(sent);
  });

  it.each([
    ['pipeline.run.started', { run_id: RUN }],
    ['task.completed', { run_id: RUN }],
    ['task.failed', { run_id: RUN }],
    ['task.cancelled', { run_id: RUN }],
    ['pipeline.run.completed', { run_id: TASK, parent_run_id: RUN }],
  ])('is one look at the run after %s', (name, data) => {
    expect(sentAfter(name, data)).toEqual([['pipelines.advance', { v: 1, run_id: RUN }]]);
  });

  it.each(['task.completed', 'pipeline.run.completed'])('is nothing after %s of no run', (name) => {
    expect(sentAfter(name, { parent_run_id: null })).toEqual([]);
  });
});
