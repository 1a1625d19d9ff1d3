import { randomBytes } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { Keyring } from '@app/security';
import { eventually } from '@app/testing';
import { secretAad } from '../../../src/identity/issuers/issuer-row';
import {
  KeyRotation,
  loadInstallationRoot,
  SecretReader,
  SecretsWorkerModule,
  SecretVault,
} from '../../../src/secrets';
import { KeyRotationWorker } from '../../../src/secrets/keyring/key-rotation.worker';
import { ControlPlane } from '../control-plane';

const KEYRING = '/api/v1/secrets/keyring';
const newKey = (): string => randomBytes(32).toString('base64');
const WAIT = { deadlineMs: 120_000 };

interface KeyringBody {
  readonly primary: string;
  readonly keys: readonly {
    readonly kid: string;
    readonly versions: number;
    readonly removable: boolean;
    readonly present: boolean;
  }[];
  readonly rotation: { readonly status: string; readonly rewrapped: number; readonly failed: number } | null;
}

/** A process that is told to end while it makes its first batch. */
function afterOneBatch(): AbortSignal {
  let asked = 0;
  const signal = {
    get aborted(): boolean {
      asked += 1;
      return asked > 1;
    },
  };
  return signal as AbortSignal;
}

describe('the rotation of the master key', () => {
  const [one, two] = [newKey(), newKey()];
  let before: ControlPlane;
  let after: ControlPlane;
  const SECRETS = 450;
  const NAMES = Array.from({ length: SECRETS }, (_, at) => `KEY_${at}`);

  /** Two starts of one installation: the second one holds a new primary key and the old one. */
  beforeAll(async () => {
    before = await ControlPlane.start({ masterKey: `one:${one}` });
    await loadInstallationRoot(before.db, before.keyring);
    after = await ControlPlane.start({ masterKey: `two:${two},one:${one}`, database: before.database });
    await loadInstallationRoot(after.db, after.keyring);
  }, 180_000);

  afterAll(async () => {
    await after.stop();
    await before.stop();
  });

  const part = async (plane: ControlPlane): Promise<KeyRotation> =>
    plane.worker(KeyRotation, SecretsWorkerModule);
  const keyring = async (): Promise<KeyringBody> => (await after.request<KeyringBody>('GET', KEYRING)).body;
  const key = async (kid: string) => (await keyring()).keys.find((each) => each.kid === kid);
  const readAll = async (plane: ControlPlane, scope: string): Promise<void> => {
    const reader = plane.app.get(SecretReader, { strict: false });
    const refs = NAMES.map((name) => `secret_ref:${scope}:${name}`);
    const values = await reader.readFor(refs, DEFAULT_WORKSPACE_ID);
    expect([...values.values()].map(({ value }) => value)).toEqual(NAMES.map((name) => `value of ${name}`));
  };

  it('wraps everything anew without opening a value, from wherever a worker was stopped', async () => {
    const vault = before.app.get(SecretVault, { strict: false });
    await vault.putAll('many', new Map(NAMES.map((name) => [name, `value of ${name}`])));
    const sealed = await before.db.query<{ ciphertext: Buffer }>(
      `SELECT ciphertext FROM secret_version ORDER BY secret_id, version`,
    );
    expect(await key('one')).toMatchObject({ versions: SECRETS, removable: false });

    const [issuer] = await before.db.query<{ id: string }>(
      `INSERT INTO trusted_issuer (id, name, issuer, algorithms, role_claims)
       VALUES (gen_random_uuid(), 'users', 'http://users', '{HS256}', '{role}') RETURNING id`,
    );
    const issuerSeal = secretAad(issuer!.id, 'shared');
    const own = before.keyring.sealEnvelope(Buffer.from('shared with the issuer'), issuerSeal);
    await before.db.execute(
      `INSERT INTO trusted_issuer_secret (issuer_id, kind, kid, wrapped_key, ciphertext) VALUES ($1, 'shared', $2, $3, $4)`,
      [issuer!.id, own.kid, own.wrappedKey, own.ciphertext],
    );

    const asked = await after.request('POST', '/api/v1/secrets/rotate-key');
    const again = await after.request('POST', '/api/v1/secrets/rotate-key');
    expect([asked.status, asked.body['kid']]).toEqual([202, 'two']);
    expect(again.body).toEqual(asked.body);
    expect(await key('one')).toMatchObject({ removable: false });

    // A worker with the old key alone leaves it to others; one that is stopped at once has done nothing wrong.
    expect(await (await part(before)).run(new AbortController().signal)).toBe(false);
    expect(await (await part(after)).run(AbortSignal.abort())).toBe(true);
    expect((await keyring()).rotation).toMatchObject({ status: 'pending' });

    // Stopped after each batch, it goes on where it was.
    const worker = await part(after);
    for (const atLeast of [200, 400])
      await eventually(async () => {
        await worker.run(afterOneBatch());
        expect((await keyring()).rotation?.rewrapped).toBeGreaterThanOrEqual(atLeast);
        expect((await keyring()).rotation?.status).toBe('running');
      }, WAIT);
    await eventually(async () => {
      await worker.run(new AbortController().signal);
      expect((await keyring()).rotation).toMatchObject({
        status: 'succeeded',
        rewrapped: SECRETS,
        failed: 0,
      });
    }, WAIT);

    expect(await key('two')).toMatchObject({ versions: SECRETS + 1 });
    const [kept] = await after.db.query<{ kid: string; wrapped_key: Buffer; ciphertext: Buffer }>(
      `SELECT kid, wrapped_key, ciphertext FROM trusted_issuer_secret`,
    );
    const { kid, wrapped_key: wrappedKey, ciphertext } = kept!;
    const opened = Keyring.fromSetting(`two:${two}`).openEnvelope(
      { kid, wrappedKey, ciphertext },
      issuerSeal,
    );
    expect(opened.toString()).toBe('shared with the issuer');
    expect(await key('one')).toMatchObject({ versions: 0, removable: true });
    expect(
      await before.db.query(`SELECT ciphertext FROM secret_version ORDER BY secret_id, version`),
    ).toEqual(sealed);
    await readAll(after, 'many');
    const operation = await after.request('GET', `/api/v1/operations/${String(asked.body['operation_id'])}`);
    expect(operation.body).toMatchObject({ status: 'succeeded', progress: 1 });
  }, 180_000);

  it('lets the old key go: what was stored opens, and so do digests of API keys', async () => {
    const alone = Keyring.fromSetting(`two:${two}`);
    await loadInstallationRoot(after.db, alone);
    expect(alone.deriveLasting('api-key')).toEqual(before.keyring.deriveLasting('api-key'));
    const third = await ControlPlane.start({ masterKey: `two:${two}`, database: before.database });
    await readAll(third, 'many');
    await third.stop();
    const stranger = Keyring.fromSetting(newKey());
    await expect(loadInstallationRoot(after.db, stranger)).rejects.toThrow(
      'sealed with the master key "two"',
    );
  }, 180_000);

  it('goes on under reads and writes, and no read fails', async () => {
    const vault = before.app.get(SecretVault, { strict: false });
    await vault.putAll('load', new Map(NAMES.map((name) => [name, `value of ${name}`])));
    const worker = await after.worker(KeyRotationWorker, SecretsWorkerModule);
    await worker.onApplicationBootstrap();
    const over = new AbortController();
    let reads = 0;
    const load = [1, 2].map(async () => {
      while (!over.signal.aborted) {
        // Others still write with the old key meanwhile.
        await vault.put('load', 'KEY_0', 'value of KEY_0');
        const fresh = after.app.get(SecretReader, { strict: false });
        const refs = NAMES.slice(0, 50).map((name) => `secret_ref:load:${name}`);
        await fresh.readFor(refs, DEFAULT_WORKSPACE_ID);
        reads += 1;
      }
    });
    try {
      await after.request('POST', '/api/v1/secrets/rotate-key');
      await eventually(async () => {
        expect((await keyring()).rotation?.status).toBe('succeeded');
        expect(reads).toBeGreaterThan(3);
      }, WAIT);
    } finally {
      over.abort();
      await Promise.all(load);
      await worker.onApplicationShutdown();
    }
    await readAll(after, 'load');
  }, 180_000);

  it('says what it could not open, and does the rest', async () => {
    const vault = before.app.get(SecretVault, { strict: false });
    await vault.putAll('hurt', new Map([...NAMES.slice(0, 3).map((name) => [name, 'a value'] as const)]));
    await after.db.execute(
      `UPDATE secret_version v SET wrapped_key = decode('00', 'hex') FROM secret s
        WHERE v.secret_id = s.id AND s.scope = 'hurt' AND s.name = 'KEY_1'`,
    );
    await after.db.execute(
      `UPDATE secret_version v SET kid = 'lost' FROM secret s
        WHERE v.secret_id = s.id AND s.scope = 'hurt' AND s.name = 'KEY_2'`,
    );
    expect(await key('lost')).toMatchObject({ present: false, versions: 1 });
    await after.request('POST', '/api/v1/secrets/rotate-key');
    const worker = await part(after);
    await eventually(async () => {
      await worker.run(new AbortController().signal);
      expect((await keyring()).rotation).toMatchObject({ status: 'failed', failed: 2 });
    }, WAIT);
    const facts = await after.db.query(
      `SELECT action FROM audit WHERE action LIKE 'secret.rotation.%' GROUP BY action ORDER BY action`,
    );
    expect(facts).toEqual([{ action: 'secret.rotation.ended' }, { action: 'secret.rotation.requested' }]);
  }, 180_000);
});
