import { setTimeout as delay } from 'node:timers/promises';
import { eventually, describeWithRedis } from '@app/testing';
import { Installation } from '../installation';
import { WorkSiege } from './support/work/work-siege';

jest.setTimeout(400_000);
const SEED = 20_261_122;
const TASKS = 160;

describeWithRedis('tasks whose agents, dispatcher and queue are taken away', (redis) => {
  let siege: WorkSiege;

  beforeAll(async () => {
    siege = await WorkSiege.start({
      ...{ mode: 'roles', redisUrl: redis().url, agents: 4, tasks: TASKS, seed: SEED },
    });
  }, 180_000);
  afterAll(() => siege.stop());

  it('P5, F24: each ends in one state, and one result of one lease counts', async () => {
    const { installation, agents } = siege;
    await siege.begin();
    await siege.finished(TASKS * 0.2);
    await installation.kill('worker');
    await installation.startRole('worker');
    agents[0]?.sleep();
    await siege.finished(TASKS * 0.4);
    await redis().flush();
    await siege.finished(TASKS * 0.6);
    agents[0]?.wake();
    await installation.kill('api');
    await installation.startRole('api');
    await siege.settle();
    expect(siege.history.submitted).toHaveLength(TASKS);
    expect(await siege.brokenPromises()).toEqual([]);
    // What came too late, or twice, was told so.
    const codes = new Set(siege.history.told.map(({ code }) => code));
    expect(codes).toContain('lease_lost');
  });
});

interface RunBody {
  readonly status: string;
  readonly completed_stages: readonly number[];
  readonly progress: number;
}

const STAGES = ['data-ingestion', 'transformation', 'analysis', 'validation', 'processing', 'output'];

describe('a pipeline whose engine is killed between stages', () => {
  let installation: Installation;
  const executed: string[] = [];
  let isWorking = true;
  let working: Promise<void> = Promise.resolve();

  beforeAll(async () => {
    installation = await Installation.start({ mode: 'roles' });
  }, 180_000);
  afterAll(async () => {
    isWorking = false;
    await working;
    await installation.stop();
  });

  /** Takes what there is and completes it. */
  async function work(id: string, token: string): Promise<void> {
    const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
      const response = await fetch(`http://127.0.0.1:${String(installation.port('api'))}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    while (isWorking) {
      const { tasks = [] } = await ask(`/api/v1/agents/${id}/lease`, { max: 1, wait_s: 2 });
      for (const { task_id, lease_token, type } of tasks as Record<string, string>[]) {
        const result = { of: type };
        await ask(`/api/v1/tasks/${String(task_id)}/complete`, { lease_token, result });
        executed.push(String(type));
      }
      await ask(`/api/v1/agents/${id}/heartbeat`, { current_load: 0.1 });
      await delay(10);
    }
  }

  it('F25: goes on where it was; no stage is skipped, and none is done twice', async () => {
    const { api } = installation;
    const agent = await api.ok<{ id: string; token: string }>('POST', '/api/v1/agents/register', {
      ...{ name: 'steady', type: 'worker', capabilities: [], max_tasks: 2 },
    });
    const pipeline = await api.ok<{ id: string }>('POST', '/api/v1/pipelines', {
      ...{ name: 'killed-between', description: 'Six stages, one after the other.' },
      stages: STAGES.map((type) => ({ name: `${type}-stage`, type, required: true, timeout: 120 })),
    });
    const { run_id: runId } = await api.ok<{ run_id: string }>(
      ...(['POST', `/api/v1/pipelines/${pipeline.id}/execute`] as const),
      { input_data: { source: 's3://bucket/input' }, parameters: {} },
    );
    working = work(agent.id, agent.token);

    let seen: readonly number[] = [];
    for (let done = 1; done <= STAGES.length; done += 1) {
      await eventually(
        async () => {
          const run = await api.ok<RunBody>('GET', `/api/v1/runs/${runId}`);
          // It only ever grows.
          expect(run.completed_stages).toEqual(expect.arrayContaining([...seen]));
          seen = run.completed_stages;
          if (seen.length < done) throw new Error(`${JSON.stringify(run)}\n${installation.lastLog()}`);
        },
        { deadlineMs: 120_000, everyMs: 25 },
      );
      if (done % 2 === 1) {
        await installation.kill('worker');
        await installation.startRole('worker');
      }
    }
    const run = await api.ok<RunBody>('GET', `/api/v1/runs/${runId}`);
    expect(run).toMatchObject({ status: 'completed', completed_stages: [0, 1, 2, 3, 4, 5], progress: 1 });
    expect(executed).toEqual(STAGES);
  });
});
