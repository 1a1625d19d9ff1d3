import { Agent } from '@app/agent-kit';
import { eventually } from '@app/testing';
import { exampleAgent } from '../../../src/bundled/example-agent';
import { EXIT } from '../../../src/cli/failures';
import { runCommand } from '../../../src/cli/program';
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
  let installation: Installation;
  let url: string;
  let agent: Agent;

  beforeAll(async () => {
    installation = await Installation.start();
    url = `http://127.0.0.1:${String(installation.port('all-in-one'))}`;
    agent = new Agent(
      exampleAgent({ url, key: installation.key, log: () => undefined, onToken: () => undefined }),
    );
    await agent.start();
  });

  afterAll(async () => {
    await agent.stop();
    await installation.stop();
  });

  async function ran(pipeline: string, body: object): Promise<Run> {
    const { run_id: id } = await installation.api.ok<Run>(
      'POST',
      `/api/v1/pipelines/${pipeline}/execute?wait=60`,
      body,
    );
    return installation.api.ok<Run>('GET', `/api/v1/runs/${id}`);
  }

  it('of six stages, as the template has them, are done by the bundled agent', async () => {
    const { templates } = await installation.api.ok<{ templates: { pipeline: object }[] }>(
      'GET',
      '/api/v1/pipelines/templates',
    );
    const { id } = await installation.api.ok<{ id: string }>(
      'POST',
      '/api/v1/pipelines',
      templates[0]?.pipeline,
    );
    const run = await ran(id, { input_data: { source: 'a file' } });
    expect(run).toMatchObject({ status: 'completed', completed_stages: [0, 1, 2, 3, 4, 5] });
    const [first, second] = run.stages;
    // What a stage gives is what the next one works on.
    expect(second?.output?.['count']).toBe(first?.output?.['count']);
    expect(run.stages.at(-1)?.output).toMatchObject({ delivered: first?.output?.['count'] });
  });

  it('call tools of managed servers, with what came before them filled in', async () => {
    await installation.api.ok('POST', '/mcp/instances', { name: 'tooled', template: 'echo' });
    await installation.reaches('tooled', 'running');
    const tool = { server_name: 'tooled', tool_name: 'echo', arguments: { message: 'Hello ${input.name}' } };
    const { id } = await installation.api.ok<{ id: string }>('POST', '/api/v1/pipelines', {
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

  describe('on the command line', () => {
    /** Answers with what it printed as data, and how it ended. */
    async function quayside(...args: readonly string[]): Promise<{ code: number; out: string }> {
      const out: string[] = [];
      const terminal = {
        out: (text: string) => void out.push(text),
        say: () => undefined,
        input: () => Promise.resolve(''),
      };
      const code = await runCommand(args, terminal, {
        QUAYSIDE_URL: url,
        QUAYSIDE_API_KEY: installation.key,
      });
      return { code, out: out.join('\n') };
    }
    async function read<T>(...args: readonly string[]): Promise<T> {
      const { code, out } = await quayside(...args, '-o', 'json');
      expect(code).toBe(0);
      return JSON.parse(out) as T;
    }

    it('are listed, run to their end, and looked at stage by stage', async () => {
      expect((await quayside('pipelines', 'list', '-o', 'name')).out.split('\n')).toContain('tools');
      expect(await read('pipelines', 'get', 'tools')).toMatchObject({ name: 'tools', version: 1 });
      const ended = await quayside('pipelines', 'run', 'tools', '--input', '{"name":"Grace"}');
      expect(ended.code).toBe(EXIT.ok);
      expect(ended.out).toMatch(/tools {2}completed\n[^]*greet/);
      const [newest] = await read<Run[]>('runs', 'list', '--status', 'completed');
      const id = newest?.run_id ?? '';
      expect(ended.out).toContain(id);
      for (const how of ['get', 'watch']) expect((await quayside('runs', how, id)).out).toBe(ended.out);
      expect((await quayside('runs', 'cancel', id)).code).toBe(EXIT.conflict);
      expect((await quayside('pipelines', 'run', 'nobody')).code).toBe(EXIT.notFound);
    });

    it('have tasks beside them: handed in, done, and cancelled', async () => {
      const { out: done } = await quayside('tasks', 'submit', 'analysis', '--payload', '{"items":[1]}');
      await eventually(async () => {
        expect((await quayside('tasks', 'get', done)).out).toContain('completed  100%');
      });
      expect((await quayside('tasks', 'logs', done)).out).toContain('analysis');
      const { out: waiting } = await quayside('tasks', 'submit', 'singing', '--capability', 'song');
      await eventually(async () => {
        expect((await quayside('tasks', 'get', waiting)).out).toContain('waits for: ');
      });
      expect((await quayside('tasks', 'list', '--type', 'singing', '-o', 'name')).out).toBe(waiting);
      expect((await quayside('tasks', 'cancel', waiting)).out).toContain('cancelled');
    });
  });
});
