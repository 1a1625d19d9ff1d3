import { Agent } from '@app/agent-kit';
import { exampleAgent } from '../../../src/bundled/example-agent';
import { Installation } from '../installation';

/** Guards against hanging; a run takes a second or two. */
jest.setTimeout(240_000);

interface Run {
  readonly run_id: string;
  readonly status: string;
  readonly completed_stages: readonly number[];
  readonly stages: readonly {
    readonly name: string;
    readonly status: string;
    readonly output: { readonly [name: string]: unknown } | null;
    readonly error: { readonly code: string } | null;
  }[];
}

describe('pipelines', () => {
  let quayside: Installation;
  let agent: Agent;

  beforeAll(async () => {
    quayside = await Installation.start();
    const url = `http://127.0.0.1:${String(quayside.port('all-in-one'))}`;
    agent = new Agent(
      exampleAgent({ url, key: quayside.key, log: () => undefined, onToken: () => undefined }),
    );
    await agent.start();
  });

  afterAll(async () => {
    await agent.stop();
    await quayside.stop();
  });

  async function ran(pipeline: string, body: object): Promise<Run> {
    const { run_id: id } = await quayside.api.ok<Run>(
      'POST',
      `/api/v1/pipelines/${pipeline}/execute?wait=60`,
      body,
    );
    return quayside.api.ok<Run>('GET', `/api/v1/runs/${id}`);
  }

  it('of six stages, as the template has them, are done by the bundled agent', async () => {
    const { templates } = await quayside.api.ok<{ templates: { pipeline: object }[] }>(
      'GET',
      '/api/v1/pipelines/templates',
    );
    const { id } = await quayside.api.ok<{ id: string }>('POST', '/api/v1/pipelines', templates[0]?.pipeline);
    const run = await ran(id, { input_data: { source: 'a file' } });
    expect(run).toMatchObject({ status: 'completed', completed_stages: [0, 1, 2, 3, 4, 5] });
    const [first, second] = run.stages;
    // What a stage gives is what the next one works on.
    expect(second?.output?.['count']).toBe(first?.output?.['count']);
    expect(run.stages.at(-1)?.output).toMatchObject({ delivered: first?.output?.['count'] });
  });

  it('call tools of managed servers, with what came before them filled in', async () => {
    await quayside.api.ok('POST', '/mcp/instances', { name: 'tooled', template: 'echo' });
    await quayside.reaches('tooled', 'running');
    const tool = { server_name: 'tooled', tool_name: 'echo', arguments: { message: 'Hello ${input.name}' } };
    const { id } = await quayside.api.ok<{ id: string }>('POST', '/api/v1/pipelines', {
      name: 'tools',
      stages: [
        { name: 'greet', type: 'tool', tool },
        { name: 'count', type: 'analysis', when: '${stages.greet.status} == "completed"' },
      ],
    });
    const run = await ran(id, { input_data: { name: 'Ada' } });
    expect(run.stages.map(({ name, status, error }) => [name, status, error])).toEqual([
      ['greet', 'completed', null],
      ['count', 'completed', null],
    ]);
    expect(JSON.stringify(run.stages[0]?.output)).toContain('Hello Ada');
  });
});
