import { type RestartUsersV1 } from '@app/contracts';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type RecordedEvent } from '@app/outbox';
import { RestartUsers } from '../../../src/instances/maintenance/restart-users';
import { restartWhenASecretTurns } from '../../../src/instances/reactions/restart-when-a-secret-turns';
import { SecretReader, SecretVault } from '../../../src/secrets';
import { ControlPlane } from '../control-plane';

const SECRETS = '/api/v1/secrets';

describe('secrets', () => {
  let plane: ControlPlane;
  let reader: SecretReader;
  let vault: SecretVault;

  beforeAll(async () => {
    plane = await ControlPlane.start({
      environment: {
        EXTERNAL_API_TOKEN: 'from-the-process',
        MASTER_KEY: 'ours',
        A_FILE: '/etc/x',
        BLANK: '',
      },
    });
    reader = plane.app.get(SecretReader, { strict: false });
    vault = plane.app.get(SecretVault, { strict: false });
  }, 180_000);

  afterAll(() => plane.stop());

  const read = (references: readonly string[]) => reader.readFor(references, DEFAULT_WORKSPACE_ID);

  it('are stored sealed, listed without values, and read by reference', async () => {
    const put = await plane.request('PUT', `${SECRETS}/instance_123/API_KEY`, { value: 'a-value-to-hide' });
    expect(put.status).toBe(200);
    expect(put.body).toEqual({
      scope: 'instance_123',
      name: 'API_KEY',
      ref: 'secret_ref:instance_123:API_KEY',
      version: 1,
    });
    const list = await plane.request('GET', SECRETS);
    expect(list.text).not.toContain('a-value-to-hide');
    expect(list.body).toMatchObject({ secrets: [{ scope: 'instance_123', name: 'API_KEY', used_by: [] }] });
    const rows = await plane.db.query<{ ciphertext: Buffer }>(`SELECT ciphertext FROM secret_version`);
    expect(rows[0]?.ciphertext.toString('latin1')).not.toContain('a-value-to-hide');
    const values = await read(['secret_ref:instance_123:API_KEY']);
    expect(values.get('secret_ref:instance_123:API_KEY')).toMatchObject({
      value: 'a-value-to-hide',
      version: 1,
    });
  });

  it('keep every version, and tell readers of the newest at once', async () => {
    const ref = 'secret_ref:shared:ROTATED';
    await vault.put('shared', 'ROTATED', 'value-one');
    expect((await read([ref])).get(ref)?.value).toBe('value-one');
    await vault.put('shared', 'ROTATED', 'value-two');
    const values = await read([`${ref}@1`, ref, `${ref}@2`]);
    expect(Object.fromEntries([...values].map(([text, { value }]) => [text, value]))).toEqual({
      [`${ref}@1`]: 'value-one',
      [ref]: 'value-two',
      [`${ref}@2`]: 'value-two',
    });
  });

  it('tell their versions without values, and keep the newest ten and those that are named', async () => {
    const ref = 'secret_ref:shared:MANY';
    for (let version = 1; version <= 2; version += 1) await vault.put('shared', 'MANY', `many-${version}`);
    const spec = { type: 'docker', image: 'a/b', environment: { A: `${ref}@2` } };
    expect((await plane.request('POST', '/mcp/instances', { name: 'pins', json_spec: spec })).status).toBe(
      201,
    );
    for (let version = 3; version <= 13; version += 1) await vault.put('shared', 'MANY', `many-${version}`);
    const told = await plane.request<{ versions: { version: number; pinned_by: string[] }[] }>(
      'GET',
      `${SECRETS}/shared/MANY`,
    );
    expect(told.text).not.toMatch(/many-\d/);
    const { versions } = told.body;
    expect(versions.map(({ version }) => version)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 2]);
    expect(versions.at(-1)).toMatchObject({ ref: `${ref}@2`, pinned_by: ['pins'] });
    expect((await read([`${ref}@2`])).get(`${ref}@2`)?.value).toBe('many-2');

    await expect(read([`${ref}@1`])).rejects.toThrow('cannot read secret MANY@1 from the secret store');
    const missing = { ...spec, environment: { A: `${ref}@1` } };
    const refused = await plane.request('POST', '/mcp/instances', { name: 'late', json_spec: missing });
    expect([refused.status, refused.body['code']]).toEqual([422, 'secret_ref_unknown']);
    expect((await plane.request('GET', `${SECRETS}/shared/NOBODYS`)).status).toBe(404);
  });

  it('belong to one workspace', async () => {
    const [other] = await plane.db.query<{ id: string }>(
      `INSERT INTO workspace (id, name) VALUES (gen_random_uuid(), 'others') RETURNING id`,
    );
    await vault.put('shared', 'THEIRS', 'their-value', other!.id);
    expect((await reader.readFor(['secret_ref:shared:THEIRS'], other!.id)).size).toBe(1);
    await expect(read(['secret_ref:shared:THEIRS'])).rejects.toThrow('cannot read secret THEIRS');
    expect((await plane.request('GET', `${SECRETS}/shared/THEIRS`)).status).toBe(404);
    expect((await plane.request('DELETE', `${SECRETS}/shared/THEIRS`)).status).toBe(404);
    expect((await plane.request('GET', `${SECRETS}?limit=200`)).text).not.toContain('THEIRS');
    const spec = { type: 'docker', image: 'a/b', environment: { A: 'secret_ref:shared:THEIRS' } };
    const refused = await plane.request('POST', '/mcp/instances', { name: 'nosy', json_spec: spec });
    expect([refused.status, refused.body['code']]).toEqual([422, 'secret_ref_unknown']);

    const { body: mine } = await plane.request('POST', '/mcp/instances', {
      name: 'mine',
      json_spec: { type: 'docker', image: 'a/b' },
    });
    await vault.put('shared', 'OURS', 'our-value');
    const values = await reader.read(['secret_ref:shared:OURS'], String(mine['id']));
    expect(values.get('secret_ref:shared:OURS')?.value).toBe('our-value');
  });

  it('start those again that asked for it, when they get a new version', async () => {
    const create = async (name: string, more: object, ref: string): Promise<string> => {
      const spec = { type: 'docker', image: 'a/b', environment: { A: ref }, ...more };
      const { body } = await plane.request('POST', '/mcp/instances', { name, json_spec: spec });
      return String(body['id']);
    };
    await vault.put('shared', 'TURNS', 'turns-1');
    const ref = 'secret_ref:shared:TURNS';
    const asked = await create('asked', { restart_on_rotate: true }, ref);
    const pinned = await create('pinned', { restart_on_rotate: true }, `${ref}@1`);
    const patient = await create('patient', {}, ref);
    const put = await plane.request('PUT', `${SECRETS}/shared/TURNS`, { value: 'turns-2' });
    expect(put.body).toMatchObject({ version: 2 });

    const [event] = await plane.db.query<RecordedEvent & { correlation_id: string }>(
      `SELECT id, correlation_id, data FROM domain_event WHERE name = 'secret.stored' AND aggregate_id = 'shared:TURNS'
        AND data ->> 'version' = '2'`,
    );
    const [message] = restartWhenASecretTurns.react({ ...event!, correlationId: event!.correlation_id });
    const worker = await plane.worker(RestartUsers);
    for (let delivery = 1; delivery <= 2; delivery += 1) await worker.run(message!.data as RestartUsersV1);
    const generations = await plane.db.query<{ id: string; generation: number }>(
      `SELECT id, generation FROM instances WHERE id = ANY($1::uuid[])`,
      [[asked, pinned, patient]],
    );
    const generationOf = (id: string) => generations.find((each) => each.id === id)?.generation;
    expect([asked, pinned, patient].map(generationOf)).toEqual([2, 1, 1]);
  });

  it('do not open in the place of another', async () => {
    await vault.putAll(
      'swap',
      new Map([
        ['ONE', 'first-value'],
        ['TWO', 'second-value'],
      ]),
    );
    await plane.db.execute(
      `UPDATE secret_version v SET ciphertext = o.ciphertext, wrapped_key = o.wrapped_key FROM secret s, secret_version o, secret t
        WHERE v.secret_id = s.id AND s.scope = 'swap' AND s.name = 'ONE' AND o.secret_id = t.id AND t.scope = 'swap' AND t.name = 'TWO'`,
    );
    await expect(read(['secret_ref:swap:ONE'])).rejects.toThrow(
      'cannot read secret ONE from the secret store',
    );
  });

  it('come from the process too, our own settings, files and empty ones apart', async () => {
    const values = await read(['secret_ref:env:EXTERNAL_API_TOKEN']);
    expect(values.get('secret_ref:env:EXTERNAL_API_TOKEN')?.value).toBe('from-the-process');
    for (const name of ['MASTER_KEY', 'A_FILE', 'BLANK', 'NOT_SET'])
      await expect(read([`secret_ref:env:${name}`])).rejects.toThrow(`cannot read secret ${name} from`);
    expect((await plane.request('PUT', `${SECRETS}/env/X`, { value: 'x' })).status).toBe(422);
  });

  it('cannot be deleted while an instance refers to them', async () => {
    await vault.put('shared', 'USED', 'in-use-value');
    const spec = { type: 'docker', image: 'a/b', environment: { A: 'secret_ref:shared:USED@1' } };
    await plane.request('POST', '/mcp/instances', { name: 'user', json_spec: spec });
    await vault.put('shared', 'UNUSED', 'idle-value');
    const list = await plane.request<{ secrets: { name: string; used_by: string[] }[] }>(
      'GET',
      `${SECRETS}?scope=shared`,
    );
    expect(list.body.secrets.map(({ name, used_by: users }) => [name, users])).toEqual([
      ['MANY', ['pins']],
      ['OURS', []],
      ['ROTATED', []],
      ['TURNS', ['asked', 'patient', 'pinned']],
      ['UNUSED', []],
      ['USED', ['user']],
    ]);
    const refused = await plane.request('DELETE', `${SECRETS}/shared/USED`);
    expect([refused.status, refused.body['code']]).toEqual([409, 'secret_in_use']);
    expect(refused.text).toContain('user');
    await plane.request('PATCH', '/mcp/instances/user', { json_spec: { environment: { A: null } } });
    expect((await plane.request('DELETE', `${SECRETS}/shared/USED`)).status).toBe(204);
    expect((await plane.request('DELETE', `${SECRETS}/shared/USED`)).status).toBe(404);
  });

  it('are never deleted under a create that refers to them, whoever is first', async () => {
    const rounds = Array.from({ length: 10 }, (_, at) => at);
    for (const round of rounds) {
      await vault.put('raced', `KEY_${round}`, 'raced-value');
      const spec = { type: 'docker', image: 'a/b', environment: { A: `secret_ref:raced:KEY_${round}` } };
      const [created, deleted] = await Promise.all([
        plane.request('POST', '/mcp/instances', { name: `raced-${round}`, json_spec: spec }),
        plane.request('DELETE', `${SECRETS}/raced/KEY_${round}`),
      ]);
      expect([
        [201, 409],
        [422, 204],
      ]).toContainEqual([created.status, deleted.status]);
    }
  });
});
