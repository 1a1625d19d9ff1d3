import { ControlPlane } from '../control-plane';

interface Report {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly status: string;
    readonly code?: string;
    readonly errors?: readonly { readonly pointer: string }[];
  }[];
}

const INSTANCES = '/api/v1/mcp/instances';
const DOCKER = { type: 'docker', image: 'example/checked:1' };

describe('the check before an instance is made', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start({ maxInstances: 1 });
  }, 180_000);
  afterAll(() => plane.stop());

  const check = async (body: object, caller = 'admin'): Promise<Report> => {
    const answer = await plane.request<Report>('POST', `${INSTANCES}/check`, body, {
      authorization: `Bearer ${caller}`,
    });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const verdicts = ({ checks }: Report): Record<string, string> =>
    Object.fromEntries(checks.map(({ name, status }) => [name, status]));

  it('finds nothing wrong with what can be made, and makes nothing', async () => {
    const report = await check({ name: 'checked', json_spec: DOCKER });
    expect(report.ok).toBe(true);
    expect(verdicts(report)).toEqual({
      ...{ specification: 'ok', name: 'ok', secrets: 'ok', room: 'ok', image: 'ok' },
    });
    const { body } = await plane.request<{ instances: unknown[] }>('GET', INSTANCES);
    expect(body.instances).toEqual([]);
  });

  it.each([
    ['missing', 'failed', false],
    ['unknown', 'warning', true],
    ['pullable', 'ok', true],
  ] as const)('calls an image that is %s %s', async (verdict, status, ok) => {
    plane.engine.imageReply = { verdict, detail: 'As the test says.' };
    const report = await check({ name: 'checked', json_spec: DOCKER });
    expect([report.ok, verdicts(report)['image']]).toEqual([ok, status]);
  });

  it('tells the places of a specification and of secrets that are at fault', async () => {
    const wrong = await check({ name: 'checked', template: 'needs-key' });
    expect(wrong.checks[0]).toMatchObject({
      ...{ name: 'specification', status: 'failed', code: 'instance_env_missing' },
      errors: [{ pointer: '/environment/API_KEY' }],
    });
    const environment = { API_KEY: 'secret_ref:shared:NOT_STORED' };
    const unresolved = await check({ name: 'checked', template: 'needs-key', environment });
    expect(unresolved.checks[2]).toMatchObject({
      ...{ name: 'secrets', status: 'failed', code: 'secret_ref_unknown' },
      errors: [{ pointer: '/environment/API_KEY' }],
    });
  });

  it('refuses an address by the outbound policy before a packet leaves', async () => {
    const report = await check({
      name: 'checked',
      json_spec: { type: 'url', endpoint: 'https://127.0.0.1/mcp' },
    });
    expect(report.ok).toBe(false);
    expect(verdicts(report)['specification']).toBe('failed');
  });

  it('says that a name is taken, also to those who may not see by whom, and that there is no room', async () => {
    await plane.request('POST', INSTANCES, { name: 'taken', template: 'echo' });
    const report = await check({ name: 'taken', template: 'echo' }, 'instances:create');
    expect(report.checks[1]).toMatchObject({ name: 'name', status: 'failed', code: 'instance_name_taken' });
    const full = await check({ name: 'other', template: 'echo' });
    expect(full.checks).toContainEqual(
      expect.objectContaining({ name: 'room', status: 'failed', code: 'instance_quota_exceeded' }),
    );
    const { body } = await plane.request<{ instances: number }>('GET', '/api/v1/mcp/servers/echo');
    expect(body.instances).toBe(1);
  });
});
