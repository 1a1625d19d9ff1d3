import { ControlPlane } from '../control-plane';

const INSTANCES = '/api/v1/mcp/instances';

describe('the quota of instances', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start({ maxInstances: 5 });
  }, 180_000);

  afterAll(() => plane.stop());

  it('is exact under concurrency', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        plane.request<{ readonly code: string }>('POST', INSTANCES, { name: `q-${at}`, template: 'echo' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
      new Set(['429 instance_quota_exceeded']),
    );
    expect(refused[0]?.headers['retry-after']).toBeDefined();
  });
});
