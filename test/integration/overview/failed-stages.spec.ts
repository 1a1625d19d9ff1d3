import { eventually } from '@app/testing';
import { OverviewApiModule } from '../../../src/overview';
import { RunsWorld } from '../pipelines/runs-world';

interface Line {
  readonly kind: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly object_name: string;
  readonly cause: string;
  readonly link: string;
}

const FAILS = { code: 'bad_input' };
const AGAIN_TWICE = { name: 'clean', type: 'analysis', retry: { count: 2, delay: 3600 } };

describe('stages that failed, in the overview', () => {
  let world: RunsWorld;
  const lines = async (as = 'admin'): Promise<readonly Line[]> => {
    const { body } = await world.ask<{ readonly attention: readonly Line[] }>('/overview', undefined, as);
    return body.attention.filter(({ kind }) => kind === 'dead_letter');
  };
  const become = (expected: readonly Partial<Line>[], as?: string): Promise<void> =>
    eventually(async () => {
      expect(await lines(as)).toEqual(expected.map((line) => expect.objectContaining(line) as unknown));
    });
  /** As if the pause before an attempt were over, and the attempt failed too. */
  const failAgain = async (runId: string): Promise<void> => {
    await world.pass(runId);
    await world.finish(runId, FAILS);
  };

  beforeAll(async () => {
    world = await RunsWorld.start([OverviewApiModule]);
  }, 180_000);
  afterAll(() => world.stop());

  it('have one line, with the count of attempts, from their end until the run is started again', async () => {
    const runId = await world.begun(
      await world.define('sales', [AGAIN_TWICE, { name: 'out', type: 'output' }]),
    );
    await world.finish(runId, FAILS);
    await failAgain(runId);
    // Two of three attempts are dead letters, and the stage may still succeed.
    expect(await lines()).toEqual([]);
    await failAgain(runId);
    const { task_ids: tasks } = (await world.run(runId)).stages[0]!;
    expect(tasks).toHaveLength(3);
    await become([
      {
        ...{ object_type: 'runs', object_id: runId, object_name: 'sales', link: `/runs/${runId}` },
        cause: 'The stage "clean" failed after 3 attempts: It went wrong.',
      },
    ]);
    // Who may not see runs is told of the last attempt's task, once as well.
    await become(
      [
        {
          object_type: 'tasks',
          object_name: 'analysis',
          cause: 'It failed after 3 attempts: It went wrong.',
        },
      ],
      'me:read,tasks:read',
    );
    await world.ask(`/runs/${runId}/rerun`, {});
    await become([]);
  });

  it('inside a run that is a stage are told of that stage, once it has failed', async () => {
    const inner = await world.define('inner', [{ name: 'deep', type: 'analysis' }]);
    const outer = { name: 'sub', retry: { count: 1, delay: 3600 }, pipeline: { pipeline: inner } };
    const runId = await world.begun(await world.define('outer', [outer]));
    const innerId = async (attempt: number): Promise<string> =>
      String((await world.run(runId)).stages[0]?.attempts[attempt]?.run_id);
    const failInner = async (attempt: number): Promise<void> => {
      const id = await innerId(attempt);
      await world.engine.advance(id);
      await world.finish(id, FAILS);
      await world.engine.advance(runId);
    };
    await failInner(0);
    expect(await lines()).toEqual([]);
    await world.pass(runId);
    await failInner(1);
    await become([
      {
        ...{ object_id: runId, object_name: 'outer' },
        cause: 'The stage "sub" failed after 2 attempts: It went wrong.',
      },
    ]);
  });
});
