import { randomUUID } from 'node:crypto';
import { faultsOfCard } from '../agents/agent-card';
import { Everything } from '../gateway/everything';
import { type Answer, type Method, Served } from '../routes/served';

const API = '/api/v1/pipelines';

/** As the required document prints it. */
const PRINTED = {
  name: 'data-processing-pipeline',
  description: '6-stage data processing pipeline',
  stages: [
    { name: 'data-ingestion', type: 'data-ingestion', required: true, timeout: 300 },
    { name: 'data-transformation', type: 'transformation', required: true, timeout: 600 },
    { name: 'data-analysis', type: 'analysis', required: true, timeout: 900 },
    { name: 'data-validation', type: 'validation', required: true, timeout: 300 },
    { name: 'data-processing', type: 'processing', required: true, timeout: 1200 },
    { name: 'output-generation', type: 'output', required: true, timeout: 300 },
  ],
  dependencies: [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 3, to: 4 },
    { from: 4, to: 5 },
  ],
};
const stage = (name: string, more: object = {}): object => ({ name, type: 'analysis', ...more });

describe('pipelines', () => {
  let served: Served;
  const everything = new Everything();
  let developer: string;
  let operator: string;

  beforeAll(async () => {
    [served] = await Promise.all([Served.start(), everything.start()]);
    developer = await served.issueKey('developer');
    operator = await served.issueKey('operator');
    await addServer('live', 'running', everything.url);
    await addServer('away', 'stopped', 'http://127.0.0.1:9/mcp');
  }, 180_000);

  afterAll(async () => {
    await Promise.all([served.stop(), everything.end()]);
  });

  const ask = (method: Method, url: string, body?: object, key = served.key): Promise<Answer> =>
    served.request({ method, roles: ['api'] }, url, { key, body });

  async function define(name: string, stages: readonly object[], more: object = {}): Promise<string> {
    const { status, body } = await ask('POST', API, { name, stages, ...more });
    expect([status, body]).toEqual([201, body]);
    return String(body['id']);
  }

  async function faults(stages: readonly object[], more: object = {}): Promise<readonly string[]> {
    const { status, body } = await ask('POST', API, { name: `n-${randomUUID()}`, stages, ...more });
    expect([status, body['code']]).toEqual([422, 'pipeline_invalid']);
    return told(body['errors']);
  }

  const told = (problems: unknown): readonly string[] =>
    (problems as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`);

  async function addServer(name: string, phase: string, url: string): Promise<void> {
    const { db } = served.database;
    const id = randomUUID();
    await db.execute(
      `INSERT INTO instances (id, name, json_spec, desired_state, generation)
       VALUES ($1, $2, '{"type": "stdio", "command": "everything"}', 'running', 1)`,
      [id, name],
    );
    const upstream = { kind: 'http', urls: [url], transport: 'streamable-http', remote: false };
    await db.execute(
      `INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, upstream)
       VALUES ($1, 1, 1, $2, 'As the test wants it.', now(), now(), $3::jsonb)`,
      [id, phase, JSON.stringify(upstream)],
    );
  }

  it('E27: stand, where they say so, as skills on the card of the installation, which is one of A2A 1.0', async () => {
    const card = (): Promise<Answer> =>
      served.request({ method: 'GET', roles: ['api'] }, '/.well-known/agent-card.json');
    const steps = [stage('one')];
    await define('told-to-nobody', steps);
    await define('denied', steps, { is_public: false });
    await define('b-told', steps, { is_public: true, description: 'Counts words.' });
    const id = await define('a-told', steps, { is_public: true });
    const told = await card();
    expect(told.status).toBe(200);
    expect(faultsOfCard(told.body)).toEqual([]);
    expect(told.body).toMatchObject({
      name: 'Quayside',
      supportedInterfaces: [{ url: expect.stringMatching(/\/api\/v1\/pipelines$/) as string }],
      skills: [
        { id: 'a-told', name: 'a-told', description: 'The pipeline a-told.', tags: ['pipeline'] },
        { id: 'b-told', description: 'Counts words.' },
      ],
    });
    const { body: stored } = await ask('GET', `${API}/${id}`);
    expect(stored).toMatchObject({ is_public: true });
    await ask('PUT', `${API}/${id}`, { name: 'a-told', stages: steps });
    expect((await card()).body['skills']).toMatchObject([{ id: 'b-told' }]);
    await ask('DELETE', `${API}/b-told`);
    expect((await card()).body['skills']).toEqual([]);
  });

  it('are defined as the required document prints them, and found by their names', async () => {
    const templates = await ask('GET', `${API}/templates`);
    const [template] = templates.body['templates'] as { pipeline: object }[];
    expect(template?.pipeline).toMatchObject(PRINTED);

    const made = await ask('POST', API, template?.pipeline);
    expect([made.status, made.body['version'], made.body['warnings']]).toEqual([201, 1, []]);
    const read = await ask('GET', `${API}/data-processing-pipeline`);
    expect(read.body).toMatchObject({ ...PRINTED, id: made.body['id'], version: 1 });
    expect((await ask('POST', API, PRINTED)).body['code']).toBe('pipeline_name_taken');
  });

  it('get a new version with each change, and keep the old ones', async () => {
    const id = await define('versions', [stage('first')]);
    const changed = await ask('PUT', `${API}/versions`, { name: 'renamed', stages: [stage('second')] });
    expect(changed.body).toMatchObject({ id, version: 2, name: 'renamed' });

    const versions = await ask('GET', `${API}/${id}/versions?limit=1`);
    expect(versions.body['versions']).toMatchObject([{ version: 2, name: 'renamed' }]);
    const cursor = String(versions.body['next_cursor']);
    const older = await ask('GET', `${API}/${id}/versions?limit=1&cursor=${encodeURIComponent(cursor)}`);
    expect(older.body).toMatchObject({ versions: [{ version: 1, name: 'versions' }], next_cursor: null });
    const first = await ask('GET', `${API}/renamed/versions/1`);
    expect(first.body).toMatchObject({ name: 'versions', stages: [{ name: 'first', timeout: 3600 }] });
    expect((await ask('GET', `${API}/renamed/versions/3`)).body['code']).toBe('pipeline_version_unknown');
    expect((await ask('GET', `${API}/versions`)).status).toBe(404);
  });

  it('are refused with all that is wrong, each in its place, and checked alike without saving', async () => {
    const body = {
      name: 'wrong',
      stages: [
        stage('a', { when: 'a >' }),
        stage('b', { input: '${stages.c.output}' }),
        stage('c'),
        stage('c'),
      ],
      dependencies: [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
        { from: 2, to: 1 },
      ],
    };
    const refused = await ask('POST', API, body);
    expect(refused.status).toBe(422);
    expect(told(refused.body['errors'])).toEqual([
      '/stages/0/when condition_invalid',
      '/stages/3/name duplicate',
      expect.stringMatching(/^\/dependencies\/[12] cycle$/),
    ]);
    expect(JSON.stringify(refused.body['errors'])).toMatch(/closes a cycle: (b → c → b|c → b → c)/);
    const judged = await ask('POST', `${API}/validate`, body);
    expect(judged).toMatchObject({ status: 200, body: { valid: false, errors: refused.body['errors'] } });
    expect((await ask('POST', API, { name: 'wrong', stages: [{ name: 'a', typo: 1 }] })).status).toBe(400);
    expect((await ask('POST', `${API}/validate`, PRINTED)).body).toEqual({
      valid: true,
      errors: [],
      warnings: [],
    });
  });

  it('with a thousand stages are taken', async () => {
    await define(
      'large',
      Array.from({ length: 1_000 }, (_, n) => stage(`s${String(n)}`)),
    );
    const list = await ask('GET', API);
    expect(list.body['pipelines']).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'large', stage_count: 1_000 })]),
    );
  });

  it('may be stages of each other, but never of themselves', async () => {
    expect(await faults([{ name: 'in', pipeline: { pipeline: 'nobody' } }])).toEqual([
      '/stages/0/pipeline/pipeline pipeline_unknown',
    ]);
    await define('inner', [stage('only')]);
    const outer = [{ name: 'in', pipeline: { pipeline: 'inner', input: '${input}' } }];
    await define('outer', outer);
    expect((await ask('GET', `${API}/outer`)).body['stages']).toMatchObject([
      { pipeline: outer[0]?.pipeline },
    ]);

    const back = { name: 'inner', stages: [{ name: 'back', pipeline: { pipeline: 'outer' } }] };
    const recursion = await ask('PUT', `${API}/inner`, back);
    expect(JSON.stringify(recursion.body['errors'])).toContain('runs itself: inner → outer → inner');
    expect((await ask('POST', `${API}/inner/validate`, back)).body['valid']).toBe(false);
    expect((await ask('DELETE', `${API}/inner`)).body['code']).toBe('pipeline_in_use');
    await ask('DELETE', `${API}/outer`);
    expect((await ask('DELETE', `${API}/inner`)).status).toBe(204);
  });

  it('that would become stages of each other at the same time do not', async () => {
    await define('left', [stage('only')]);
    await define('right', [stage('only')]);
    const answers = await Promise.all(
      [
        ['left', 'right'],
        ['right', 'left'],
      ].map(([name, other]) =>
        ask('PUT', `${API}/${String(name)}`, {
          name,
          stages: [{ name: 'in', pipeline: { pipeline: other } }],
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('call tools whose schemas their arguments fit', async () => {
    const calling = (tool: object): object[] => [{ name: 'call', tool: { server_name: 'live', ...tool } }];
    await define('calling', calling({ tool_name: 'echo', arguments: { message: '${input.text}' } }));
    expect(await faults(calling({ tool_name: 'echo', arguments: { message: 5 } }))).toEqual([
      '/stages/0/tool/arguments/message type',
    ]);
    expect(await faults(calling({ tool_name: 'echo' }))).toEqual([
      '/stages/0/tool/arguments/message required',
    ]);
    expect(await faults(calling({ tool_name: 'nothing' }))).toEqual([
      '/stages/0/tool/tool_name tool_unknown',
    ]);
    expect(await faults(calling({ server_name: 'nobody', tool_name: 'echo' }))).toEqual([
      '/stages/0/tool/server_name server_unknown',
    ]);
  });

  it('that call a server which is away are saved with a warning', async () => {
    const stages = [{ name: 'call', tool: { server_name: 'away', tool_name: 'echo' } }];
    const { status, body } = await ask('POST', API, { name: 'hopeful', stages });
    expect(status).toBe(201);
    expect(told(body['warnings'])).toEqual(['/stages/0/tool not_checked']);
    expect(JSON.stringify(body['warnings'])).toContain('stopped');
  });

  it('are closed by grants to everybody who has none', async () => {
    const id = await define('closed', [stage('only')]);
    const grants = [{ subject_kind: 'role', subject: 'operator', permissions: ['pipelines:read'] }];
    expect((await ask('PUT', '/api/v1/grants/pipelines/closed', { grants })).status).toBe(200);

    const names = async (key: string): Promise<readonly string[]> => {
      const { body } = await ask('GET', API, undefined, key);
      return (body['pipelines'] as { name: string }[]).map(({ name }) => name);
    };
    expect(await names(operator)).toContain('closed');
    expect(await names(developer)).not.toContain('closed');
    expect((await ask('GET', `${API}/${id}`, undefined, developer)).body['code']).toBe('pipeline_unknown');
    expect((await ask('GET', `${API}/closed`, undefined, operator)).status).toBe(200);
    expect((await ask('DELETE', `${API}/closed`, undefined, operator)).status).toBe(403);
    const schedule = { cron: '@daily' };
    expect((await ask('POST', `${API}/closed/schedules`, schedule, operator)).status).toBe(403);
    const inside = { name: 'around', stages: [{ name: 'in', pipeline: { pipeline: 'closed' } }] };
    expect((await ask('POST', API, inside, developer)).status).toBe(422);
  });

  it('have schedules that tell when they come next', async () => {
    await define('daily', [stage('only')]);
    const url = `${API}/daily/schedules`;
    const made = await ask('POST', url, {
      cron: ' 30  2 * * * ',
      timezone: 'Europe/Berlin',
      parameters: { n: 1 },
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        cron: '30 2 * * *',
        overlap: 'skip',
        missed: 'skip',
        enabled: true,
        parameters: { n: 1 },
        slots: [],
      },
    });
    expect(made.body['next_slots']).toHaveLength(3);
    const one = `${url}/${String(made.body['id'])}`;
    expect((await ask('GET', url)).body['schedules']).toMatchObject([{ id: made.body['id'] }]);
    const wrong = await ask('POST', url, { cron: '0 0 30 2 *', timezone: 'Mars/One' });
    expect(told(wrong.body['errors'])).toEqual(['/cron invalid', '/timezone invalid']);
    expect((await ask('DELETE', one)).status).toBe(204);
    expect((await ask('GET', one)).body['code']).toBe('schedule_unknown');
  });

  it('that were deleted give their name away and stay for their runs', async () => {
    const id = await define('passing', [stage('only')]);
    await served.database.db.execute(
      `INSERT INTO pipeline_run (id, workspace_id, pipeline_id, pipeline_name, version, cause, input, parameters, total,
                                 started_by, correlation_id)
       SELECT gen_random_uuid(), workspace_id, id, name, 1, 'api', '{}', '{}', 1, 'test', 'test' FROM pipeline WHERE id = $1`,
      [id],
    );
    expect((await ask('DELETE', `${API}/passing`)).status).toBe(204);
    expect((await ask('GET', `${API}/${id}`)).status).toBe(404);
    expect(await define('passing', [stage('only')])).not.toBe(id);
    const kept = await served.database.db.query(
      `SELECT version FROM pipeline_version WHERE pipeline_id = $1`,
      [id],
    );
    expect(kept).toEqual([{ version: 1 }]);
  });
});
