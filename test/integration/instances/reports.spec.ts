import { StatusConsumer } from '../../../src/instances';
import { ControlPlane } from '../control-plane';
import { report } from './report';

const INSTANCES = '/api/v1/mcp/instances';

interface InstanceBody {
  readonly id: string;
  readonly reason: string;
  readonly secret_delivery?: string;
  readonly secret_delivery_reason?: string;
  readonly last_error?: { readonly message: string; readonly output: readonly string[] };
}

describe('reports of the provisioner', () => {
  let plane: ControlPlane;
  let consumer: StatusConsumer;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    consumer = await plane.worker(StatusConsumer);
  }, 180_000);

  afterAll(() => plane.stop());

  const create = async (name: string): Promise<string> =>
    (await plane.request<InstanceBody>('POST', INSTANCES, { name, template: 'echo' })).body.id;
  const read = async (id: string): Promise<InstanceBody> =>
    (await plane.request<InstanceBody>('GET', `${INSTANCES}/${id}`)).body;

  it('are stored although a server put halves of characters into its words', async () => {
    const id = await create('odd-words');
    const last_error = {
      message: 'cut \ud83d',
      exit_code: 1,
      oom_killed: false,
      output: ['nul \0', '\udc00'],
      at: new Date().toISOString(),
    };
    await consumer.handle(report(id, 1, 1, 'failed', { reason: 'cut \ud83d', last_error }));

    expect((await read(id)).last_error).toMatchObject({
      message: 'cut \uFFFD',
      output: ['nul \uFFFD', '\uFFFD'],
    });
  });

  it('of one who took a container over do not forget how its secrets were delivered', async () => {
    const id = await create('taken-over');
    const delivery = { secret_delivery: 'file', secret_delivery_reason: 'Mounted.' } as const;
    await consumer.handle(report(id, 1, 1, 'running', delivery));
    await consumer.handle(report(id, 1, 1_000_000_001, 'running'));
    expect(await read(id)).toMatchObject(delivery);

    // Another generation is another container.
    await plane.request('POST', `${INSTANCES}/${id}/restart`);
    await consumer.handle(report(id, 2, 1_000_000_002, 'running'));
    expect((await read(id)).secret_delivery).toBeUndefined();
  });

  it('leave a row in the audit trail that says when secrets lie open', async () => {
    const id = await create('open-secrets');
    const delivery = { secret_delivery: 'env', secret_delivery_reason: 'No way but this.' } as const;
    await consumer.handle(report(id, 1, 1, 'created', delivery));
    await consumer.handle(report(id, 1, 2, 'running', delivery));

    const rows = await plane.db.query(
      `SELECT a.actor FROM audit a WHERE a.resource_id = $1 AND a.action = 'mcp.instance.secrets.exposed'`,
      [id],
    );
    expect(rows).toEqual([{ actor: 'system:provisioner' }]);
  });
});
