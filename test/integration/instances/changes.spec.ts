import { randomUUID } from 'node:crypto';
import { ControlPlane } from '../control-plane';

const INSTANCES = '/api/v1/mcp/instances';
const DEVELOPER = 'instances:create,instances:read,instances:update,secrets:use';

interface InstanceBody {
  readonly id: string;
  readonly generation: number;
  readonly replicas: number;
  readonly code?: string;
  readonly json_spec: Record<string, unknown>;
}

describe('changes of an instance', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start({ environment: { VENDOR_TOKEN: 'value-of-the-process' } });
  }, 180_000);

  afterAll(() => plane.stop());

  const create = async (more: object): Promise<InstanceBody> => {
    const { status, body } = await plane.request<InstanceBody>('POST', INSTANCES, {
      name: `i-${randomUUID().slice(0, 8)}`,
      ...more,
    });
    expect(status).toBe(201);
    return body;
  };
  const patch = (id: string, body: object, caller = 'admin') =>
    plane.request<InstanceBody>('PATCH', `${INSTANCES}/${id}`, body, { authorization: `Bearer ${caller}` });

  it('that say what is true already restart nothing', async () => {
    const json_spec = {
      type: 'docker',
      image: 'example/server:1',
      transport: 'stdio',
      environment: { B: '2', A: '1' },
      resources: { memory_limit: '64m', cpu_limit: '0.5' },
    };
    const { id } = await create({ json_spec });

    expect((await patch(id, { json_spec })).body.generation).toBe(1);
    expect((await patch(id, { json_spec: { environment: { A: '1' } } })).body.generation).toBe(1);
    expect((await patch(id, { json_spec: { environment: { A: '3' } } })).body.generation).toBe(2);
    // Another number of them is a change to wait for, and no reason to replace those that are there.
    expect((await patch(id, { replicas: 2 })).body.generation).toBe(3);
    const wanted = 'SELECT generation, container_generation FROM desired_instances WHERE id = $1';
    expect(await plane.db.query(wanted, [id])).toEqual([{ generation: 3, container_generation: 2 }]);
  });

  it('never lose the definition that a new instance is made from, whoever is first', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = `raced-${round}`;
      const definition = { name, docker_image_url: 'example/server:1' };
      expect((await plane.request('POST', '/api/v1/mcp/servers', definition)).status).toBe(201);
      const [created, deleted] = await Promise.all([
        plane.request('POST', INSTANCES, { name, template: name }),
        plane.request('DELETE', `/api/v1/mcp/servers/${name}`),
      ]);
      expect([
        [201, 409],
        [422, 204],
      ]).toContainEqual([created.status, deleted.status]);
    }
  });

  it('are refused for text that cannot be stored, in the body and in the address', async () => {
    const { id } = await create({ template: 'echo' });
    for (const description of ['nul \0', 'half \ud83d']) {
      const { status, body } = await patch(id, { description });
      expect([status, body.code]).toEqual([400, 'malformed_json']);
    }
    const { status, body } = await plane.request('GET', `${INSTANCES}/a%00b`);
    expect([status, body['code']]).toEqual([400, 'malformed_request']);
    expect((await plane.request('GET', `${INSTANCES}?q=a%00b`)).status).toBe(400);
    expect((await patch(id, { description: '😀 \u2028' })).status).toBe(200);
  });

  describe('that send a secret elsewhere', () => {
    const remote = (endpoint: string, token: string) => ({
      json_spec: { type: 'url', endpoint, authentication: { type: 'bearer', token } },
    });
    const ELSEWHERE = { json_spec: { endpoint: 'https://elsewhere.example/mcp' } };

    it('need the right to use it, although it stood there before', async () => {
      const { id } = await create(remote('https://vendor.example/mcp', 'secret_ref:env:VENDOR_TOKEN'));

      const refused = await patch(id, ELSEWHERE, DEVELOPER);
      expect([refused.status, refused.body.code]).toEqual([403, 'secret_use_forbidden']);
      expect((await patch(id, { description: 'Words.' }, DEVELOPER)).status).toBe(200);
      expect((await patch(id, ELSEWHERE)).status).toBe(202);
    });

    it('need it for a value that was moved to the store, too', async () => {
      const { id } = await create(remote('https://vendor.example/mcp', 'a-literal-token'));

      expect((await patch(id, ELSEWHERE, 'instances:update')).status).toBe(403);
      expect((await patch(id, ELSEWHERE, DEVELOPER)).status).toBe(202);
    });
  });
});
